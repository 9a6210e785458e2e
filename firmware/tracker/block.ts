/** The headers of the journal's blocks: each with the block's number, and later perhaps with another. */

import { readState, Word } from "./kept.ts";
import { flash } from "./record.ts";
import { Format, Size } from "./slot.ts";

/** Espruino's: the CRC-32 of what a view shows. */
declare const E: { CRC32(bytes: Uint8Array): number };

/** A number that stands in a block's header, with its check; 0: there is none. */
export function numberAt(at: number): number {
  const words = new Int32Array(flash.read(Size.Number, at).buffer);
  return words[1] === checkOf(words[0] as number) ? (words[0] as number) : 0;
}

/** Writes a number with its check. */
export function writeNumber(number: number, at: number): void {
  flash.write(new Uint8Array(new Int32Array([number, checkOf(number)]).buffer), at);
}

function checkOf(number: number): number {
  return E.CRC32(new Uint8Array(new Int32Array([Format.Version, number]).buffer)) | 0;
}

/** The number of the block at an address; 0: there is none. It stands in the state, too, with which a block begins. */
export function numberOf(block: number): number {
  const words = new Int32Array(Word.Count);
  return numberAt(block) || (readState(block + Size.Header, words) ? (words[Word.Block] as number) : 0);
}
