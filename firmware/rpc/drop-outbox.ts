/**
 * `dropOutbox`: lets go of all samples that wait, a few at a time: the interpreter takes up to half a minute to look through a
 * full ring.
 */
import { distance, endOfRecords, saveState, seek, state } from "../tracker/journal.ts";
import { Word } from "../tracker/kept.ts";
import { clear, length } from "../tracker/record.ts";
import { taken } from "../tracker/under-way.ts";

const enum Limit {
  /** Records a step. */
  Step = 8,
}

/**
 * Drops what waits, but for what is on its way to the server just now, and counts it as dropped; then tells how many. What
 * comes meanwhile stays. When the power goes what was dropped by then is, and may not be counted.
 */
export function dropOutbox(done: (result: unknown) => void): void {
  let oldest = state[Word.Oldest] as number;
  let at = oldest;
  let past = endOfRecords();
  let dropped = 0;
  function step(): void {
    // Pages may have gone meanwhile: what waited in them was counted.
    const gone = distance(oldest, state[Word.Oldest] as number);
    const left = distance(oldest, past);
    if (distance(oldest, at) < gone) at = state[Word.Oldest] as number;
    oldest = state[Word.Oldest] as number;
    if (left < gone) past = oldest;
    for (let records = 0; records < Limit.Step; records++) {
      at = seek(at);
      if (at === endOfRecords() || distance(oldest, at) >= distance(oldest, past)) {
        state[Word.Oldest] = seek(oldest);
        saveState();
        done({ dropped: dropped });
        return;
      }
      if (taken.indexOf(at) < 0) {
        clear(at);
        (state[Word.Dropped] as number)++;
        dropped++;
      }
      at += length;
    }
    setTimeout(step, 0);
  }
  setTimeout(step, 0);
}
