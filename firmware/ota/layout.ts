/**
 * How a slot of flash looks that firmware comes into over the air. Words are of 32 bits, little endian; one is written once
 * between two erases, so that a cut of the power leaves it written or not. README.md has the states.
 *
 * | bytes       | what | written |
 * |-------------|------|---------|
 * | 0 to 31     | nothing | |
 * | 32 to 39    | the update's key, and all its bits inverted | when the slot is erased for it |
 * | 40 to 43    | length of the code | when all of the code is there, and right |
 * | 44 to 47    | CRC-32 of the code | the same |
 * | 48 to 51    | order: the higher one of two slots is newer; the upper half is the number, the lower half its bits inverted | `activate`: the loader tries the slot from then on |
 * | 52 to 63    | three words: cleared before each start on trial | the loader |
 * | 64 to 71    | two words: either one cleared, the code is confirmed | `confirm` |
 * | 72 to 127   | why the slot is left: text, padded with zeros | the loader, or the code itself |
 * | from 128 on | the code | `store` |
 */

/** Bytes. */
export const enum Place {
  Words = 32,
  Key = 32,
  Length = 40,
  Order = 48,
  Starts = 52,
  Confirmed = 64,
  Why = 72,
  Code = 128,
}

/** The words from `Place.Words` on. */
export const enum Word {
  Key,
  KeyInverted,
  Length,
  Crc,
  Order,
  Start,
  /** Of the second start. */
  StartAgain,
  LastStart,
  Confirmed,
  /** Where the first one does not stick. */
  ConfirmedToo,
  /** The first four bytes of that text. */
  Why,
  /** How many are looked at. */
  Count,
}

/** What the loader leaves as `global.slot`: the slot's number, */
export const enum Slot {
  /** or that the code was flashed by cable. */
  None = -1,
  /** How many there are: the one that runs is never written. */
  Count = 2,
  /** Of one, 15 pages of 4,096: the largest blob (scripts/boards.ts) and its header. */
  Bytes = 61440,
}

export const enum Erased {
  Word = -1,
}

/** The number in an order word; 0: none was written, or not all of it. */
export function numberIn(order: number): number {
  const number = order >>> 16;
  return number + (order & 0xffff) === 0xffff ? number : 0;
}

/** The order word for a number, 1 to 65,535. */
export function orderOf(number: number): number {
  return (number << 16) | (~number & 0xffff);
}

/** Whether the code stays, whatever comes. */
export function isConfirmed(words: Int32Array): boolean {
  return words[Word.Confirmed] !== Erased.Word || words[Word.ConfirmedToo] !== Erased.Word;
}

/** The words of the slot at an address. */
export function wordsAt(address: number): Int32Array {
  return new Int32Array(require("Flash").read(4 * Word.Count, address + Place.Words).buffer);
}

/** Writes down why the slot is left, which it is from then on. What does not fit is cut off. */
export function writeWhy(address: number, why: string): void {
  const text = new Uint8Array(Place.Code - Place.Why);
  for (let i = 0; i < why.length && i < text.length - 1; i++) text[i] = why.charCodeAt(i);
  require("Flash").write(text, address + Place.Why);
}
