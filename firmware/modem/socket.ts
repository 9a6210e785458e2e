/**
 * The modem's one TCP connection, number 0 of its twelve, in buffer access mode: the modem keeps what arrives and is read
 * 512 bytes at a time, so its backlog costs us no RAM. Clauses: Quectel BG96 TCP/IP Application Note (TCP).
 *
 *   Closed ──open()──► Closing ──answer──► Opening ──OK──► Connecting ──+QIOPEN: 0,0──► Handling
 *     ▲                   │ ▲
 *     └──nobody wants it──┘ └── the end, from any state but Closed; a command in flight is waited for in Leaving
 *
 *   Handling ──► Reading    while there may be something to read, and its user takes it
 *            ──► Sending    what `write` took
 *            ──► Closing    the server closed, and all it said was read
 *            ──► Idle       else ──write(), "recv", "closed", a look──► as from Handling
 *   Reading, Sending ──answer──► Handling
 *   Sending ──SEND FAIL──► Holding ──a look──► Sending
 *
 * Reading and sending take turns. The modem tells once that bytes arrived, and not again before all were read; that line can
 * get lost, so we also look 5 s after a send.
 */

import { decimal } from "../decimal.ts";
import { modemLost, Reason, words } from "../reason.ts";
import { type Socket, type SocketHandlers, Taken } from "../socket.ts";
import { begins, command } from "./at.ts";

