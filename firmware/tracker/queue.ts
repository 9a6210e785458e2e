/**
 * The order in which the journal's records go to the server: oldest first, and the latest one along with them, so that a
 * long way back delays no news. A record can be put aside: the others pass it.
 */
import {
  aside,
  clear,
  distance,
  endOf,
  endOfRecords,
  length,
  put,
  readRecord,
  saveLosses,
  saveState,
  seek,
  slotsOf,
  state,
  taken,
  Word,
} from "./journal.ts";

const enum Limit {
  /** Records put aside; one more is moved to the end of the ring, and comes round again like any other. */
  Aside = 4,
  /** How far they may be behind the others, bytes, so 64 slots: whoever looks for those passes all that lies between. */
  Behind = 1536,
}

/** The record that was appended last, until it is taken. */
let latest = 0;

/** Appends a record; see `put`. False: the flash did not take it. */
export function append(slots: Uint8Array): boolean {
  latest = put(slots);
  return !!latest;
}

/**
 * Takes records, oldest first, as long as `accept` takes `record`, but for those put aside; then the latest one, for which
 * `accept` is asked to leave room. They wait until `settle`; one call at a time.
 */
export function take(accept: (room: number) => unknown): void {
  let at = seek(state[Word.Oldest] as number);
  if (aside.indexOf(latest) >= 0) latest = 0;
  while (at !== endOfRecords()) {
    const past = at + length;
    if (aside.indexOf(at) < 0) {
      if (!accept(latest && at !== latest ? 1 : 0)) break;
      taken.push(at);
    }
    at = seek(past);
  }
  if (at !== endOfRecords() && latest && seek(latest) === latest && accept(0)) taken.push(latest);
  latest = 0;
  saveLosses();
}

/** Takes only the record that was put aside first, as `take`. */
export function takeAside(accept: (room: number) => unknown): void {
  const at = aside[0] as number;
  if (!readRecord(at)) {
    aside.shift();
    state[Word.Refusals] = 0;
  } else if (accept(0)) taken.push(at);
}

/** The one record that was taken waits again, and is passed from now on. */
export function putAside(): void {
  const at = taken.pop() as number;
  if (aside.length < Limit.Aside) aside.push(at);
  else move(at);
}

/** Moves a record that waits to the end of the ring, while none is taken. Gives its new address; 0: flash did not take it. */
function move(at: number): number {
  let to = 0;
  if (readRecord(at)) {
    // Taken, so that it shows when its page goes. Then it was counted, but is there again.
    taken.push(at);
    to = put(slotsOf(at));
    if (!taken.pop()) (state[Word.Dropped] as number)--;
    else if (to) clear(at);
  }
  return to;
}

/** Ends `take`: nobody needs the records any more (`done`), or they go on waiting. Gives how many are done with. */
export function settle(done: boolean): number {
  const given = taken.splice(0);
  const oldest = state[Word.Oldest] as number;
  if (!done) return 0;
  if (given.length) {
    given.forEach(function (at) {
      const i = aside.indexOf(at);
      clear(at);
      if (i >= 0) aside.splice(i, 1);
    });
    state[Word.Oldest] = seek(oldest);
    const first = aside[0] as number;
    if (first === state[Word.Oldest] && distance(first, given[0] as number) > Limit.Behind) {
      aside.shift();
      const to = move(first);
      if (to) aside.unshift(to);
      state[Word.Aside] = to;
      state[Word.Oldest] = seek(state[Word.Oldest] as number);
    }
    // Written down now and then, since the next start looks from there on.
    if (endOf(state[Word.Oldest] as number) !== endOf(oldest)) saveState();
  }
  return given.length;
}
