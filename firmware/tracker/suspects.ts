/**
 * Records that the server may never take: each time one goes, the server ends the connection (a text over its limit, say).
 *
 * - A record is suspected when it went alone (pace.ts halves the packets down to that) and the server ended the connection.
 *   It is put aside: the others pass it, so it stops nobody.
 * - It is tried again, alone, after the server took other packets: 1, then 8, then 64 of them, as each try may cost the
 *   connection. One that is taken now is no suspect any more.
 * - It is given up when it was refused after each of these three: the server took others, and refused this one. If any other
 *   packet was lost in between, or the network with this one, that proves nothing, and the count begins anew.
 *
 * The first suspect and its count outlive a restart (`Word.Aside`, `Word.Refusals`); others are found again.
 */
import { aside, saveState, state, Word } from "./journal.ts";
import { putAside } from "./queue.ts";

const enum Limit {
  /** Refusals until it is given up. */
  Refusals = 3,
}

/** Other packets the server took since the last loss or refusal, in a row. */
let others = 0;

/** Is the first suspect to be tried again? */
export function isTrialDue(): boolean {
  // 1, 8, 64.
  return aside.length > 0 && others >= 1 << (3 * (state[Word.Refusals] as number));
}

/** The server took a packet without the suspect. */
export function othersTaken(): void {
  others++;
}

/** Another packet was lost, or the network with the suspect. */
export function proveNothing(): void {
  others = 0;
  if (state[Word.Refusals]) {
    state[Word.Refusals] = 0;
    saveState();
  }
}

/** The record that is under way, alone, is suspected from now on. */
export function suspect(): void {
  putAside();
  saveState();
}

/** The server has the suspect: the next one begins anew. */
export function acquitted(): void {
  others = 0;
  state[Word.Refusals] = 0;
  saveState();
}

/** The server refused the suspect. True: it is to be given up. */
export function refused(): boolean {
  others = 0;
  if (++(state[Word.Refusals] as number) >= Limit.Refusals) {
    state[Word.Refusals] = 0;
    return true;
  }
  saveState();
  return false;
}
