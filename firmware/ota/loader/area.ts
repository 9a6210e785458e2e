/** Tells the computer where a board's slots are: `npm run flash` evaluates it on the board; scripts/build/loader.ts. */
import { slotArea } from "#board";
import { Slot } from "../layout.ts";

/** Who evaluates this declares it. */
declare let area: number[] | undefined;

const found = slotArea();
if (found) area = [found[0] as number, found[1] as number, Slot.Count];
