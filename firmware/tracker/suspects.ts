/**
 * Records that the server may never take: each time one goes, the server ends the connection (a text over its limit, say).
 *
 * - A record is suspected when it went alone (pace.ts halves the packets down to that) and the server ended the connection.
 *   It is put aside: the others pass it, so it stops nobody.
 * - It is tried again, alone, after the server took other packets in a row, none of which was lost: first 1, then 6, then
 *   36, as each try may cost the connection. One that is taken now is no suspect any more, and shows that not the record was
 *   to blame: the others' refusals are forgotten.
 * - It is given up when it was refused each of these three times, so after four sendings alone. So the server took others, again and again, and only this
 *   one never: a network or a server that loses every tenth packet, whichever it is, hardly looks like that.
 *
 * That the first suspect is one outlives a restart (`Word.Aside`); its refusals do not, and other suspects are found again.
 */
import { saveState } from "./journal.ts";
import { putAside } from "./queue.ts";
import { type Aside, aside } from "./under-way.ts";

const enum Limit {
  /** Refusals until it is given up. */
  Refusals = 3,
  /** So many times as many others before each further try: 1, 6, 36. */
  Factor = 6,
}

/** Other packets the server took in a row, since a packet was lost or a suspect refused. */
let others = 0;

/** The suspect that is to be tried again now, if one is. */
export function trialDue(): Aside | undefined {
  return aside.filter(function (suspect) {
    return others >= Math.pow(Limit.Factor, suspect.refusals_);
  })[0];
}

/** The server took a packet without a suspect. */
export function othersTaken(): void {
  others++;
}

/** The server took a suspect. */
export function acquitted(): void {
  othersTaken();
  aside.forEach(function (suspect) {
    suspect.refusals_ = 0;
  });
}

/** Another packet was lost, or the network while a suspect was tried: that says nothing of it. */
export function nothingProven(): void {
  others = 0;
}

/** The record that is under way, alone, is suspected from now on. */
export function suspect(): void {
  putAside();
  // The first one is kept in mind.
  if (aside.length === 1) saveState();
}

/** The server refused a suspect. True: it is to be given up. */
export function refused(suspect: Aside): boolean {
  others = 0;
  return ++suspect.refusals_ >= Limit.Refusals;
}
