/** The modem's one TCP connection, in buffer access mode: it keeps the backlog, and is read 512 bytes at a time. */

import { modemLost, Reason } from "../reason.ts";
import type { Socket, SocketHandlers } from "../socket.ts";
import { command } from "./at.ts";

/** What connection 0 of the modem is up to. */
const enum State {
  /** Nothing: it is free. */
  Closed,
  /** AT+QICLOSE is in flight: also before opening, as the modem may still have one from before. */
  Closing,
  /** Its command is in flight, whoever wanted it is gone: AT+QICLOSE is next. */
  Leaving,
  /** AT+QIOPEN is in flight; or what came is being handled. */
  Busy,
  /** AT+QIRD is in flight. */
  Reading,
  /** AT+QISEND is in flight. */
  Sending,
  // From here on nothing is in flight.
  /** AT+QIOPEN was taken; the URC +QIOPEN is awaited, for as long as the user likes. */
  Opening,
  /** After SEND FAIL: the same bytes again, later, for as long as the user likes. */
  Holding,
  /** Open and quiet. */
  Idle,
}

const enum Limit {
  /** The most that AT+QISEND takes (TCP 2.1.7). */
  Send = 1460,
  /** AT+QICLOSE waits 10 s for the peer's FIN-ACK (TCP 2.1.5); enough for the others, too. */
  Command_ms = 20000,
  /** After a send we look for an answer, as the URC "recv" can get lost; after SEND FAIL we send again. */
  Look_ms = 5000,
}

/** One connection, as its user has it. */
interface TcpSocket extends Socket {
  handlers_: SocketHandlers;
}

/** None: nobody uses the connection. */
let socket: TcpSocket | 0 | undefined;
/** At first undefined, which is as good as Closed. */
let state: State;
/** Runs after a send. */
let timer: ReturnType<typeof setTimeout> | 0 | undefined;
/** Until open: its AT+QIOPEN; then what is being sent. */
let out: string | 0;
/** Why it ends once everything received was read; 0: it does not. */
let lost: Reason;
/** 1: there may be something to read. */
let unread: 0 | 1;

/** `Network.open`: one connection at a time, a second throws; the session does not ask for one. */
export function open(host: string, port: number, handlers: SocketHandlers): Socket {
  if (socket) throw Error("modem in use");
  socket = { write: write, close: endSocket, handlers_: handlers };
  out = 'AT+QIOPEN=1,0,"TCP","' + host + '",' + port + ",0,0";
  lost = Reason.None;
  if (!state) {
    state = State.Leaving;
    socketStep();
  }
  return socket;
}

/** `Socket.write`: up to 1,460 bytes, in one segment. */
function write(this: TcpSocket, bytes: string): number {
  if (this !== socket || lost) return -1;
  if (out) return 0;
  out = bytes.substr(0, Limit.Send);
  if (state === State.Idle) socketStep();
  return out.length;
}

/**
 * Ends the connection, if there is one, for a reason its user is told. A modem that restarted or is silent (see `Done`
 * for how such a reason looks) has nothing to close. As `Socket.close`, without a reason, it is for its own connection.
 */
export function endSocket(this: unknown, reason?: Reason): void {
  const ended = socket;
  const was = state;
  if (ended && (reason || this === ended)) {
    socket = 0;
    if (was > State.Closing) state = State.Leaving;
    if (was >= State.Opening) socketStep(reason);
    if (reason) ended.handlers_.onClose(reason);
  }
}

/** URCs of the connection: `+QIOPEN: 0,566`, `+QIURC: "recv",0`, `+QIURC: "closed",0`. */
export function socketUrc(urc: string): void {
  if (state > State.Leaving && /^.QI(OPEN: |URC: "[rc].*",)0/.test(urc)) {
    unread = 1;
    if (urc[9] === "c") lost = Reason.ClosedByServer;
    if (state === (urc[3] === "O" ? State.Opening : State.Idle)) socketStep(Reason.None, [urc]);
  }
}

/**
 * All that happens to the connection. `event` is the error of its command (see `Done`) or "look"; `lines` are the
 * command's. With nothing under way it takes the next thing to do.
 */
function socketStep(event?: Reason | "look", lines?: string[]): void {
  const handlers = (socket as TcpSocket).handlers_;
  const was = state;
  let text = "";
  if (event === "look") {
    timer = 0;
    unread = 1;
    if (was < State.Holding) return;
  }
  if (was > State.Leaving) {
    state = State.Busy;
    if (was === State.Busy || was === State.Opening) {
      // The OK of AT+QIOPEN, perhaps with the report that should come later; or that: +QIOPEN: 0,566
      const code = event || (lines as string[]).join().split(",")[1];
      if (!code) state = State.Opening;
      else if (code === "0") {
        unread = 1;
        out = 0;
        handlers.onOpen();
      } else endSocket(code === Reason.ModemError ? Reason.NoContext : +code);
    } else if (event === Reason.SendFailed) state = State.Holding;
    else if (was < State.Opening) {
      if (event) lost = lost || Reason.LinkLost;
      if (was === State.Sending) {
        // What the server said before it closed is still read.
        unread = 1;
        out = 0;
        if (!event) handlers.onWritable();
      } else if ((lines as string[])[1]) {
        unread = 1;
        handlers.onData((lines as [string, string])[1]);
      }
    }
    if (was === State.Sending && !timer) timer = setTimeout(socketStep, Limit.Look_ms, "look");
    // What a handler wrote goes out only now, as the interpreter's stack is short; and it may have closed.
    if (state === State.Busy) {
      if (unread && (!out || lost || was === State.Sending)) {
        unread = 0;
        state = State.Reading;
        // An answer that long still leaves room in the board's event queue.
        text = "AT+QIRD=0,512";
      } else if (lost) endSocket(lost);
      else if (out) {
        state = State.Sending;
        text = "AT+QISEND=0," + out.length;
      } else state = State.Idle;
    }
  } else if (was === State.Closing || modemLost(event as Reason)) {
    // The modem closed it, or never will: the id is free, or will be cleared before it is used again.
    state = State.Closed;
    if (socket) {
      state = State.Busy;
      text = out as string;
    }
  }
  if (state === State.Leaving) {
    state = State.Closing;
    text = "AT+QICLOSE=0";
  }
  // Only AT+QISEND has a prompt.
  if (text) command(text, socketStep, Limit.Command_ms, out);
}
