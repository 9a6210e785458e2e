/**
 * A ring of records in flash that outlives resets, power cuts and new firmware. One word is written at a time and may be
 * the last, so: a record counts only with its check, a mark is one byte whose 1s become 0s, and a page is erased only
 * when the ring comes round to it.
 *
 * Blocks of 4,096 bytes, whatever the page: a header of 16 bytes, then slots of 24. Header: the block's number in the ring
 * (3 bytes), 'T', the first byte inverted. Record: kind, check (3 bytes), content; one slot or more. The check is the
 * low 24 bits of the CRC-32 of the content.
 */

/** Espruino's: the CRC-32 of what a view shows. */
declare const E: { CRC32(bytes: Uint8Array): number };

/** Flash as `require("Flash")` has it. */
export interface Flash {
  read(length: number, address: number): Uint8Array;
  write(data: Uint8Array | number[] | string, address: number): void;
  /** Erases the page that has this address. */
  erasePage(address: number): void;
  getPage(address: number): { addr: number; length: number };
}

export const enum Size {
  Block = 4096,
  Header = 16,
  Slot = 24,
}

/** The first byte of a record. */
export const enum Kind {
  /** Bit 7: it waits to be confirmed. */
  Waits = 128,
  /** The state: bit 6, and its slots. */
  State = 67,
  /** How many slots it takes. */
  Slots = 31,
  /** Nothing was written here. */
  Erased = 255,
}

/**
 * What is kept besides records: words of `state`, 32 bits each, one meaning a word. Each block begins with a copy;
 * `saveState` writes one more. There is room for 15; a word that no firmware before wrote is 0.
 */
export const enum Word {
  /** How often the board started. */
  Starts = 1,
  /** Starts in a row that did not last. */
  ShortStarts,
  /** recovery.ts: failures in a row; what failed last; and how often that did since it was last proven to work. */
  Failures,
  /** `setInterval`'s seconds, */
  Interval,
  /** and what `interval_s` was then: another one in the settings is newer. */
  Configured,
  /** Records lost since ever. */
  Dropped,
  /** The address before which no record waits. */
  Oldest,
  Evidence,
  EvidenceFailures,
  /** restart.ts: how the last run ended, as far as it could say. */
  Ended,
  /** commands.ts: the signatures of the last calls that changed something. */
  LastCall,
  CallBefore,
  CallBeforeThat,
}

let flash: Flash;
let start: number;
let end: number;
let page_bytes: number;
/** The newest block's number; 0: there is none. */
let sequence = 0;
/** Where the next record goes. The end of a block is the first address after it, be it `end`. */
let write: number;
/** The record that was read last. */
export let record: Uint8Array;
/** The last one that was written, until it is taken. */
let latest = 0;
/** Those that are on their way to the server; and where those begin that are not, but for the latest. */
let taken: number[] = [];
let next: number;
export const state = new Int32Array(18);

/** A record's first word, from its first byte and its content. */
function sign(bytes: Uint8Array): number {
  return (E.CRC32(new Uint8Array(bytes.buffer, 4)) << 8) | (bytes[0] as number);
}

/** The first address after the block that has this one, or ends there. */
function endOf(address: number): number {
  return ((address - 1) | (Size.Block - 1)) + 1;
}

/** Reads the record at an address; gives where to go on: there, if nothing was written. A torn one is passed by slots. */
function read(at: number): number {
  record = flash.read(Size.Slot, at);
  if (record[0] === Kind.Erased) return at;
  const length = ((record[0] as number) & Kind.Slots) * Size.Slot;
  if (length > Size.Slot && at + length <= endOf(at)) record = flash.read(length, at);
  if (new Int32Array(record.buffer)[0] === sign(record)) return at + record.length;
  // Nothing that waits.
  record[0] = 0;
  return at + Size.Slot;
}

/** The first record from `at` on that waits, which is read; `write` when there is none. */
function seek(at: number): number {
  while (at !== write) {
    let on = (at === end ? start : at) + Size.Header;
    if (at & (Size.Block - 1)) {
      on = read(at);
      if (on === at) on = endOf(at) === endOf(write) ? at + Size.Slot : endOf(at);
      else if ((record[0] as number) >= Kind.Waits) break;
    }
    at = on;
  }
  return at;
}

/**
 * Opens the ring in [from, to), at least two pages and blocks. Reads the headers, and of the records the two newest blocks
 * and what may wait.
 */
