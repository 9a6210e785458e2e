/**
 * What time it is: who tells it, and when that is believed.
 *
 * | the clock is | and somebody says                           | then                                                    |
 * |--------------|---------------------------------------------|---------------------------------------------------------|
 * | any          | a time before this version was released     | never believed                                          |
 * | at the start | it shows one more than ten years after that | not known                                               |
 * | not known    | another one                                 | believed                                                |
 * | not known    | one more than ten years after the release   | believed once the next one says so, too                 |
 * | known        | the same day; it is a fix                   | a voice for the clock, and it is set right              |
 * | known        | the same day; it is the network             | a voice for it; set right if no fix came for a day      |
 * | known        | another day                                 | a voice against it; the clock goes over once more       |
 * |              |                                             | voices in a row agree with each other than were for it  |
 *
 * Within the day a fix is right without more ado: it can't be computed without the time to the microsecond, but for whole
 * weeks; the network may have the wrong zone. What the network says again is no new voice: it is the same witness.
 *
 * Times are compared by when the board would have started: so the time that went by in between is none of the matter.
 */
import { Released } from "../released.ts";
import { Utc } from "../utc.ts";

/** Espruino's, seconds since 1970. */
declare function setTime(seconds: number): void;

export const enum Witness {
  /** AT+QLTS, AT+CCLK. */
  Network,
  Fix,
}

const enum Limit {
  /** A fix is told up to a second late, the network's time in whole seconds: less is no error of the clock. */
  Exact_ms = 2000,
  /** Voices for the clock that count, so that it can be put right in the end. */
  Voices = 3,
}

/** The board's own clock can be set. */
let may_set = false;
/** How far it was set: by us, or by somebody before us. What it shows less that begins with the board. */
let moved_ms = 0;
/** The time when the board started, ms since 1970; 0: not known. */
export let started_ms = 0;
/** Voices for it; and in a row against it, agreeing that it was `other_ms`. */
let voices = 0;
let against = 0;
let other_ms = 0;
/** Who spoke last; undefined: nobody. */
let last: Witness | undefined;
/** How long the board ran when a fix last spoke for the clock; undefined: none did. */
let fix_ms: number | undefined;

/**
 * Starts. `its_may_set`: the board's clock may be set; not so under Linux, where `setTime` only makes every timer late or
 * early. A clock that shows what may be the time is believed: Linux's is the first voice, a board's is what
 * we set before a reset, until somebody says something else.
 */
export function startClock(its_may_set: boolean): void {
  const shows_ms = Date.now();
  may_set = its_may_set;
  moved_ms = shows_ms < Utc.Set_ms ? 0 : shows_ms;
  started_ms = shows_ms >= Released.Ms && shows_ms - Released.Ms < Released.Far_ms ? Math.round(shows_ms) : 0;
  voices = started_ms && !may_set ? 1 : 0;
  against = other_ms = 0;
  last = fix_ms = undefined;
}

/** How long the board runs, ms, by its own clock; whoever sets it. */
export function ran_ms(): number {
  return Date.now() - moved_ms;
}

/** The time, ms since 1970; while it is not known how long the board runs, which is never up to 2020. Whole. */
export function now_ms(): number {
  return Math.round(started_ms + ran_ms());
}

/** Whether two say the same but for what a fix puts right: less than a day. */
function agree(one_ms: number, two_ms: number): boolean {
  return Math.abs(one_ms - two_ms) < Utc.Day_ms;
}

function set(its_started_ms: number): void {
  const ran = ran_ms();
  // `Date.now()` has a fraction in the interpreter
  started_ms = Math.round(its_started_ms);
  if (may_set) {
    setTime((started_ms + ran) / 1000);
    moved_ms = Date.now() - ran;
  }
}

/**
 * Somebody says what time it is now, ms since 1970; 0: it does not know. Gives what is to be believed: that, or what the
 * clock says, see `now_ms`.
 */
export function timeTold(witness: Witness, time_ms: number): number {
  if (time_ms >= Released.Ms) {
    const its_started_ms = time_ms - ran_ms();
    const anew = witness === Witness.Fix || last !== Witness.Network ? 1 : 0;
    last = witness;
    if (started_ms && agree(its_started_ms, started_ms)) {
      against = 0;
      voices = Math.min(voices + anew, Limit.Voices);
      if (
        Math.abs(its_started_ms - started_ms) >= Limit.Exact_ms &&
        (witness === Witness.Fix || fix_ms === undefined || ran_ms() - fix_ms > Utc.Day_ms)
      )
        set(its_started_ms);
      if (witness === Witness.Fix) fix_ms = ran_ms();
    } else {
      against = against && agree(its_started_ms, other_ms) ? against + anew : 1;
      other_ms = its_started_ms;
      const enough = Math.max(voices, time_ms - Released.Ms < Released.Far_ms ? 0 : 1);
      // Linux may have got the time meanwhile, which makes two of them.
      if (against > enough || (!may_set && agree(time_ms, Date.now()))) {
        voices = Math.min(against, Limit.Voices);
        against = 0;
        fix_ms = witness === Witness.Fix ? ran_ms() : undefined;
        set(its_started_ms);
      }
    }
  }
  return started_ms && agree(time_ms, now_ms()) ? time_ms : now_ms();
}
