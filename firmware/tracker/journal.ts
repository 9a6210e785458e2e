/**
 * A ring of records in flash that outlives resets, power cuts and new firmware. One word is written at a time and may be
 * the last, so: a record counts only with its check, a mark is one byte that goes from 1s to 0s, and a page is erased
 * only when the ring comes round to it.
 *
 * Blocks of 4,096 bytes, whatever the page: a header of 16 bytes, then slots of 24. Header: 'T', check, sequence number,
 * and a byte that is 0 once all in the block was confirmed. Record: kind, check, content, one or more slots. The check is
 * the low 24 bits of the CRC-32 of what follows it.
 */

/** Flash as `require("Flash")` has it. */
export interface Flash {
  read(length: number, address: number): Uint8Array;
  write(data: Uint8Array | string, address: number): void;
  /** Erases the page that has this address. */
  erasePage(address: number): void;
  getPage(address: number): { addr: number; length: number };
}

const enum Size {
  Block = 4096,
  Header = 16,
  Slot = 24,
}

/** The first byte of a record. */
export const enum Kind {
  /** Bit 7: it waits to be confirmed. The rest is how many slots it takes; 0: a fix, which takes one. */
  Waits = 128,
  /** One slot: the state. */
  State = 64,
  Slots = 31,
  /** Nothing was written here. */
  Erased = 255,
  Header = 84,
}

/** What is kept besides records: words of `state`. Each block begins with a copy. */
export const enum Word {
  /** How often the board was started. */
  Boots = 1,
  /** `setInterval`'s seconds, and what `interval_s` was then: another one in the settings is newer. */
  Interval,
  Configured,
  /** Starts in a row that did not last; times 256, failures in a row when the board was rebooted for them. */
  Starts,
  /** Records lost since ever because the ring was full. */
  Dropped,
}

let flash: Flash;
let start: number;
let end: number;
let page_bytes: number;
let sequence = 0;
/** Where the next record goes. The end of a block is the first address after it, be it `end`. */
let write: number;
/** No record before it waits. */
let oldest: number;
/** The record that `seek` found, and `take` offers. */
export let record: Uint8Array;
/** The last one that was written. */
let latest = 0;
/** Those that are on their way to the server; and where those begin that are not, but for the latest. */
let taken: number[] = [];
let next: number;
export const state = new Int32Array(6);

/** The first word of a record with this content, and the kind that it has. */
function check(bytes: Uint8Array): number {
  return (E.CRC32(new Uint8Array(bytes.buffer, 4)) << 8) | (bytes[0] as number);
}

function isWhole(bytes: Uint8Array): boolean {
  return new Int32Array(bytes.buffer)[0] === check(bytes);
}

/** The first address of the block that has this one, or ends there. */
function blockOf(address: number): number {
  return (address - 1) & -Size.Block;
}

/**
 * Opens the ring in [from, to), whole pages and blocks, at least two of each. Reads the headers, and of the records only
 * the block that was written last.
 */
export function openJournal(its_flash: Flash, from: number, to: number): void {
  let first = 0x7fffffff;
  let at: number;
  flash = its_flash;
  start = from;
  page_bytes = flash.getPage(from).length;
  oldest = write = end = to;
  for (at = from; at < to; at += Size.Block) {
    const head = flash.read(8, at);
    const number = new Int32Array(head.buffer)[1] as number;
    if (head[0] === Kind.Header && isWhole(head)) {
      if (number > sequence) {
        sequence = number;
        write = at;
      }
      if (number < first && flash.read(1, at + 8)[0]) {
        first = number;
        oldest = at + Size.Header;
      }
    }
  }
  // The block before has the state of before, should the power have gone when this one was begun.
  if (sequence) {
    const newest = write;
    readState((newest > start ? newest : end) - Size.Block);
    write = readState(newest);
  }
  if (oldest === to) oldest = write;
  oldest = seek(oldest);
}

