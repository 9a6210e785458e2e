/**
 * When a round begins, so that its fix comes in time: as much earlier as a fix took before. A search that failed tells nothing of
 * that; after each one more the next comes later, up to an hour.
 */
import { HAS_SLEEP } from "#sleep";
import { ran_ms } from "./clock.ts";

const enum Limit {
  /** A receiver that stays on costs more than one that is switched off, if from fix to fix is so long: in ms, and in searches. */
  Off_ms = 20000,
  /** A timer and a search are off by less. */
  Late_ms = 5000,
  Off = 3,
  /** Of a build that learns nothing. */
  Unknown_s = 120,
  Longest_s = 3600,
}

/** From the begin of a search to its fix, ms, as learned. */
let took_ms = 0;
/** Begin of the search; when this round's fix is due, and the next one's. As `ran_ms` has it. */
let began_ms = 0;
let this_ms = 0;
let next_ms = 0;
/** When the next round begins. */
export let begins_ms = 0;
/** Searches in a row without a fix. */
let misses = 0;

/** How much earlier than its fix a round of this period begins: a receiver that is on has one at any time. */
function lead_ms(period_s: number, saves: boolean): number {
  return saves || isWorthOff(period_s) ? took_ms : 0;
}

/** A round begins. One that is late, or an early one, is where the next are counted from. `saves`: the receiver is off by now. */
export function beginRound(period_s: number, saves: boolean): void {
  this_ms = ran_ms();
  if (!HAS_SLEEP) return;
  this_ms += lead_ms(period_s, saves);
  if (Math.abs(next_ms - this_ms) < Limit.Late_ms) this_ms = next_ms;
}

/** Until the next round has to begin, ms, so that its fix comes `period_s` after this one's; who saves rests longer after failures. */
export function untilNext_ms(period_s: number, saves: boolean): number {
  let period_ms = period_s * 1000;
  if (!HAS_SLEEP) return Math.max(this_ms + period_ms - ran_ms(), 0);
  if (saves && misses > 1)
    period_ms = Math.max(period_ms, Math.min(period_ms * Math.pow(2, misses - 1), Limit.Longest_s * 1000));
  next_ms = this_ms + period_ms;
  begins_ms = Math.max(next_ms - lead_ms(period_s, saves), ran_ms());
  return begins_ms - ran_ms();
}

/** A search for a fix begins, in a round or between two. */
export function beginSearch(): void {
  began_ms = ran_ms();
}

/** The fix came, or it did not. Gives how long that took, ms. */
export function endSearch(is_fix: boolean): number {
  const its_ms = ran_ms() - began_ms;
  if (!HAS_SLEEP) return its_ms;
  if (!is_fix) misses++;
  else {
    misses = 0;
    took_ms = took_ms ? Math.round((took_ms + its_ms) / 2) : its_ms;
  }
  return its_ms;
}

/** Whether the receiver is to be off from fix to fix. */
export function isWorthOff(period_s: number): boolean {
  if (!HAS_SLEEP) return period_s >= Limit.Unknown_s;
  return period_s * 1000 >= Math.max(Limit.Off_ms, Limit.Off * took_ms);
}
