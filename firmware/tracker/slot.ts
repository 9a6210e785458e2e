/**
 * The journal's format: how a block and its slots look in flash. The flash tool counts by the same names.
 *
 * A block of 4,096 bytes has a header of 16, then 170 slots of 24, the first three of which have the state, as it was when
 * the block was begun. Numbers are little endian.
 *
 * | header bytes | what |
 * |---|---|
 * | 0 to 3   | the block's number in the ring, from 1 on, one more each time; the highest is the newest |
 * | 4 to 7   | check: CRC-32 of `Format.Version` and the number. Another format has another version: its blocks are none |
 * | 8 to 11  | `Word.Dropped` once the next page is erased, written just before that; erased: that loses nothing |
 * | 12 to 15 | check of that, made like the other |
 *
 * | slot bytes | `Fix`, as 0.2.0 wrote it            | `Text`, values as JSON     | `More` of the record before it | `State`           |
 * |------------|-------------------------------------|----------------------------|--------------------------------|-------------------|
 * | 0 to 3     | kind, check, whether it waits       | the same                   | the same                       | the same          |
 * | 4 to 7     | time, s since 1970                  | time, s since 1970         | 20 bytes                       | words 0 to 4; the |
 * | 8 to 11    | latitude, millionths of a degree    | first 12 bytes of the text |                                | others are in two |
 * | 12 to 15   | longitude, millionths of a degree   |                            |                                | `More`            |
 * | 16 to 19   | altitude, 0.1 m, `Unknown.Altitude` |                            |                                |                   |
 * | 20 to 21   | speed, 0.1 km/h, `Unknown.Speed`    | length of the text, bytes  |                                |                   |
 * | 22 to 23   | ms of the time                      | ms of the time             |                                |                   |
 *
 * `Report` is a fix with what was measured beside it, in the same slot: of its last two words, which differ from `Fix`,
 *
 * | bits of bytes 16 to 19 | what                                    | bits of bytes 20 to 23 | what                              |
 * |------------------------|-----------------------------------------|------------------------|-----------------------------------|
 * | 0 to 18                | altitude above -1,000 m, 0.1 m          | 0 to 15                | speed, 0.1 km/h                   |
 * | 19 to 25               | battery, percent                        | 16 to 25               | ms of the time, or the start      |
 * | 26 to 31               | signal above -143 dBm, 2 dB; 0: unknown | 26 to 30               | why: why.ts; never all ones       |
 * |                        |                                         | 31                     | a `More` with further values      |
 *
 * Its `More` has numbers of 16 bits, signed, in the order of `keys` in extras.ts; 0x8000: unknown.
 *
 * `OwnFix`, `OwnText` and `OwnReport`, of a board that did not know the time: bytes 4 to 7 are the ms since the board started,
 * 22 and 23 the start's number (`Word.Starts`, the low 10 bits).
 *
 * `Kept`, the text that is kept besides records and state, looks like `Text`; it has no time. The newest whole one counts.
 *
 * The first word, bits 0 to 6: the kind; 8 to 30: the check; 7 and 31, each in a byte of its own: somebody waits for the
 * record. The check is the low 23 bits of the CRC-32 of the slot with nothing but the kind in its first word. So any one bit
 * or byte that flips is seen, and mended where it hit the kind.
 *
 * Who is done with a record clears bits 7 and 31 of its first slot: one write, the second that word sees, as many as an
 * nRF52840's flash allows between two erases. One of them alone, torn or hit, changes nothing: the record still waits.
 *
 * The version stays as long as firmware of before finds its way: it passes over a kind that it does not know. A new version
 * would take from it, and it may come back when an update fails, the state and the kept text, and so its login.
 *
 * A write is in the order of the addresses. So of a slot that the power tore the last word is still erased, all ones, as in no
 * record; and its check is wrong. It is cleared and not counted, as nobody was told that it was kept.
 */

/** Espruino's: the CRC-32 of what a view shows. */
declare const E: { CRC32(bytes: Uint8Array): number };

/** In bytes. */
export const enum Size {
  Block = 4096,
  Header = 16,
  Slot = 24,
  /** A number of the header with its check. */
  Number = 8,
  /** The state's slots. */
  State = 72,
  /** Where a slot's content begins. */
  Content = 4,
  /** Of a text: what its first slot has, and each that follows. */
  TextHead = 12,
  TextMore = 20,
  LongestText = 720,
  /** Of the kept one, which has the zones. Each block begins with it. */
  LongestKept = 1440,
}

export const enum Format {
  /** "TBJ2". */
  Version = 0x324a4254,
  /** Where in the header the lost records stand. */
  Dropped = 8,
}

