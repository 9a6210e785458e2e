/**
 * A ring of records in flash that outlives resets, power cuts and new firmware; slot.ts has the format. A word is written
 * at a time and may be the last, so: a record counts only with its checks; who is done with one clears one word; and a page
 * is erased only when the ring comes round to it, after what that loses was counted and written down.
 *
 * Slots are walked one by one, whatever they have, so that a broken one hides nothing behind it. What is broken is counted
 * in `Word.Dropped` and cleared when it is met; what the power tore is cleared only, as nobody was told that it was kept.
 */
import { Format, Half, Kind, kindOf, Size, sign } from "./slot.ts";

/** Espruino's: the CRC-32 of what a view shows; bytes as text. */
declare const E: { CRC32(bytes: Uint8Array): number; toString(bytes: Uint8Array): string };

/** Flash as `require("Flash")` has it. */
export interface Flash {
  read(length: number, address: number): Uint8Array;
  write(data: Uint8Array | number[] | string, address: number): void;
  /** Erases the page that has this address. */
  erasePage(address: number): void;
  getPage(address: number): { addr: number; length: number };
}

const enum Limit {
  /** Words of `state`. */
  Words = 15,
  /** Of the journal's record: how often the flash is tried. */
  Tries = 3,
}

/**
 * What is kept besides records: words of `state`, 32 bits each, one meaning a word; `saveState` writes them. There is room
 * for 15; a word that no firmware before wrote is 0.
 */
export const enum Word {
  /** How often the board started. */
  Starts,
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
  /** The address of the record that was put aside first; 0: none. */
  Aside,
  /** How often the server refused it; see suspects.ts. */
  Refusals,
}

let flash: Flash;
let start: number;
let end: number;
let page_bytes: number;
/** The newest block's number; 0: there is none. */
let sequence = 0;
/** Where the next record goes. The end of a block is the first address after it, be it `end`. */
let write: number;
/** The record that was read last: its first slot, what text the others have, and its length in flash, bytes. */
export let record: Uint8Array;
export let rest: string;
export let length: number;
/** Addresses of records that are on their way to the server, and of those that were put aside; see queue.ts. */
export const taken: number[] = [];
export const aside: number[] = [];
export const state = new Int32Array(Limit.Words);
/** `Word.Dropped` as it was written down last. */
let saved_dropped = 0;

/** The first address after the block that has this one, or ends there. */
export function endOf(address: number): number {
  return ((address - 1) | (Size.Block - 1)) + 1;
}

/** Where in that block the room of the state begins. */
function closingOf(address: number): number {
  return endOf(address) - Size.State;
}

/** Whoever needed the slot at an address is done with it. */
export function clear(at: number): void {
  flash.write("\0\0\0\0", at);
}

/** The number of the block at an address; 0: there is none. */
function numberOf(block: number): number {
  const words = new Int32Array(flash.read(Size.Header, block).buffer);
  return words[1] === checkOf(words[0] as number)
    ? (words[0] as number)
    : words[3] === checkOf(words[2] as number)
      ? (words[2] as number)
      : 0;
}

/** Of a block's number, for its header. */
function checkOf(number: number): number {
  return E.CRC32(new Uint8Array(new Int32Array([Format.Version, number]).buffer)) | 0;
}

/** Reads the slot at an address. */
function look(at: number): Kind {
  record = flash.read(Size.Slot, at);
  return kindOf(record);
}

/**
 * Reads the record at an address. False: none that waits is there; then `length` is one slot, and what was broken is counted
 * and cleared.
 */
export function readRecord(at: number): boolean {
  let kind = look(at);
  const head = record;
  rest = "";
  length = Size.Slot;
  if (kind === Kind.Fix || kind === Kind.OwnFix) return true;
  if (kind === Kind.Text || kind === Kind.OwnText) {
    let left = (new Uint16Array(head.buffer)[Half.SpeedOrLength] as number) - Size.TextHead;
    for (; left > 0 && (kind = look(at + length)) === Kind.More; left -= Size.TextMore) {
      rest += E.toString(new Uint8Array(record.buffer, Size.Content));
      length += Size.Slot;
    }
    record = head;
    if (left <= 0) return true;
    length = Size.Slot;
    // The rest was still to be written.
    if (kind === Kind.Erased) kind = Kind.Torn;
    // Any other slot there is another record's.
    else if (kind !== Kind.Torn) kind = Kind.Broken;
    // The text is lost, whatever broke.
    head[0] = 0;
  }
  if (kind === Kind.Torn) clear(at);
  // A part is counted with its record, and the state is no record.
  if (kind === Kind.Broken && head[0] !== Kind.More && head[0] !== Kind.State) {
    clear(at);
    // Where flash does not take that, it would be counted each time.
    if (look(at) === Kind.Done) (state[Word.Dropped] as number)++;
    record = head;
    head[0] = 0;
  }
  return false;
}

