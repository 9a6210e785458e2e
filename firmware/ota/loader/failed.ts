/**
 * Part of the loader, like choose.ts: what it chose threw before it ran. An update on trial is left at once, and the board
 * starts what was there before.
 */
import { slotArea } from "#board";
import { isConfirmed, Slot, wordsAt, writeWhy } from "../layout.ts";

/** Espruino's. */
declare const E: { reboot(): void };
/** What was thrown: the loader catches it. */
declare const error: unknown;

function left(): boolean {
  const slot = global.slot as number | undefined;
  const area = slotArea();
  if (slot === undefined || slot === Slot.None || !area) return false;
  const address = (area[0] as number) + (slot * ((area[1] as number) - (area[0] as number))) / Slot.Count;
  if (isConfirmed(wordsAt(address))) return false;
  writeWhy(address, "threw: " + error);
  return true;
}

if (!left()) throw error;
print("Uncaught " + error);
E.reboot();
