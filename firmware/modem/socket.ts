/**
 * The modem's one connection, TCP or TLS, in buffer access mode: the modem keeps what arrives and is read 512 bytes at a time, so
 * its backlog costs us no RAM. TLS has the same commands under other names: AT+QSSLOPEN for AT+QIOPEN. The states are drawn in
 * socket-state.ts. Clauses: Quectel BG96 TCP/IP Application Note (TCP), SSL AT Commands Manual (SSL).
 *
 * Reading and sending take turns. The modem tells once that bytes arrived, and not again before all were read; as that line can
 * get lost, we also look 5 s after a send.
 */
import { beginTls, isPlain, isTrial, tlsOpened, tlsRow, tlsTold } from "#tls";
import { decimal } from "../decimal.ts";
import { modemLost, Reason } from "../reason.ts";
import { type Protection, type Socket, type SocketHandlers, Taken } from "../socket.ts";
import { words } from "../words.ts";
import { begins, command } from "./at.ts";
import { Id, type ModemSocket, State } from "./socket-state.ts";

const enum Limit {
  /** The most that AT+QISEND takes (TCP 2.1.7). */
  Send = 1460,
  /** It waits 10 s for the peer's FIN-ACK (TCP 2.1.5). */
  Close_ms = 15000,
  /** Its OK comes at once; */
  Open_ms = 8000,
  /** the report within 150 s (TCP 2.1.4), and some; */
  Connect_ms = 155000,
  /** with TLS within "negotiatetime" after that (SSL 2.2.1); and all trials. */
  ConnectTls_ms = 215000,
  /** At once, as it only empties a buffer; the manual has no figure (TCP 2.1.8). */
  Read_ms = 10000,
  /** To the prompt, which comes at once; from there on at.ts gives it the 120 s of TCP 2.1.7. */
  Prompt_ms = 6000,
  Look_ms = 5000,
}

/** Undefined: nobody wants the connection. */
let socket: ModemSocket | undefined;
let state = State.Closed;
/** What the commands and lines of the connection begin with, behind AT+ and +: QI of plain TCP, QSSL. */
let kind = "QI";
let id = Id.Used;
/** Runs while the report is awaited, then from a send to the look. */
let timer: ReturnType<typeof setTimeout> | 0 = 0;
/** What `write` took and the modem has not. */
let out = "";
/** Why it ends once all that was received is read; None: it does not. */
let lost = Reason.None;
/** There may be something to read. */
let unread = false;

/** `Network.open`: one connection at a time, a second throws; the session does not ask for one. */
export function open(host: string, port: number, handlers: SocketHandlers, protection: Protection): Socket {
  if (socket) throw Error(words(Reason.InUse));
  socket = {
    write: write,
    close: close,
    handlers_: handlers,
    host_: host,
    port_: port,
    protection_: protection,
  };
  lost = Reason.None;
  beginTls();
  if (state === State.Closed) {
    // What was left open by somebody before us is of the same kind, or gone with its context.
    kind = protection.tls ? "QSSL" : "QI";
    id = Id.Used;
    enter(State.Closing);
  }
  return socket;
}

/** `Socket.write`: up to 1,460 bytes, which leave in one segment. */
function write(this: ModemSocket, bytes: string): number | Taken {
  if (this !== socket || lost) return Taken.Dead;
  if (out || state < State.Handling) return Taken.Later;
  out = bytes.substr(0, Limit.Send);
  if (state === State.Idle) enter(State.Sending);
  return bytes.length < Limit.Send ? bytes.length : Limit.Send;
}

/** `Socket.close`: what `write` took still leaves. */
function close(this: ModemSocket): void {
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
    case State.Protecting:
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
  command("AT+" + kind + "SEND=0," + bytes.length, answered, Limit.Prompt_ms, bytes);
}

