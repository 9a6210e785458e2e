/** The first fix that is good enough, else the best there was: between a round and `#gnss`. */
import { getFix } from "#gnss";
import type { Fix } from "../gnss/fix.ts";
import type { Located } from "../gnss/source.ts";
import { Reason } from "../reason.ts";
import { ran_ms, timeTold, Witness } from "./clock.ts";

const enum Limit {
  /** From one that is not good enough to the next. */
  Again_ms = 1000,
  /** Less is no time for another. */
  Least_s = 1,
}

let located: Located;
let until_ms: number;
/** From this HDOP on a better one is looked for; 0: each will do. */
let most: number;
let best: Fix | null;

/** `getFix`, whose fix has an HDOP of at most `hdop_max`, or the best that came in the time. */
export function goodFix(timeout_s: number, hdop_max: number, done: Located): void {
  located = done;
  most = hdop_max;
  best = null;
  until_ms = ran_ms() + timeout_s * 1000;
  getFix(timeout_s, came);
}

function came(fix: Fix | null, reason: Reason): void {
  const left_s = Math.floor((until_ms - ran_ms() - Limit.Again_ms) / 1000);
  if (fix) {
    // Now, as it may be handed on later.
    fix.time_ms = timeTold(Witness.Fix, fix.time_ms);
    if (!best || (fix.hdop as number) < (best.hdop as number)) best = fix;
  }
  // Without one nobody knows whether another is better.
  if (fix && most && (fix.hdop as number) > most && left_s >= Limit.Least_s)
    setTimeout(getFix, Limit.Again_ms, left_s, came);
  else located(best, best ? Reason.None : reason);
}
