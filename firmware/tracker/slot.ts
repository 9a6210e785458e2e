/**
 * The journal's format: how a block and its slots look in flash. The flash tool counts by the same names.
 *
 * A block of 4,096 bytes has a header of 16, then 170 slots of 24. The last three slots are for the state alone: it is
 * written there when the block is full. Numbers are little endian.
 *
 * | header bytes | what |
 * |---|---|
 * | 0 to 3  | the block's number in the ring, from 1 on, one more each time; the highest is the newest |
 * | 4 to 7  | check: CRC-32 of `Format.Version` and the number. Another format has another version: its blocks are none |
 * | 8 to 15 | the same again, should the first be hit |
 *
 * | slot bytes | `Fix` | `Text`, values as JSON | `More` of the record before it | `State` |
 * |---|---|---|---|---|
 * | 0        | kind                               | kind                            | kind     | kind    |
 * | 1 to 3   | check                              | check                           | check    | check   |
 * | 4 to 7   | time, s since 1970                 | time, s since 1970              | 20 bytes | words   |
 * | 8 to 11  | latitude, millionths of a degree   | first 12 bytes of the text      |          | 0 to 4; |
 * | 12 to 15 | longitude, millionths of a degree  |                                 |          | 5 to 14 |
 * | 16 to 19 | altitude, 0.1 m, or `Unknown`      |                                 |          | are in  |
 * | 20 to 21 | speed, 0.1 km/h, or `UnknownSpeed` | length of the text, bytes       |          | two     |
 * | 22 to 23 | ms of the time                     | ms of the time                  |          | `More`  |
 *
 * `OwnFix` and `OwnText`, of a board that did not know the time: bytes 4 to 7 are the ms since the board started, 22 and 23
 * the start's number (`Word.Starts`, the low 16 bits).
 *
 * The check is the low 24 bits of the CRC-32 of the slot with bytes 1 to 3 zero. It covers the kind: any one bit or byte
 * that flips is seen, and one that hit the kind is mended. Who is done with a slot clears its first word: one write, the
 * second that word sees, as many as an nRF52840's flash allows between two erases.
 */

/** Espruino's: the CRC-32 of what a view shows. */
declare const E: { CRC32(bytes: Uint8Array): number };

/** In bytes. */
export const enum Size {
  Block = 4096,
  Header = 16,
  Slot = 24,
  /** The state's slots. */
  State = 72,
  /** Where a slot's content begins. */
  Content = 4,
  /** Of a text: where it begins in its first slot, what that has of it, and each that follows. */
  Text = 8,
  TextHead = 12,
  TextMore = 20,
}

export const enum Format {
  /** "TBJ2". */
  Version = 0x324a4254,
}

/** The first byte of a slot. */
export const enum Kind {
  /** Nobody needs this slot: the server has the record, or it was given up, or moved. */
  Done = 0,
  Fix,
  OwnFix,
  Text,
  OwnText,
  More,
  State,
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
}

/** Words of 16 bits: of either; of a fix, or of a text in the same place. */
export const enum Half {
  SpeedOrLength = 10,
  Ms = 11,
}

export const enum Unknown {
  Altitude = 0x7fffffff,
  Speed = 0xffff,
}

/** A slot's first word: its kind, and the check of what it has. Clears the three bytes where the check will be. */
export function sign(slot: Uint8Array): number {
  slot[1] = slot[2] = slot[3] = 0;
  return (E.CRC32(slot) << 8) | (slot[0] as number);
}

/**
 * What a slot is that was read. Its first byte says so then, too, unless it is none of a record: of a broken one that byte
 * is as found, and may be wrong.
 */
export function kindOf(slot: Uint8Array): Kind {
  const words = new Int32Array(slot.buffer);
  const first = words[0] as number;
  let kind: Kind = first & 255;
  let i = 0;
  if (!first) return Kind.Done;
  while (words[i] === -1) i++;
  if (i === words.length) return Kind.Erased;
  if (sign(slot) === first) return kind;
  // Cleared, and one of the four bytes was hit since. Of a check that is right, some may be 0.
  let zeros = 0;
  for (i = 0; i < 32; i += 8) if (!((first >> i) & 255)) zeros++;
  if (zeros > 2) return Kind.Done;
  // The last words are written last, and of no record they are all ones.
  if (words[4] === -1 || words[5] === -1) return Kind.Torn;
  for (kind = Kind.State; kind; kind--) {
    slot[0] = kind;
    if (sign(slot) >> 8 === first >> 8) return kind;
  }
  slot[0] = first & 255;
  return Kind.Broken;
}
