/**
 * A ring of records in flash that outlives resets, power cuts and new firmware; slot.ts has the format. A word is written
 * at a time and may be the last, so: a record counts only with its checks; who is done with one clears one word; and a page
 * is erased only when the ring comes round to it, after what that loses was counted and written down.
 *
 * Slots are walked one by one, whatever they have, so that a broken one hides nothing behind it. What is broken is counted
 * in `Word.Dropped` and cleared when it is met; what the power tore is cleared only, as nobody was told that it was kept.
 */
import { numberAt, numberOf, writeNumber } from "./block.ts";
import { GivenUp, readState, Word } from "./kept.ts";
import {
  clear,
  type Flash,
  Found,
  flash,
  length,
  look,
  readRecord,
  record,
  slotsOf,
  textOf,
  textSlots,
  useFlash,
} from "./record.ts";
import { First, Format, Kind, Size, sign } from "./slot.ts";
import { type Aside, aside, forget } from "./under-way.ts";

export type { Flash } from "./record.ts";

const enum Limit {
  /** How often the flash is tried, of a record. */
  Tries = 3,
}

let start: number;
let end: number;
let page_bytes: number;
/** The newest block's number; 0: there is none. */
let sequence = 0;
/** Where the next record goes. The end of a block is the first address after it, be it `end`. */
let write: number;
/** What is kept besides records; `saveState` writes it. See kept.ts. */
export const state = new Int32Array(Word.Count);
/** The address of the kept text; 0: there is none. In the newest block, but while the next one is begun. */
let text_at = 0;
/** The address of the record that is being given up; 0: none is. */
let given_up = 0;
/** `Word.Dropped` as it was written down last. */
let saved_dropped = 0;

/** The first address after the block that has this one, or ends there. */
export function endOf(address: number): number {
  return ((address - 1) | (Size.Block - 1)) + 1;
}

/** Reads the record at an address. True: it waits. Counts one that was lost. */
export function waitsAt(at: number): boolean {
  const found = readRecord(at);
  if (found === Found.Lost) (state[Word.Dropped] as number)++;
  return found === Found.Waits;
}

