/**
 * Where firmware that comes over the air is put: slots of flash beside the firmware that was flashed by cable, which nothing here ever
 * touches. layout.ts has the format, README.md the states and what each cut of the power leaves.
 *
 * An update: `resumeAt`, `store` for all its bytes in order, `complete`, `activate`, and a restart. From then on the loader
 * (loader/choose.ts) starts it, three times at most, until `confirm`.
 */
import { eraseSlot, slotArea, slotCode } from "#board";
import { Ended, restart } from "../tracker/restart.ts";
import { Erased, isConfirmed, numberIn, orderOf, Place, Slot, Word, wordsAt, writeWhy } from "./layout.ts";

/** Espruino's. */
declare const E: { CRC32(bytes: string | Uint8Array): number; toString(bytes: Uint8Array): string };

const enum Limit {
  /** Bytes that are looked at at once for where the code ends. */
  Piece = 1024,
  /** Their CRC-32 where nothing was written. */
  Blank = 0xb83afff4 | 0,
  /** Bytes in one write: of more, interpreters before 2v26 lost some (Espruino #2509). */
  Write = 1024,
  /** Older interpreters make no longer string of a piece of flash. */
  Code = 65532,
  /** What a start on trial has to be acknowledged by the server. */
  Trial_ms = 600000,
}

/** The address of the slot that an update goes into, between `resumeAt` and the restart; 0: none. */
let target = 0;
/** `activate` was called since the start. */
let activated = false;
/** This start is a trial. */
let trial = false;

/** The slot that the code runs from, or `Slot.None`, as the loader says; undefined: there is no loader. */
function running(): number | undefined {
  return global.slot as number | undefined;
}

/** Bytes of a slot; 0: there are none. */
function slotLength(): number {
  const area = running() === undefined ? undefined : slotArea();
  // A whole number, also in the interpreter's eyes: it erases at no other.
  return area ? (((area[1] as number) - (area[0] as number)) / Slot.Count) | 0 : 0;
}

function addressOf(slot: number): number {
  return ((slotArea() as number[])[0] as number) + slot * slotLength();
}

/** Writes words, in their order, which is the order of what counts. */
function writeWords(words: number[], address: number): void {
  require("Flash").write(new Uint8Array(new Int32Array(words).buffer), address);
}

/** Whether the slot has an update that may be gone on with. */
function isUnderWay(words: Int32Array, key: number): boolean {
  return (
    words[Word.Key] === key &&
    words[Word.KeyInverted] === ~key &&
    words[Word.Start] === Erased.Word &&
    words[Word.Why] === Erased.Word &&
    !isConfirmed(words)
  );
}

/** Leaves the slot that the code runs from for good, and restarts. */
function leave(why: string): void {
  writeWhy(addressOf(running() as number), why);
  restart(Ended.Wanted, why);
}

/** The most bytes a package may have; 0: this board is updated by cable, as it has no slots. */
export function slotBytes(): number {
  return Math.min(Math.max(slotLength() - Place.Code, 0), Limit.Code);
}

/**
 * Bytes that are stored already of the update with this key, a whole number of words; the last word is counted as missing,
 * as the power may have torn it. Of another update than before 0: a slot is erased for it, a second at most.
 */
export function resumeAt(key: number): number {
  const length = slotLength();
  const runs = running();
  key |= 0;
  target = 0;
  // No update is taken by one that may be taken back.
  if (!length || trial) return 0;
  let slot = runs === 0 ? 1 : 0;
  if (runs === Slot.None && isUnderWay(wordsAt(addressOf(1)), key)) slot = 1;
  target = addressOf(slot);
  if (!isUnderWay(wordsAt(target), key)) {
    eraseSlot(target, target + length);
    writeWords([key, ~key], target + Place.Key);
    return 0;
  }
  const first = target + Place.Code;
  let end = target + length;
  while (end > first) {
    const from = Math.max(first, end - Limit.Piece);
    const piece = require("Flash").read(end - from, from);
    const words = new Int32Array(piece.buffer);
    if (piece.length < Limit.Piece || (E.CRC32(piece) | 0) !== Limit.Blank)
      for (let i = words.length; i--; ) if (words[i] !== Erased.Word) return from + 4 * i - first;
    end = from;
  }
  return 0;
}

