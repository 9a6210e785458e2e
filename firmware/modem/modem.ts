/** The modem as the rest of the firmware and the REPL have it. */
import type { Reason } from "../reason.ts";
import type { Network } from "../socket.ts";
import type { Channel } from "./at.ts";

export type ByHand = (error: string, lines: string[], reason: Reason) => void;

export interface ModemStatus {
  /** "up", "starting", "asleep" or "down". */
  state: string;
  /** Why it is in this state, "" when all is well. */
  reason: string;
  /** Undefined until known, as are the next. */
  imei: string | undefined;
  iccid: string | undefined;
  /** Received signal strength. */
  signal_dbm: number | undefined;
}

/** The REPL's `modem`. */
export interface Modem extends Channel, Network {
  /** What it is doing and why. */
  status(): ModemStatus;
  /**
   * One command by hand; `done`, perhaps `print`, gets why it failed ("": OK), its lines, and the reason's code for programs.
   * False: too many wait.
   */
  at(text: string, done?: ByHand): boolean;
}
