/**
 * The seam between MQTT and whatever carries its bytes: the modem on a board, a fake in tests.
 * Types and numbers only. It stands above `mqtt/` and `modem/` so that neither knows the other.
 * Bytes are strings of char codes 0–255, as Espruino's serial gives and takes them.
 */

import type { Reason } from "./reason.ts";

/** What `write` answers where it took nothing. */
export const enum Taken {
  /** It is busy: try again after `onWritable`. */
  Later = 0,
  /** The connection is dead. */
  Dead = -1,
}

/** One TCP connection. */
export interface Socket {
  /** Hands bytes over for sending. Returns how many were taken, from the start of `bytes`, or why none were. */
  write(bytes: string): number | Taken;
  /** Closes the connection; what `write` took still leaves. `onClose` is not called for a close asked for here. */
  close(): void;
}

/** What a connection tells its user. Called as methods, never from inside `open` or `write`. */
export interface SocketHandlers {
  /** The connection is up. */
  onOpen(): void;
  /** Bytes arrived, in order, in any pieces. */
  onData(bytes: string): void;
  /** Whether `onData` is welcome. If not, what arrives stays where it is; asked again after each `onWritable`. */
  takesData(): boolean;
  /** `write` will take bytes again. */
  onWritable(): void;
  /** The connection could not be opened or is gone, with the reason for the user. Called once, last. */
  onClose(reason: Reason): void;
}

export const enum Tls {
  /** Plain TCP: whoever is on the way can read along. */
  Off,
  /** The server shows a certificate, which is verified. */
  Server,
  /** And so do we. */
  Mutual,
}

/** How a connection is protected. */
export interface Protection {
  tls?: Tls;
  /**
   * What the modem's file store has, PEM, each as "NAME,SIZE": the authorities that the server's certificate may come from, our
   * own certificate, its key. In the user's tracker.json they are paths on the computer.
   */
  ca?: string;
  cert?: string;
  key?: string;
}

/** What opens connections: the modem, or a fake. */
export interface Network {
  /**
   * Starts to open a connection to `host` (name or address) and `port`. It opens as it is to be protected, or not at all. Never
   * throws for what the network does, but may for a second connection while there is one.
   */
  open(host: string, port: number, handlers: SocketHandlers, protection: Protection): Socket;
}