/** What a slot is. */
export const enum Kind {
  /** Not in flash: nobody waits for it. The server has the record, or it was given up, or moved. */
  Done = 0,
  Fix,
  OwnFix,
  Text,
  OwnText,
  More,
  State,
  /** The kept text, which is no record: in the form of a text without a time. */
  Kept,
  /** Those that only `extras=yes` writes. */
  Report,
  OwnReport,
  /** Not in flash: the power went while it was written. */
  Torn = 253,
  /** Not in flash: it was whole once, and its check is wrong. */
  Broken = 254,
  /** Nothing was written here. */
  Erased = 255,
}

/** Words of 32 bits: of either, and of a fix. */
export const enum At {
  Time = 1,
  Latitude,
  Longitude,
  Altitude,
  /** Written last: `Erased.Word` in no record. */
  Last,
}

export const enum Erased {
  Word = -1,
}

/** Bytes. */
export const enum Place {
  /** Where a text begins in its first slot. */
  Text = 8,
  /** Words of 16 bits: where in a report the values of its `More` would begin if battery and signal were the first two. */
  Further = 12,
}

/** Words of 16 bits: of either; of a fix, or of a text in the same place. */
export const enum Half {
  SpeedOrLength = 10,
  Ms = 11,
  /** What is kept of the start's number: as many bits as a `Report` has for it, so that the last word is never all ones. */
  Mask = 0x3ff,
}

/** Of a `Report`: where in their words its parts begin, bits; and the bit of `Half.Ms` that says a `More` follows. */
export const enum Part {
  Altitude = 0x7ffff,
  Battery = 19,
  BatteryMask = 0x7f,
  Signal = 26,
  Why = 10,
  WhyMask = 0x1f,
  More = 0x8000,
}

/** In tenths of a metre. */
export const enum Depth {
  /** What a `Report`'s altitude is told above: that of fix.ts. */
  Least = 10000,
}

export const enum Unknown {
  Altitude = 0x7fffffff,
  Speed = 0xffff,
  /** Of a `Report`; its signal is 0 then, so that its altitude's word is never all ones. */
  PartAltitude = 0x7ffff,
  Battery = 127,
  /** The least number that its 16 bits can be. */
  Further = -0x8000,
}

/** Parts of a slot's first word. */
export const enum First {
  Kind = 0x7f,
  Check = 0x7fffff00,
  /** 0x80000080. */
  Waits = -0x7fffff80,
  /** The rest of each of the two bytes that have a bit of `Waits`. */
  NotWaits = 0x7f,
}

/** A slot's first word, but whether it waits, for what it has and the kind in its first byte. Clears the rest of that word. */
function check(slot: Uint8Array): number {
  slot[1] = slot[2] = slot[3] = 0;
  return ((E.CRC32(slot) << 8) & First.Check) | (slot[0] as number);
}

/** The first word of a slot that is to be written. */
export function sign(slot: Uint8Array): number {
  return check(slot) | First.Waits;
}

/** A slot's first four bytes, so that nobody waits for it any more. */
export function release(first: Uint8Array): void {
  (first[0] as number) &= First.NotWaits;
  (first[3] as number) &= First.NotWaits;
}

/**
 * What a slot is that was read; its first byte is the kind then. Of a broken one, that byte is as found and may be wrong.
 */
export function kindOf(slot: Uint8Array): Kind {
  const words = new Int32Array(slot.buffer);
  const first = words[0] as number;
  let kind: Kind = first & First.Kind;
  let i = 0;
  while (words[i] === Erased.Word) i++;
  if (i === words.length) return Kind.Erased;
  if (!(first & First.Waits)) return Kind.Done;
  slot[0] = kind;
  if (check(slot) === (first & ~First.Waits)) return kind;
  if (words[At.Last] === Erased.Word) return Kind.Torn;
  // Nothing was written there, and a bit of the last word flipped.
  if (words[At.Longitude] === Erased.Word && words[At.Altitude] === Erased.Word) return Kind.Torn;
  for (kind = Kind.OwnReport; kind; kind--) {
    slot[0] = kind;
    if (((check(slot) ^ first) & First.Check) === 0) return kind;
  }
  slot[0] = first & First.Kind;
  return Kind.Broken;
}

/** Makes a `Report` that was read a `Fix`, in place, with what both have. */
export function plain(slot: Uint8Array): void {
  const words = new Int32Array(slot.buffer);
  const altitude = (words[At.Altitude] as number) & Part.Altitude;
  if (slot[0] !== Kind.Report && slot[0] !== Kind.OwnReport) return;
  slot[0] = slot[0] === Kind.Report ? Kind.Fix : Kind.OwnFix;
  words[At.Altitude] = altitude === Unknown.PartAltitude ? Unknown.Altitude : altitude - Depth.Least;
  (new Uint16Array(slot.buffer)[Half.Ms] as number) &= Half.Mask;
}
