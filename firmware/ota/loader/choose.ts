/**
 * Part of the loader, `.bootcde` of a board with slots; scripts/build/loader.ts puts it together. Chooses the code that runs:
 * the newest update that is whole, and confirmed or has a start on trial left; else what was flashed by cable. It is a program
 * of its own inside of a function, so nothing of it stays.
 */
import { slotArea, slotCode } from "#board";
import { Erased, isConfirmed, numberIn, Place, Slot, Word, wordsAt } from "../layout.ts";

/** Espruino's. */
declare const E: { CRC32(bytes: string): number; enableWatchdog(seconds: number, automatic: boolean): void };
/** What is evaluated next: the loader declares it. */
declare let code: string | undefined;

const enum Watchdog {
  /** As the tracker has it. */
  Seconds = 25,
}

/** The update that runs, marked before it is on trial; undefined: none does. */
function chosen(): string | undefined {
  const area = slotArea();
  if (!area) return undefined;
  const length = ((area[1] as number) - (area[0] as number)) / Slot.Count;
  let below = 0x10000;
  // The newest, and then the others: each has another number.
  for (let tries = 0; tries < Slot.Count; tries++) {
    let number = 0;
    let slot = 0;
    for (let i = 0; i < Slot.Count; i++) {
      const its = numberIn(wordsAt((area[0] as number) + i * length)[Word.Order] as number);
      if (its > number && its < below) {
        number = its;
        slot = i;
      }
    }
    below = number;
    const address = (area[0] as number) + slot * length;
    if (number && mayRun(address, length)) {
      global.slot = slot;
      return slotCode(address + Place.Code, wordsAt(address)[Word.Length] as number);
    }
  }
  return undefined;
}

/** Whether the slot's code is whole and may run. On trial the start is marked, so that it can't be one of more than three. */
function mayRun(address: number, length: number): boolean {
  const words = wordsAt(address);
  const size = words[Word.Length] as number;
  let start = Word.Start;
  if (words[Word.Why] !== Erased.Word || size < 1 || size > length - Place.Code) return false;
  if ((E.CRC32(slotCode(address + Place.Code, size)) | 0) !== words[Word.Crc]) return false;
  if (isConfirmed(words)) return true;
  while (start <= Word.LastStart && words[start] !== Erased.Word) start++;
  if (start > Word.LastStart) return false;
  require("Flash").write(new Uint8Array(4), address + Place.Words + 4 * start);
  // What does not stick would be tried for ever.
  if (wordsAt(address)[start] === Erased.Word) return false;
  // Nothing feeds it unless the code does.
  E.enableWatchdog(Watchdog.Seconds, false);
  return true;
}

try {
  code = chosen();
} catch (_) {
  // What was flashed by cable needs no slots.
}
// So the firmware knows that it was the loader that started it.
if (!code) global.slot = Slot.None;
code = code || require("Storage").read("tb.js");
