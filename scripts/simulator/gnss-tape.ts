import type { Fix } from "../../firmware/gnss/fix.ts";
import { readEpochs, timedFixes } from "./gnss-log.ts";

/** A log as a tape that runs for ever, paced by its own times. */
export interface Tape {
  /** Length of one pass, ms. */
  length_ms: number;
  /**
   * The fix at a place of the tape, counted from its first fix; undefined in a hole. `time_ms` is the log's, each
   * further pass later by its length; or counted from `start_ms`, when that is given.
   */
  fixAt(elapsed_ms: number, start_ms?: number): Fix | undefined;
  /** All sentences of the fix at that place; none in a hole. */
  epochAt(elapsed_ms: number): string[];
  /** The newest sentences of one type ("GGA", all lines of "GSV") at that place. */
  sentencesAt(elapsed_ms: number, type: string): string[];
}

interface Epoch {
  offset_ms: number;
  fix: Fix;
  sentences: string[];
}

/** A fix is good until the next one comes, but no longer than this. */
const GOOD_FOR_MS = 10_000;
/** A jump over more than this, or back, is a cut in the log: the tape goes on a second later. */
const CUT_MS = 600_000;

/** `day_ms`: the day of a log that has no date in it. */
export function createTape(log: string, day_ms = 0): Tape {
  const epochs: Epoch[] = [];
  let offset_ms = 0;
  let before: number | undefined;
  for (const { fix, time_ms, sentences } of timedFixes(readEpochs(log), day_ms)) {
    const step = before === undefined ? 0 : time_ms - before;
    offset_ms += step < 0 || step > CUT_MS ? 1000 : step;
    before = time_ms;
    epochs.push({ offset_ms, fix, sentences });
  }
  const length_ms = offset_ms + 1000;

  function indexAt(elapsed_ms: number): number {
    const place = elapsed_ms % length_ms;
    const next = epochs.findIndex((epoch) => epoch.offset_ms > place);
    return (next < 0 ? epochs.length : next) - 1;
  }

  function goodAt(elapsed_ms: number): Epoch | undefined {
    const epoch = epochs[indexAt(elapsed_ms)];
    return epoch && (elapsed_ms % length_ms) - epoch.offset_ms <= GOOD_FOR_MS ? epoch : undefined;
  }

  return {
    length_ms,
    epochAt: (elapsed_ms) => goodAt(elapsed_ms)?.sentences ?? [],
    fixAt(elapsed_ms, start_ms) {
      const epoch = goodAt(elapsed_ms);
      if (!epoch) return undefined;
      const pass_ms = Math.floor(elapsed_ms / length_ms) * length_ms;
      const time_ms = start_ms === undefined ? (epoch.fix.time_ms ?? 0) : start_ms + epoch.offset_ms;
      return { ...epoch.fix, time_ms: time_ms + pass_ms };
    },
    sentencesAt(elapsed_ms, type) {
      for (let i = indexAt(elapsed_ms); i >= 0; i--) {
        const found = epochs[i]?.sentences.filter((sentence) => sentence.slice(3, 6) === type) ?? [];
        if (found.length > 0) return found;
      }
      return [];
    },
  };
}