/** In PDP context 1, with SSL context 1, of trials 2; buffer access mode, 0; from local port 0, any (TCP 2.1.4, SSL 2.2.1). */
function openText(its_socket: ModemSocket): string {
  const target = its_socket.host_ + '",' + its_socket.port_;
  return kind === "QI"
    ? "AT+QIOPEN=1," + id + ',"TCP","' + target + ",0,0"
    : "AT+QSSLOPEN=1," + (1 + id) + "," + id + ',"' + target + ",0";
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
      command("AT+" + kind + "CLOSE=" + id, answered, Limit.Close_ms);
      break;
    case State.Protecting: {
      const row = tlsRow((socket as ModemSocket).protection_);
      if (row) command(row.text_, answered, row.limit_ms_);
      else enter(State.Opening);
      break;
    }
    case State.Opening:
      command(openText(socket as ModemSocket), answered, Limit.Open_ms);
      break;
    case State.Connecting:
      // It goes on over trials.
      if (!timer) {
        const tls = (socket as ModemSocket).protection_.tls;
        timer = setTimeout(endSocket, tls ? Limit.ConnectTls_ms : Limit.Connect_ms, Reason.OpenTimeout);
      }
      break;
    case State.Reading:
      unread = false;
      // An answer that long still leaves room in the board's event queue.
      command("AT+" + kind + (kind === "QI" ? "RD" : "RECV") + "=0,512", answered, Limit.Read_ms);
      break;
    case State.Sending:
      send(out);
      break;
  }
}

/** Lines the modem says by itself: `+QIOPEN: 0,566`, `+QIURC: "recv",0`, with a length behind it or not, `+QIURC: "closed",0`. */
export function socketUrc(line: string): void {
  if (begins(line, "+" + kind + "OPEN: " + id + ",")) {
    if (state === State.Connecting) opened(line);
  } else if (state >= State.Handling) {
    if (begins(line, "+" + kind + 'URC: "closed",0')) lost = lost || Reason.ClosedByServer;
    else if (!begins(line, "+" + kind + 'URC: "recv",0')) return;
    unread = true;
    if (state === State.Idle || (lost && state === State.Holding)) resume();
  }
}

/** The report of AT+QIOPEN: 0, or why there is no connection (TCP 4). @seldom */
function opened(report: string): void {
  const told = decimal(report.split(",")[1]);
  const its_socket = socket as ModemSocket;
  // From Reason.OwnFirst on numbers are ours.
  const said: Reason = told !== undefined && told >= 0 && told < Reason.OwnFirst ? told : Reason.OpenFailed;
  const reason = its_socket.protection_.tls ? tlsOpened(said, its_socket.protection_) : said;
  if (reason) endSocket(reason);
  // The next one is to tell why this one failed, or what it was tried for.
  else if (said || id === Id.Trial) enter(State.Closing);
  else {
    stopTimer();
    enter(State.Handling);
    // It may have been said before the modem told.
    unread = true;
    its_socket.handlers_.onOpen();
    proceed(false);
  }
}

/** What was open before is closed: on to the connection that is wanted, if one is. */
function begin(): void {
  if (!socket) return enter(State.Closed);
  const plain = isPlain(socket.protection_);
  kind = plain ? "QI" : "QSSL";
  id = isTrial() ? Id.Trial : Id.Used;
  // Of a connection that ended with the modem.
  out = "";
  enter(plain ? State.Opening : State.Protecting);
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
    begin();
  } else if (was === State.Leaving) {
    if (modemLost(reason)) begin();
    else sendLast();
  } else {
    const its_socket = socket as ModemSocket;
    const handlers = its_socket.handlers_;
    enter(State.Handling);
    if (modemLost(reason)) endSocket(reason);
    else if (was === State.Protecting) {
      const trouble = tlsTold(reason, lines, its_socket.protection_, its_socket.host_);
      if (trouble) endSocket(trouble);
      else enter(State.Protecting);
    } else if (was === State.Opening) {
      // A plain ERROR: nothing is said about the server yet.
      if (reason === Reason.ModemError) reason = kind === "QI" ? Reason.NoContext : Reason.TlsSettings;
      if (reason) endSocket(reason);
      else {
        enter(State.Connecting);
        // The report may have come first.
        lines.forEach(socketUrc);
      }
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
    if (unread && (sent || lost || !out) && (socket as ModemSocket).handlers_.takesData())
      enter(State.Reading);
    else if (lost) endSocket(lost);
    else enter(out ? State.Sending : State.Idle);
  }
}