/** The first record from `at` on that waits, which is read; `write` when there is none. */
export function seek(at: number): number {
  while (at !== write) {
    if (at & (Size.Block - 1)) {
      if (waitsAt(at)) break;
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

/** Reads the newest state of a block, unless one is `known`, and the newest text, unless there is one. Puts `write` after it. */
function readBlock(block: number, known: boolean): boolean {
  const words = new Int32Array(Word.Count);
  const known_text = text_at;
  let found = known;
  write = block + Size.Header;
  for (; write < block + Size.Block; write += Size.Slot) {
    const kind = look(write);
    if (kind === Kind.Erased) break;
    if (kind === Kind.Kept && !known_text && readRecord(write) === Found.Kept) text_at = write;
    if (kind === Kind.State && !known && readState(write, words)) {
      found = true;
      state.set(words);
    }
  }
  saved_dropped = state[Word.Dropped] as number;
  return found;
}

/**
 * Opens the ring in [from, to), at least two pages and blocks. Reads the headers, the newest block, and records until one
 * waits.
 */
export function openJournal(its_flash: Flash, from: number, to: number): void {
  let newest = to;
  useFlash(its_flash);
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
    let found = readBlock(block, false);
    const past = write;
    const following = newest + Size.Block === to ? from : newest + Size.Block;
    const page_past = following + Math.max(page_bytes, Size.Block);
    // The newest state says where the oldest record is. An older one does not, as blocks were erased since: all are looked
    // through, the oldest first.
    let oldest = found ? (state[Word.Oldest] as number) : 0;
    let dropped = numberAt(newest + Format.Dropped);
    // The page that follows was counted as lost: it is, whether it was erased before the power went or not.
    if (dropped && oldest > following && oldest < page_past) oldest = page_past;
    // A newest block without a text may have been begun when the power went, and the one before has it.
    for (let back = 1; (!found || (!text_at && back === 1)) && back * Size.Block < to - from; back++) {
      block = (block === from ? to : block) - Size.Block;
      if (numberOf(block) === sequence - back) {
        if (back === 1 && !found) dropped = numberAt(block + Format.Dropped);
        found = readBlock(block, found);
      }
    }
    write = past;
    if (dropped > (state[Word.Dropped] as number)) state[Word.Dropped] = dropped;
    if (oldest <= from || oldest > to) oldest = following + (numberOf(following) ? Size.Header : Size.Block);
    state[Word.Oldest] = oldest;
    // What the power tore at the end is cleared before anything follows it.
    let last = write - Size.Slot;
    const kind = last > newest ? look(last) : Kind.Done;
    const torn = kind === Kind.Torn || kind === Kind.Broken;
    if (torn) {
      clear(last);
      last -= Size.Slot;
    }
    while (last > newest && look(last) === Kind.More) last -= Size.Slot;
    // Nobody was told that it was kept: it is not counted.
    if (torn && last > newest) readRecord(last);
    else if (kind && last > newest) waitsAt(last);
  }
  state[Word.Oldest] = seek(sequence ? (state[Word.Oldest] as number) : to);
  // At once, as the next block may take the place of the one that has it.
  if (text_at && endOf(text_at) !== endOf(write) && readRecord(text_at)) text_at = putAlong(slotsOf(text_at));
  const suspect = (state[Word.Aside] as number) & ~GivenUp.Flag;
  if (suspect > from && suspect < to && waitsAt(suspect)) {
    if (suspect === state[Word.Aside]) aside.push({ at_: suspect, refusals_: 0 });
    else clear(suspect);
  }
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
  for (let i = 0; i < slots.length; i += Size.Slot) {
    // It may be signed already.
    (slots[i] as number) &= First.Kind;
    words[i / 4] = sign(new Uint8Array(slots.buffer, i, Size.Slot));
  }
  flash.write(slots, at);
  for (let i = 0; i < slots.length; i += Size.Slot)
    if (look(at + i) !== ((slots[i] as number) & First.Kind)) return false;
  return true;
}

/**
 * Writes a record, as slots whose kinds and contents stand; it waits from then on. Gives its address; 0: the flash did not
 * take it, three times.
 */
export function put(slots: Uint8Array): number {
  for (let tries = Limit.Tries; tries--; ) {
    if (write + slots.length > endOf(write)) enter();
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
  state[Word.Aside] = given_up ? given_up | GivenUp.Flag : aside.length ? (aside[0] as Aside).at_ : 0;
  state[Word.Block] = sequence;
  for (let part = 0; part < Size.State / Size.Slot; part++) {
    slots[part * Size.Slot] = part ? Kind.More : Kind.State;
    new Uint8Array(slots.buffer, part * Size.Slot + Size.Content, Size.TextMore).set(
      new Uint8Array(state.buffer, part * Size.TextMore, Size.TextMore),
    );
  }
  return slots;
}

/** `put` of what is no record that waits. */
function putAlong(slots: Uint8Array): number {
  const idle = state[Word.Oldest] === write;
  const at = put(slots);
  if (idle) state[Word.Oldest] = write;
  return at;
}

/** Writes `state` down. False: the flash did not take it. */
export function saveState(): boolean {
  return write + Size.State > endOf(write) ? enter() : !!putAlong(stateSlots());
}

/** The text that is kept besides; "": there is none. Not while records are read. */
export function keptText(): string {
  return text_at && readRecord(text_at) === Found.Kept ? textOf() : "";
}

/**
 * Keeps a text of at most `Size.LongestKept` bytes in place of the one before: all of it or that one is there when the
 * power goes. False: the one before stays, as it is too long or the flash did not take it. Not while records are read.
 */
export function saveText(text: string): boolean {
  const at = text.length > Size.LongestKept ? 0 : putAlong(textSlots(Kind.Kept, text));
  if (at) text_at = at;
  return !!at;
}

/** Counts a record that waits as lost. Whoever clears it may do so after a power cut: it is done then, and not counted again. */
export function countGivenUp(at: number): void {
  (state[Word.Dropped] as number)++;
  given_up = at;
  saveState();
  given_up = 0;
}

/** Writes the state down if records were lost since it was. Not while records are read: `record` is another one then. */
export function saveLosses(): void {
  // With no room, the next block begins with the state anyway.
  if (saved_dropped !== state[Word.Dropped] && write + Size.State <= endOf(write)) saveState();
}

/**
 * Begins the next block, with the state and the kept text. Where that is the first of a page, what the page has is lost: how much is written
 * down before. False: flash did not take the state.
 * @seldom
 */
function enter(): boolean {
  const last = write;
  const block = endOf(last) === end ? start : endOf(last);
  const past = block + Math.max(page_bytes, Size.Block);
  let oldest = state[Word.Oldest] as number;
  let losses = 0;
  // Read now, as it may lie where the ring goes on.
  const text = text_at && readRecord(text_at) === Found.Kept ? slotsOf(text_at) : undefined;
  if (!(block % page_bytes)) {
    for (
      oldest = seek(oldest);
      oldest !== last && oldest > block && oldest < past;
      oldest = seek(oldest + length)
    )
      losses++;
    forget(block, past);
    (state[Word.Dropped] as number) += losses;
    state[Word.Oldest] = oldest;
    const noted = endOf(last) - Size.Block + Format.Dropped;
    if (losses && !numberAt(noted)) writeNumber(state[Word.Dropped] as number, noted);
    for (let at = block; at < past; at += page_bytes) flash.erasePage(at);
  }
  writeNumber(++sequence, block);
  write = block + Size.Header;
  if (oldest === last) state[Word.Oldest] = write;
  const saved = saveState();
  if (text) text_at = putAlong(text);
  return saved;
}
