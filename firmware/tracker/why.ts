/** Why a fix was kept. A record has five bits for it: 31 is none, as the last word would be all ones then (slot.ts). */
export const enum Why {
  /** `interval_s` is over; */
  Interval,
  /** or `heartbeat_s`, as it stands still. */
  Heartbeat,
  /** Somebody asked for it: `locate`. */
  Call,
  /** An upload was due. */
  Upload,
  /** The accelerometer moved; whether it goes anywhere is not known yet. */
  Motion,
  /** From here on it is an event, of which the server is to know at once. A trip begins, */
  Start,
  /** and ends. */
  Stop,
  Turn,
  Overspeed,
  /** A zone. */
  Enter,
  Exit,
  /** It is low. */
  Battery,
}

/** What the server gets as `why`. */
export function whyWord(why: Why): string {
  return [
    "interval",
    "heartbeat",
    "call",
    "upload",
    "motion",
    "start",
    "stop",
    "turn",
    "overspeed",
    "enter",
    "exit",
    "battery",
  ][why] as string;
}