/** Takes the last state in a block; gives where the block goes on. */
function readState(block: number): number {
  let at = block + Size.Header;
  for (; at < block + Size.Block; at += Size.Slot) {
    const bytes = flash.read(Size.Slot, at);
    if (bytes[0] === Kind.Erased) break;
    if (bytes[0] === Kind.State && isWhole(bytes)) state.set(new Int32Array(bytes.buffer));
  }
  return at;
}

/** The first record from `at` on that waits; `write` when there is none. Torn ones are passed over, slot by slot. */
function seek(at: number): number {
  while (at !== write) {
    if (at & (Size.Block - 1)) {
      let length: number = Size.Slot;
      record = flash.read(length, at);
      if (record[0] === Kind.Erased) {
        // The rest of the block was too short for the record that came next.
        if (blockOf(at) !== blockOf(write)) length = blockOf(at) + Size.Block - at;
      } else {
        const whole = ((record[0] as number) & Kind.Slots) * Size.Slot;
        if (whole > length && at + whole <= blockOf(at) + Size.Block) record = flash.read(whole, at);
        if (isWhole(record)) {
          if ((record[0] as number) > Kind.Waits - 1) break;
          length = record.length;
        }
      }
      at += length;
    } else at = (at === end ? start : at) + Size.Header;
  }
  return at;
}

/** How many slots there are from the oldest record that waits to the end. */
export function waiting(): number {
  const size = end - start;
  return (((write - oldest + size) % size) / Size.Slot) | 0;
}

/** Writes a record whose content begins at the second word. False: the flash did not take it, three times. */
export function put(kind: number, words: Int32Array): boolean {
  const bytes = new Uint8Array(words.buffer);
  bytes[0] = kind;
  words[0] = check(bytes);
  for (let tries = 3; tries--; ) {
    if (write + bytes.length > blockOf(write) + Size.Block || !(write & (Size.Block - 1))) enter();
    const at = write;
    flash.write(bytes, at);
    write += bytes.length;
    if (E.CRC32(flash.read(bytes.length, at)) === E.CRC32(bytes)) {
      if (kind > Kind.Waits - 1) latest = at;
      return true;
    }
  }
  return false;
}

export function saveState(): void {
  put(Kind.State, state);
}

/**
 * Takes records, oldest first, as long as `accept` takes `record`; then the latest one, so that a long way back delays
 * nothing. Gives how many. They wait until `settle`; one call at a time.
 */
export function take(accept: () => unknown): number {
  next = seek(oldest);
  while (next !== write && accept()) {
    taken.push(next);
    next = seek(next + record.length);
  }
  if (next !== write && latest && seek(latest) === latest && accept()) taken.push(latest);
  latest = 0;
  return taken.length;
}

/** Ends `take`: the server has them (`arrived`), or they go on waiting. Gives how many it has. */
export function settle(arrived: boolean): number {
  const count = arrived ? taken.length : 0;
  if (count) {
    taken.forEach(function (at) {
      flash.write("\x7f", at);
    });
    pass(seek(next));
  }
  taken = [];
  return count;
}

/** Nothing waits before `to`: the blocks on the way are marked. */
function pass(to: number): void {
  while (blockOf(oldest) !== blockOf(to)) {
    const block = blockOf(oldest);
    flash.write("\0", block + 8);
    oldest = (block + Size.Block === end ? start : block + Size.Block) + Size.Header;
  }
  oldest = to;
}

/** Begins the next block. Where that is the first of a page, what the page has is lost. */
function enter(): void {
  const last = write;
  const before = blockOf(last);
  const block = before + Size.Block === end ? start : before + Size.Block;
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
  const head = new Int32Array(2);
  const bytes = new Uint8Array(head.buffer);
  head[1] = ++sequence;
  bytes[0] = Kind.Header;
  head[0] = check(bytes);
  flash.write(bytes, block);
  write = block + Size.Header;
  if (oldest === last) {
    flash.write("\0", before + 8);
    oldest = write;
  }
  saveState();
}
