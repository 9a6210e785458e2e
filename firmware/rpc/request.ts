/** A call of the server's, and what the calls need of the tracker. */
import type { Modem } from "../modem/modem.ts";

/** As the client hands it over. */
export interface Request {
  id: string;
  method: string;
  params?: any;
}

/** Made for each call, so that they take no RAM in between. */
export interface Actions {
  modem_: Modem;
  /** 1: the settings allow AT commands from afar. */
  remote_at_: number | undefined;
  status_(): unknown;
  /** The last fix with its age, or `{"error": …}`. `fresh`: a newer one was wanted; so why there is none, too. */
  position_(fresh: boolean): unknown;
  /** Takes a fix now, or waits for the one under way; then calls `answerLocate`. */
  locate_(): void;
  /** Takes settings, all or none, checked; they outlast a restart. Gives the answer: them, or `{"error": …}`. */
  setSettings_(values: Record<string, unknown>): any;
  /** Looks now for the firmware that the server wants. "", or why not. */
  updateFirmware_(): string;
}
