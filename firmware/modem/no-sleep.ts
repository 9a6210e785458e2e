/** `#sleep` of a build that stays connected, whatever it costs. */
export const HAS_SLEEP: boolean = false;
