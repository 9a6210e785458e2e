/** What a meter reads: alone in its file, as the page of `npm start` has it, too, which knows nothing of Node. */

export const LOADS = ["modem", "transmitter", "gnss", "antenna", "board", "bluetooth"] as const;
export type LoadName = (typeof LOADS)[number];

export interface Share {
  seconds: number;
  mAh: number;
}

/** What was used since the meter was made. */
export interface Reading {
  seconds: number;
  mAh: number;
  /** mAh of each load. */
  loads: Record<LoadName, number>;
  /** The same by each load's states. */
  states: Record<LoadName, Record<string, Share>>;
  /** The modem searched, or kept a radio connection. */
  radio_s: number;
  /** The board was not asleep. */
  awake_s: number;
  /** Over the air, with the headers of TCP/IP. */
  up_bytes: number;
  down_bytes: number;
}