const enum State {
  /** Nobody wants a connection, and nothing is in flight. */
  Closed,
  /** AT+QICLOSE is in flight: also before opening, as the modem may still have a connection from before. */
  Closing,
  /** A command is in flight whose user is gone: what that wrote still goes out, then AT+QICLOSE. */
  Leaving,
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

const enum Limit {
  /** The most that AT+QISEND takes (TCP 2.1.7). */
  Send = 1460,
  /** It waits 10 s for the peer's FIN-ACK (TCP 2.1.5). */
  Close_ms = 15000,
  /** Its OK comes at once; */
  Open_ms = 8000,
  /** the report within 150 s (TCP 2.1.4), and some. */
  Connect_ms = 155000,
  /** At once, as it only empties a buffer; the manual has no figure (TCP 2.1.8). */
  Read_ms = 10000,
  /** To the prompt, which comes at once; from there on at.ts gives it the 120 s of TCP 2.1.7. */
  Prompt_ms = 6000,
  Look_ms = 5000,
}

/** A connection, as its user has it. */
interface TcpSocket extends Socket {
  handlers_: SocketHandlers;
  /** Where to: `"host",port`. */
  target_: string;
}

/** Undefined: nobody wants the connection. */
let socket: TcpSocket | undefined;
let state = State.Closed;
/** Runs while the report is awaited, then from a send to the look. */
let timer: ReturnType<typeof setTimeout> | 0 = 0;
/** What `write` took and the modem has not. */
let out = "";
/** Why it ends once all that was received is read; None: it does not. */
let lost = Reason.None;
/** There may be something to read. */
let unread = false;

/** `Network.open`: one connection at a time, a second throws; the session does not ask for one. */
export function open(host: string, port: number, handlers: SocketHandlers): Socket {
  if (socket) throw Error(words(Reason.InUse));
  socket = { write: write, close: close, handlers_: handlers, target_: '"' + host + '",' + port };
  lost = Reason.None;
  if (state === State.Closed) enter(State.Closing);
  return socket;
}

/** `Socket.write`: up to 1,460 bytes, which leave in one segment. */
function write(this: TcpSocket, bytes: string): number | Taken {
  if (this !== socket || lost) return Taken.Dead;
  if (out || state < State.Handling) return Taken.Later;
  out = bytes.substr(0, Limit.Send);
  if (state === State.Idle) enter(State.Sending);
  return bytes.length < Limit.Send ? bytes.length : Limit.Send;
}

/** `Socket.close`: what `write` took still leaves. */
function close(this: TcpSocket): void {
  if (this === socket) leave(State.Closing);
}

/** Ends the connection, if there is one, for a reason its user is told. */
export function endSocket(reason: Reason): void {
  const ended = socket;
  if (ended && reason) {
    out = "";
    // A modem that restarted or is silent has nothing to close.
    leave(modemLost(reason) ? State.Closed : State.Closing);
    ended.handlers_.onClose(reason);
  }
}

/** Nobody wants the connection any more. `next`: where to, with nothing in flight. */
function leave(next: State.Closed | State.Closing): void {
  socket = undefined;
  stopTimer();
  switch (state) {
    case State.Sending:
      // It is on its way already.
      out = "";
      enter(State.Leaving);
      break;
    case State.Opening:
    case State.Reading:
      enter(State.Leaving);
      break;
    case State.Handling:
      enter(State.Leaving);
      if (next === State.Closing) sendLast();
      else enter(next);
      break;
    case State.Connecting:
    case State.Idle:
    case State.Holding:
      out = "";
      enter(next);
      break;
    // Closed, Closing, Leaving: on the way already.
  }
}

/** Leaving, with nothing in flight: what is still to be sent, then the end. */
function sendLast(): void {
  const bytes = out;
  out = "";
  if (bytes) send(bytes);
  else enter(State.Closing);
}

function send(bytes: string): void {
  command("AT+QISEND=0," + bytes.length, answered, Limit.Prompt_ms, bytes);
}

function stopTimer(): void {
  if (timer) clearTimeout(timer);
  timer = 0;
}

/** The only place where the state changes. Sends its command, if it has one. */
function enter(next: State): void {
  state = next;
  switch (next) {
    case State.Closing:
      command("AT+QICLOSE=0", answered, Limit.Close_ms);
      break;
    case State.Opening:
      command('AT+QIOPEN=1,0,"TCP",' + (socket as TcpSocket).target_ + ",0,0", answered, Limit.Open_ms);
      break;
    case State.Connecting:
      timer = setTimeout(endSocket, Limit.Connect_ms, Reason.OpenTimeout);
      break;
    case State.Reading:
      unread = false;
      // An answer that long still leaves room in the board's event queue.
      command("AT+QIRD=0,512", answered, Limit.Read_ms);
      break;
    case State.Sending:
      send(out);
      break;
  }
}

/** Lines the modem says by itself: `+QIOPEN: 0,566`, `+QIURC: "recv",0`, with a length behind it or not, `+QIURC: "closed",0`. */
export function socketUrc(line: string): void {
  if (begins(line, "+QIOPEN: 0,")) {
    if (state === State.Connecting) opened(line);
  } else if (state >= State.Handling) {
    if (begins(line, '+QIURC: "closed",0')) lost = lost || Reason.ClosedByServer;
    else if (!begins(line, '+QIURC: "recv",0')) return;
    unread = true;
    if (state === State.Idle || (lost && state === State.Holding)) resume();
  }
}

/** The report of AT+QIOPEN: 0, or why there is no connection (TCP 4). */
function opened(report: string): void {
  const told = decimal(report.split(",")[1]);
  const reason: Reason = told === undefined ? Reason.OpenFailed : told;
  stopTimer();
  if (reason) endSocket(reason);
  else {
    enter(State.Handling);
    // It may have been said before the modem told.
    unread = true;
    out = "";
    (socket as TcpSocket).handlers_.onOpen();
    proceed(false);
  }
}

/** After a send. */
function look(): void {
  timer = 0;
  unread = true;
  if (state === State.Idle) resume();
  else if (state === State.Holding) enter(State.Sending);
}

/** From quiet to the next thing to do. */
function resume(): void {
  enter(State.Handling);
  proceed(false);
}

/** The command in flight ended; see at.ts for how. */
function answered(reason: Reason, lines: string[]): void {
  const was = state;
  if (was === State.Closing) {
    // It is closed, or cannot be: it will be closed again before it is opened.
    enter(socket ? State.Opening : State.Closed);
  } else if (was === State.Leaving) {
    if (!modemLost(reason)) sendLast();
    else enter(socket ? State.Opening : State.Closed);
  } else {
    const handlers = (socket as TcpSocket).handlers_;
    enter(State.Handling);
    if (modemLost(reason)) endSocket(reason);
    else if (was === State.Opening) {
      // A plain ERROR: nothing is said about the server yet.
      if (reason) endSocket(reason === Reason.ModemError ? Reason.NoContext : reason);
      // The report may come first.
      else if (lines[0]) opened(lines[0]);
      else enter(State.Connecting);
    } else if (was === State.Reading) {
      if (reason) lost = lost || Reason.LinkLost;
      else if (lines[1]) {
        unread = true;
        handlers.onData(lines[1]);
      }
      proceed(false);
    } else {
      if (!timer) timer = setTimeout(look, Limit.Look_ms);
      if (reason === Reason.SendFailed && !lost) enter(State.Holding);
      else {
        // The answer; or, after a failure, what the server said before it closed.
        unread = true;
        out = "";
        if (reason) lost = lost || Reason.LinkLost;
        else handlers.onWritable();
        proceed(true);
      }
    }
  }
}

/** The next thing to do, unless a handler closed the connection. `sent`: it is reading's turn. */
function proceed(sent: boolean): void {
  if (state === State.Handling) {
    if (unread && (sent || lost || !out) && (socket as TcpSocket).handlers_.takesData()) enter(State.Reading);
    else if (lost) endSocket(lost);
    else enter(out ? State.Sending : State.Idle);
  }
}