/** The slots of the record that was read last, which is at this address, as `put` takes them. */
export function slotsOf(at: number): Uint8Array {
  const slots = flash.read(length, at);
  // The kinds may have been mended.
  for (let i = 0; i < length; i += Size.Slot) slots[i] = i ? Kind.More : (record[0] as number);
  return slots;
}

/** The first record from `at` on that waits, which is read; `write` when there is none. */
export function seek(at: number): number {
  while (at !== write) {
    if (at & (Size.Block - 1)) {
      if (readRecord(at)) break;
      // What was to come there did not fit in the block.
      at = record[0] === Kind.Erased && endOf(at) !== endOf(write) ? endOf(at) : at + Size.Slot;
    } else {
      if (at === end) at = start;
      // What has no header was never written, or by another firmware.
      at += at + Size.Block === endOf(write) || numberOf(at) ? Size.Header : Size.Block;
    }
  }
  return at;
}

/** Reads the state at an address, if it is there. */
function readState(at: number): boolean {
  const found = new Int32Array(Limit.Words);
  for (let part = 0; part < Size.State / Size.Slot; part++) {
    if (look(at + part * Size.Slot) !== (part ? Kind.More : Kind.State)) return false;
    found.set(new Int32Array(record.buffer, Size.Content), (part * Size.TextMore) / 4);
  }
  state.set(found);
  saved_dropped = state[Word.Dropped] as number;
  return true;
}

/** Reads the newest state of a block; gives its address, 0: there is none. Puts `write` where the block goes on. */
function readBlock(block: number): number {
  const closing = block + Size.Block - Size.State;
  let found = 0;
  write = block + Size.Block;
  // With the state at its end, or a part of it, it is full.
  if (look(closing) !== Kind.Erased) {
    if (readState(closing)) return closing;
  } else write = closing;
  for (let at = block + Size.Header; at < closing; at += Size.Slot) {
    const kind = look(at);
    if (kind === Kind.Erased) {
      if (write === closing) write = at;
      break;
    }
    if (kind === Kind.State && readState(at)) found = at;
  }
  return found;
}

/**
 * Opens the ring in [from, to), at least two pages and blocks. Reads the headers, the newest block, of the one before the
 * state, and records until one waits.
 */
export function openJournal(its_flash: Flash, from: number, to: number): void {
  let newest = to;
  flash = its_flash;
  start = from;
  write = end = to;
  page_bytes = flash.getPage(from).length;
  for (let at = from; at < to; at += Size.Block) {
    const number = numberOf(at);
    if (number > sequence) {
      sequence = number;
      newest = at;
    }
  }
  if (sequence) {
    let block = newest;
    let found = readBlock(block);
    const past = write;
    // The newest state says where the oldest record is, when nothing was erased since.
    let sure = !!found;
    for (let back = 1; !found && back * Size.Block < to - from; back++) {
      block = (block === from ? to : block) - Size.Block;
      if (numberOf(block) === sequence - back) found = readBlock(block);
      sure = back === 1 && found === block + Size.Block - Size.State;
    }
    write = past;
    if (!sure || (state[Word.Oldest] as number) <= from || (state[Word.Oldest] as number) > to) {
      // Else each block is looked through, the oldest first.
      block = newest + Size.Block === to ? from : newest + Size.Block;
      state[Word.Oldest] = block + (numberOf(block) ? Size.Header : Size.Block);
    }
    // What the power tore at the end is cleared before anything follows it.
    let last = write;
    let kind: Kind;
    do {
      last -= Size.Slot;
      kind = last > newest ? look(last) : Kind.Done;
    } while (kind === Kind.More || kind === Kind.Torn);
    if (kind) readRecord(last);
  }
  state[Word.Oldest] = seek(sequence ? (state[Word.Oldest] as number) : to);
  if (state[Word.Aside] && readRecord(state[Word.Aside] as number)) aside.push(state[Word.Aside] as number);
  else state[Word.Refusals] = 0;
  saveLosses();
}

/** How many bytes of the ring lie between two addresses. */
export function distance(from: number, to: number): number {
  return (to - from + end - start) % (end - start);
}

