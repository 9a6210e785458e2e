/** The power goes before or while any single operation of an action is done. */
import assert from "node:assert/strict";
import {
  type Flash as Chip,
  countOperations,
  cutPowerAfter,
  type FlashOperation,
  PowerCut,
} from "../../scripts/simulator/espruino/flash.ts";
import { seededRandom } from "../../scripts/simulator/modem/options.ts";
import { copyOf, type Opened, reopen } from "./journal-rig.ts";

/** What a chip has of an operation that was going on when the power went. */
export type Halfway = (torn: Chip, operation: FlashOperation, whole: Chip) => void;

/** Nothing: it was to begin. */
export const untouched: Halfway = () => {};

/** Some of the bits that were to become 0, or in a page 1. */
export const someBits: Halfway = (torn, { kind, address }, whole) => {
  const random = seededRandom(address);
  const from = address - torn.start;
  for (let i = from; i < from + (kind === "erase" ? torn.pageSize : 4); i++) {
    const now = torn.bytes[i] as number;
    const some = random() * 256;
    torn.bytes[i] = kind === "erase" ? now | some : now & ((whole.bytes[i] as number) | some);
  }
};

/** At each operation of the action the power is cut, on a copy of the chip; then `check` looks. Gives how many. */
export function atEveryCut(
  { chip, bytes }: Opened,
  run: (opened: Opened) => void,
  halfway: Halfway,
  check: (again: Opened, done: FlashOperation[]) => void,
): number {
  const whole = reopen(copyOf(chip), bytes);
  const count = countOperations(whole.chip, () => run(whole));
  for (let cut = 0; cut < count; cut++) {
    const torn = reopen(copyOf(chip), bytes);
    const done: FlashOperation[] = [];
    torn.chip.beforeOperation = (operation) => {
      if (done.length === cut) {
        halfway(torn.chip, operation, whole.chip);
        cutPowerAfter(torn.chip, 0);
        throw new PowerCut();
      }
      done.push(operation);
    };
    assert.throws(() => run(torn), PowerCut);
    torn.chip.beforeOperation = undefined;
    check(reopen(torn.chip, bytes), done);
  }
  return count;
}