export function openJournal(its_flash: Flash, from: number, to: number): void {
  flash = its_flash;
  start = from;
  write = end = to;
  page_bytes = flash.getPage(from).length;
  for (let at = from; at < to; at += Size.Block) {
    const head = flash.read(5, at);
    const number = (head[0] as number) | ((head[1] as number) << 8) | ((head[2] as number) << 16);
    if (head[3] === 84 && (head[0] as number) + (head[4] as number) === 255 && number >= sequence) {
      sequence = number;
      write = at;
    }
  }
  let oldest = write;
  if (sequence) {
    const past_newest = write + Size.Block;
    let found: number | undefined;
    // The block before has the state of before, should the power have gone when the newest was begun.
    [write === start ? end : write, past_newest].forEach(function (past) {
      write = past - Size.Block + Size.Header;
      for (let on: number; write < past && (on = read(write)) > write; write = on)
        if (record[0] === Kind.State) {
          state.set(new Int32Array(record.buffer));
          found = past;
        }
    });
    oldest = state[Word.Oldest] as number;
    // What the state of before calls the oldest may be erased since; another size of the ring has the records elsewhere.
    if (found !== past_newest || oldest <= start || oldest > end)
      oldest = (past_newest === end ? start : past_newest) + Size.Header;
  }
  state[Word.Oldest] = seek(oldest);
}

/** How many slots there are from the oldest record that waits to the end. A fix is one. */
export function waiting(): number {
  return (((write - (state[Word.Oldest] as number) + end - start) % (end - start)) / Size.Slot) | 0;
}

/** Writes `state` down. False: as `put`. */
export function saveState(): boolean {
  return put(Kind.State, state);
}

/** Writes a record whose content begins at the second word. False: the flash did not take it, three times. */
export function put(kind: number, words: Int32Array): boolean {
  const bytes = new Uint8Array(words.buffer);
  for (let tries = 3; tries--; ) {
    if (write + bytes.length > endOf(write)) enter();
    const at = write;
    write += bytes.length;
    bytes[0] = kind;
    words[0] = sign(bytes);
    flash.write(bytes, at);
    const on = read(at);
    if (on === write && record[0] === kind) {
      if (kind >= Kind.Waits) latest = at;
      return true;
    }
    // Nothing was written: a gap would be taken for the end.
    if (on === at) write = at;
  }
  return false;
}

/**
 * Takes records, oldest first, as long as `accept` takes `record`; then the latest one, so that a long way back delays
 * nothing. They wait until `settle`; one call at a time.
 */
export function take(accept: () => unknown): void {
  for (
    next = seek(state[Word.Oldest] as number);
    next !== write && accept();
    next = seek(next + record.length)
  )
    taken.push(next);
  if (next !== write && latest && seek(latest) === latest && accept()) taken.push(latest);
  latest = 0;
}

/** Ends `take`: the server has them (`arrived`), or they go on waiting. Gives how many it has. */
export function settle(arrived: boolean): number {
  const given = taken;
  taken = [];
  if (!arrived) return 0;
  given.forEach(function (at) {
    flash.write("\x7f", at);
  });
  const before = endOf(state[Word.Oldest] as number);
  state[Word.Oldest] = seek(next);
  // Written down now and then, since the next start looks from there on.
  if (endOf(state[Word.Oldest] as number) !== before) saveState();
  return given.length;
}

/** Begins the next block. Where that is the first of a page, what the page has is lost. */
function enter(): void {
  const last = write;
  let oldest = state[Word.Oldest] as number;
  const block = endOf(last) === end ? start : endOf(last);
  const past = block + Math.max(page_bytes, Size.Block);
  if (!(block % page_bytes)) {
    for (
      oldest = seek(oldest);
      oldest !== last && oldest > block && oldest < past;
      oldest = seek(oldest + record.length)
    )
      (state[Word.Dropped] as number)++;
    if (next > block && next < past) next = oldest;
    taken = taken.filter(function (at) {
      return at < block || at > past;
    });
    for (let at = block; at < past; at += page_bytes) flash.erasePage(at);
  }
  sequence++;
  flash.write([sequence, sequence >> 8, sequence >> 16, 84, ~sequence], block);
  write = block + Size.Header;
  state[Word.Oldest] = oldest === last ? write : oldest;
  saveState();
}