/** Where the records end. */
export function endOfRecords(): number {
  return write;
}

/** How many slots there are from the oldest record that waits to the end. A fix is one. */
export function waiting(): number {
  return (distance(state[Word.Oldest] as number, write) / Size.Slot) | 0;
}

/** Writes slots, whose kinds and contents stand, and looks whether they are there. */
function writeSlots(slots: Uint8Array, at: number): boolean {
  const words = new Int32Array(slots.buffer);
  for (let i = 0; i < slots.length; i += Size.Slot)
    words[i / 4] = sign(new Uint8Array(slots.buffer, i, Size.Slot));
  flash.write(slots, at);
  for (let i = 0; i < slots.length; i += Size.Slot) if (look(at + i) !== slots[i]) return false;
  return true;
}

/**
 * Writes a record, as slots whose kinds and contents stand; it waits from then on. Gives its address; 0: the flash did not
 * take it, three times.
 */
export function put(slots: Uint8Array): number {
  for (let tries = Limit.Tries; tries--; ) {
    // The first block of all has nothing to remember.
    if (write + slots.length > closingOf(write) && !enter() && sequence > 1) saveState();
    const at = write;
    write += slots.length;
    if (writeSlots(slots, at)) return at;
    // Nothing was written: a gap would be taken for the end.
    if (look(at) === Kind.Erased) write = at;
    else for (let bad = at; bad < write; bad += Size.Slot) clear(bad);
  }
  return 0;
}

/** The state as slots. */
function stateSlots(): Uint8Array {
  const slots = new Uint8Array(Size.State);
  saved_dropped = state[Word.Dropped] as number;
  for (let part = 0; part < Size.State / Size.Slot; part++) {
    slots[part * Size.Slot] = part ? Kind.More : Kind.State;
    new Uint8Array(slots.buffer, part * Size.Slot + Size.Content, Size.TextMore).set(
      new Uint8Array(state.buffer, part * Size.TextMore, Size.TextMore),
    );
  }
  return slots;
}

/** Writes the state at the end of the newest block, if that room is free. */
function closeBlock(): boolean {
  const closing = closingOf(write);
  return !!sequence && write <= closing && look(closing) === Kind.Erased && writeSlots(stateSlots(), closing);
}

/** Writes `state` down. False: the flash did not take it. */
export function saveState(): boolean {
  const idle = state[Word.Oldest] === write;
  state[Word.Aside] = aside[0] || 0;
  // Rather than to begin the next block, which may cost records.
  if (write + Size.State > closingOf(write) && closeBlock()) {
    write = endOf(write);
    if (idle) state[Word.Oldest] = write;
    return true;
  }
  const saved = !!put(stateSlots());
  // It is no record that waits.
  if (idle) state[Word.Oldest] = write;
  return saved;
}

/** Writes the state down if records were lost since it was. Not while records are read: `record` is another one then. */
export function saveLosses(): void {
  if (saved_dropped !== state[Word.Dropped]) saveState();
}

/** Takes addresses in a page that was erased off a list. */
function forget(addresses: number[], from: number, past: number): void {
  for (let i = addresses.length; i--; )
    if ((addresses[i] as number) > from && (addresses[i] as number) < past) addresses.splice(i, 1);
}

/**
 * Begins the next block, after the state was written at the end of this one. Where that is the first of a page, what the
 * page has is lost. False: the state was not written.
 */
function enter(): boolean {
  const last = write;
  const block = endOf(last) === end ? start : endOf(last);
  const past = block + Math.max(page_bytes, Size.Block);
  const erases = !(block % page_bytes);
  let oldest = state[Word.Oldest] as number;
  if (erases) {
    for (
      oldest = seek(oldest);
      oldest !== last && oldest > block && oldest < past;
      oldest = seek(oldest + length)
    )
      (state[Word.Dropped] as number)++;
    forget(taken, block, past);
    forget(aside, block, past);
    if (state[Word.Aside] !== (aside[0] || 0)) state[Word.Refusals] = 0;
    state[Word.Aside] = aside[0] || 0;
    state[Word.Oldest] = oldest;
  }
  const saved = closeBlock();
  if (erases) for (let at = block; at < past; at += page_bytes) flash.erasePage(at);
  sequence++;
  const header = new Int32Array([sequence, checkOf(sequence), sequence, checkOf(sequence)]);
  flash.write(new Uint8Array(header.buffer), block);
  write = block + Size.Header;
  if (oldest === last) state[Word.Oldest] = write;
  return saved;
}
