import type { Protection, Socket, SocketHandlers } from "../socket.ts";

/** A connection, as its user has it. */
export interface ModemSocket extends Socket {
  handlers_: SocketHandlers;
  host_: string;
  port_: number;
  protection_: Protection;
}

/** Its number, of the modem's twelve. */
export const enum Id {
  /** Of the one that is used. */
  Used,
  /** Of a trial: so what is sent can't reach it, and what the modem says of it, however late, is of no other. */
  Trial,
}

/**
 * The states of the modem's one connection, in which socket.ts is.
 *
 *   Closed ──open()──► Closing ──answer──► [Protecting, of TLS] ──► Opening ──OK──► Connecting ──+QIOPEN: 0,0──► Handling
 *     ▲                   │ ▲ ▲                                                         │ a trial: see trials.ts
 *     └──nobody wants it──┘ │ └─────────────────────────────────────────────────────────┘
 *                           └── the end, from any state but Closed; a command in flight is waited for in Leaving
 *
 *   Handling ──► Reading    while there may be something to read, and its user takes it
 *            ──► Sending    what `write` took
 *            ──► Closing    the server closed, and all it said was read
 *            ──► Idle       else ──write(), "recv", "closed", a look──► as from Handling
 *   Reading, Sending ──answer──► Handling
 *   Sending ──SEND FAIL──► Holding ──a look──► Sending
 */
export const enum State {
  /** Nobody wants a connection, and nothing is in flight. */
  Closed,
  /** AT+QICLOSE is in flight: also before opening, as the modem may still have a connection from before. */
  Closing,
  /** A command is in flight whose user is gone: what that wrote still goes out, then AT+QICLOSE. */
  Leaving,
  /** What tls.ts tells the modem is in flight. */
  Protecting,
  /** AT+QIOPEN is in flight. */
  Opening,
  /** It was taken: the report +QIOPEN is awaited. */
  Connecting,
  // From here on the connection is open.
  /** An answer is being handled, nothing is in flight: what its user writes goes out after that, from a shallower stack. */
  Handling,
  /** Nothing to do. */
  Idle,
  /** AT+QIRD is in flight. */
  Reading,
  /** AT+QISEND is in flight. */
  Sending,
  /** After SEND FAIL: the same bytes again at the next look, for as long as the user likes. */
  Holding,
}
