/**
 * The order in which the journal's records go to the server: oldest first, and the latest one along with them, so that a
 * long way back delays no news. A record can be put aside: the others pass it.
 */
import {
  countGivenUp,
  distance,
  endOf,
  endOfRecords,
  put,
  saveLosses,
  saveState,
  seek,
  state,
  waitsAt,
} from "./journal.ts";
import { Word } from "./kept.ts";
import { clear, length, slotsOf } from "./record.ts";
import { type Aside, aside, taken } from "./under-way.ts";

const enum Limit {
  /** Records put aside; one more is moved to the end of the ring, and comes round again like any other. */
  Aside = 16,
  /** How far they may be behind the others, bytes, so 64 slots: whoever looks for those passes all that lies between. */
  Behind = 1536,
}

/** The address of the record that was appended last; and the same until it is taken. */
export let appended = 0;
let latest = 0;

/** The one put aside at an address, if there is one. */
function asideAt(at: number): Aside | undefined {
  return aside.filter(function (one) {
    return one.at_ === at;
  })[0];
}

/** Appends a record; see `put`. False: the flash did not take it. */
export function appendRecord(slots: Uint8Array): boolean {
  appended = latest = put(slots);
  return !!latest;
}

/**
 * Takes records, oldest first, as long as `accept` takes `record`, but for those put aside; then the latest one, for which
 * `accept` is asked to leave room. They wait until `settleRecords`; one call at a time.
 */
export function takeRecords(accept: (room: number) => unknown): void {
  let at = seek(state[Word.Oldest] as number);
  if (asideAt(latest)) latest = 0;
  while (at !== endOfRecords()) {
    const past = at + length;
    if (!asideAt(at)) {
      if (!accept(latest && at !== latest ? 1 : 0)) break;
      taken.push(at);
    }
    at = seek(past);
  }
  if (at !== endOfRecords() && latest && seek(latest) === latest && accept(0)) taken.push(latest);
  latest = 0;
  saveLosses();
}

/** Takes only a record that was put aside, as `takeRecords`. */
export function takeAside(one: Aside, accept: (room: number) => unknown): void {
  if (!waitsAt(one.at_)) aside.splice(aside.indexOf(one), 1);
  else if (accept(0)) taken.push(one.at_);
}

/** The one record that was taken waits again, and is passed from now on. */
export function putAside(): void {
  const at = taken.pop();
  // Its page may have gone meanwhile: then it was counted.
  if (!at) return;
  if (aside.length < Limit.Aside) aside.push({ at_: at, refusals_: 0 });
  else move(at);
}

/** Moves a record that waits to the end of the ring, while none is taken. Gives its new address; 0: flash did not take it. */
function move(at: number): number {
  let to = 0;
  if (waitsAt(at)) {
    // Taken, so that it shows when its page goes. Then it was counted, but is there again.
    taken.push(at);
    to = put(slotsOf(at));
    if (!taken.pop()) (state[Word.Dropped] as number)--;
    else if (to) clear(at);
  }
  return to;
}

/** Moves a record that was put aside, and is far behind the one at an address, to the end. */
function keepUp(at: number): void {
  const oldest = state[Word.Oldest] as number;
  const one = asideAt(oldest);
  const behind = distance(oldest, at);
  // More than all that waits: it is before it.
  if (one && behind > Limit.Behind && behind < distance(oldest, endOfRecords())) {
    const to = move(oldest);
    if (to) one.at_ = to;
    else aside.splice(aside.indexOf(one), 1);
    state[Word.Oldest] = seek(state[Word.Oldest] as number);
  }
}

/** Ends `takeRecords` of one record, which is lost: counted first, as the power may go before it is cleared. */
export function giveUpTaken(): void {
  const at = taken[0];
  if (!at) return;
  countGivenUp(at);
  // Its page went meanwhile: then it was counted twice.
  if (!settleRecords(true)) (state[Word.Dropped] as number)--;
}

/** Ends `takeRecords`: nobody needs the records any more (`done`), or they go on waiting. Gives how many are done with. */
export function settleRecords(done: boolean): number {
  const given = taken.splice(0);
  const oldest = state[Word.Oldest] as number;
  if (!done) return 0;
  if (given.length) {
    given.forEach(function (at) {
      const one = asideAt(at);
      clear(at);
      if (one) aside.splice(aside.indexOf(one), 1);
    });
    state[Word.Oldest] = seek(oldest);
    keepUp(given[0] as number);
    // Written down now and then, since the next start looks from there on.
    if (endOf(state[Word.Oldest] as number) !== endOf(oldest)) saveState();
  }
  return given.length;
}
