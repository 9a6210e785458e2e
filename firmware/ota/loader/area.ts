/** Tells the computer where a board's slots are: `npm run flash` evaluates it on the board; scripts/build/loader.ts. */
import { SLOTS, slotArea } from "#board";

/** Who evaluates this declares it. */
declare let area: number[] | undefined;

const found = slotArea();
if (found) area = [found[0] as number, found[1] as number, SLOTS];
