/** `#sleep` of a board that sleeps between reports, where the settings want it: tracker/sleep.ts. */
export const HAS_SLEEP: boolean = true;