/**
 * Writes bytes of the update, at most 1,024 at an offset of whole words, in order; what is there already may come again. False:
 * they are not in flash.
 */
export function store(offset: number, bytes: string): boolean {
  const count = bytes.length;
  const to = target + Place.Code + offset;
  if (!target || !count || count > Limit.Write || offset % 4 || offset + count > slotBytes()) return false;
  if (slotCode(to, count) !== bytes) {
    let words = bytes;
    while (words.length % 4) words += String.fromCharCode(0xff);
    require("Flash").write(words, to);
  }
  return slotCode(to, count) === bytes;
}

/** What is stored of the update, so many bytes: a reference into flash. */
export function stored(length: number): string {
  return slotCode(target + Place.Code, length);
}

/**
 * Whether flash has all of the update, by length and CRC-32. If it does, the header says so, and `activate` may follow; if
 * not, `resumeAt` begins anew.
 */
export function complete(length: number, crc32: number): boolean {
  if (!target || length < 1 || length > slotBytes()) return false;
  const right = (E.CRC32(slotCode(target + Place.Code, length)) | 0) === (crc32 | 0);
  if (right) writeWords([length, crc32], target + Place.Length);
  else writeWords([0, 0], target + Place.Key);
  const words = wordsAt(target);
  return right && words[Word.Length] === length && words[Word.Crc] === (crc32 | 0);
}

/** The next start tries what `complete` found whole. */
export function activate(): void {
  let newest = 0;
  if (!target || wordsAt(target)[Word.Crc] === Erased.Word) return;
  if (numberIn(wordsAt(target)[Word.Order] as number)) return;
  for (let slot = 0; slot < Slot.Count; slot++)
    newest = Math.max(newest, numberIn(wordsAt(addressOf(slot))[Word.Order] as number));
  writeWords([orderOf(newest + 1)], target + Place.Order);
  activated = true;
}

/** Whether the code that runs is new, and not confirmed. */
export function isTrial(): boolean {
  return trial;
}

/** To be called when the server has acknowledged something from the new code: it stays. */
export function confirm(): void {
  if (!trial) return;
  const address = addressOf(running() as number);
  writeWords([0], address + Place.Confirmed);
  if (!isConfirmed(wordsAt(address))) writeWords([0], address + Place.Confirmed + 4);
  trial = false;
}

/**
 * The update that was taken back, and why; undefined: none was, or the slot was erased since. It outlives resets.
 */
export function lastVerdict(): { key: number; why: string } | undefined {
  const runs = running() as number;
  let newest = 0;
  let verdict: { key: number; why: string } | undefined;
  if (!slotLength()) return undefined;
  // What is older than the code that runs was no update of it.
  if (runs >= 0) newest = numberIn(wordsAt(addressOf(runs))[Word.Order] as number);
  for (let slot = 0; slot < Slot.Count; slot++) {
    const words = wordsAt(addressOf(slot));
    const number = numberIn(words[Word.Order] as number);
    // One that was only just activated waits for the restart.
    if (number <= newest || isConfirmed(words)) continue;
    if (activated && words[Word.Start] === Erased.Word) continue;
    newest = number;
    verdict = { key: (words[Word.Key] as number) >>> 0, why: whyLeft(addressOf(slot), words) };
  }
  return verdict;
}

function whyLeft(address: number, words: Int32Array): string {
  if (words[Word.Why] !== Erased.Word) {
    const text = E.toString(require("Flash").read(Place.Code - Place.Why, address + Place.Why));
    return text.split("\0")[0] as string;
  }
  return words[Word.LastStart] === Erased.Word
    ? "flash does not hold it, or its marks"
    : "started three times, and the server never acknowledged anything";
}

/** Whether the code that runs came over the air. */
export function runsFromSlot(): boolean {
  return (running() as number) >= 0;
}

/** To be called at the start: takes this code back if the server acknowledges nothing in ten minutes. */
export function startTrial(): void {
  trial = runsFromSlot() && !isConfirmed(wordsAt(addressOf(running() as number)));
  if (trial)
    setTimeout(function () {
      if (trial) leave("no acknowledgement of the server in ten minutes");
    }, Limit.Trial_ms);
}
