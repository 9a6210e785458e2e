/** Records that are not simply waiting in their order: addresses in the journal. */

/** On their way to the server; see queue.ts. */
export const taken: number[] = [];

/** Records that wait and that the others pass; see suspects.ts. */
export interface Aside {
  at_: number;
  /** How often the server refused it. */
  refusals_: number;
}
export const aside: Aside[] = [];

/** Takes the records in a page that goes off the lists. */
export function forget(from: number, past: number): void {
  let i: number;
  for (i = taken.length; i--; )
    if ((taken[i] as number) > from && (taken[i] as number) < past) taken.splice(i, 1);
  for (i = aside.length; i--; ) {
    const at = (aside[i] as Aside).at_;
    if (at > from && at < past) aside.splice(i, 1);
  }
}
