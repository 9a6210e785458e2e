/**
 * When a round begins, so that its fix comes in time: as much earlier as a fix took before. A search that failed tells nothing of
 * that; after each one more the next comes later, up to an hour.
 */
import { HAS_SLEEP } from "#sleep";
import { ran_ms } from "./clock.ts";

const enum Limit {
  /** Weight of what was learned before. */
  Before = 3,
  /** A receiver that stays on costs more than one that is switched off, if from fix to fix is so long: in ms, and in searches. */
  Off_ms = 20000,
  Off = 3,
  /** Of a build that learns nothing. */
  Unknown_s = 120,
  Longest_s = 3600,
}

/** From the begin of a search to its fix, ms, as learned. */
let took_ms = 0;
/** Begin of the search; when the next round's fix is due. As `ran_ms` has it. */
let began_ms = 0;
let due_ms = 0;
/** Searches in a row without a fix. */
let misses = 0;

/** A round begins. Gives the ms to the next one, whose fix is to come `period_s` after this one's. `may_rest`: or later. */
export function beginRound(period_s: number, may_rest: boolean): number {
  let period_ms = period_s * 1000;
  if (!HAS_SLEEP) return period_ms;
  const now_ms = ran_ms();
  if (may_rest) for (let i = 1; i < misses && period_ms < Limit.Longest_s * 1000; i++) period_ms *= 2;
  // Of rounds that were late, or another interval, it is not made up for.
  if (Math.abs(due_ms - took_ms - now_ms) > period_ms / 2) due_ms = now_ms + took_ms;
  due_ms += period_ms;
  return Math.max(due_ms - took_ms - now_ms, period_ms / 2);
}

/** A search for a fix begins, in a round or between two. */
export function beginSearch(): void {
  began_ms = ran_ms();
}

/** The fix came, or it did not. */
export function endSearch(is_fix: boolean): void {
  if (!HAS_SLEEP) return;
  if (!is_fix) misses++;
  else {
    const its_ms = ran_ms() - began_ms;
    took_ms = took_ms ? Math.round((Limit.Before * took_ms + its_ms) / (Limit.Before + 1)) : its_ms;
    misses = 0;
  }
}

/** Whether the receiver is to be off from fix to fix. */
export function isWorthOff(period_s: number): boolean {
  if (!HAS_SLEEP) return period_s >= Limit.Unknown_s;
  return period_s * 1000 >= Math.max(Limit.Off_ms, Limit.Off * took_ms);
}
