/** TCP sockets of the modem, in buffer access mode: it keeps the backlog, and is read 512 bytes at a time. */
import type { Network, Socket, SocketHandlers } from "../socket.ts";
import { type At, arm, command, explain } from "./at.ts";

/** What a socket needs of its modem. */
export interface Sockets extends At, Network {
  /** By connection id; 0 or absent: free. */
  sockets_: (TcpSocket | 0)[];
  /** The PDP context must be deactivated before it is used again (TCP 2.2.5). */
  broken_?: 0 | 1;
}

/** What a socket waits for. */
export const enum SocketState {
  /** Nothing any more. */
  Dead,
  /** AT+QICLOSE: the id may be left over from before. */
  Clearing,
  /** The OK of AT+QIOPEN. */
  Asking,
  /** AT+QIGETERROR: why AT+QIOPEN gave ERROR. */
  Failing,
  /** The URC +QIOPEN. */
  Opening,
  /** AT+QIRD. */
  Reading,
  /** AT+QISEND. */
  Sending,
  /** The end of a pause after SEND FAIL. */
  Holding,
  /** Nothing: it is open and quiet. */
  Idle,
}

const enum Limit {
  /** The most that AT+QISEND takes (TCP 2.1.7). */
  Send = 1460,
  /** An answer that long still leaves room in the board's event queue. */
  Read = 512,
  /** From AT+QIOPEN to its URC (TCP 2.1.4). */
  Open_ms = 150000,
  /** AT+QICLOSE waits 10 s for the peer's FIN-ACK (TCP 2.1.5); enough for the others, too. */
  Command_ms = 20000,
  /** The URC "recv" can get lost: after a send without an answer we look. */
  Poll_ms = 6000,
  Hold_ms = 2000,
  SendFails = 10,
}

/** One connection. */
export interface TcpSocket extends Socket {
  modem_: Sockets;
  id_: number;
  handlers_: SocketHandlers;
  state_: SocketState;
  timer_?: ReturnType<typeof setTimeout> | 0;
  /** Until open: its AT+QIOPEN; then what is being sent. */
  out_: string | 0;
  /** Why it ends once everything received was read. */
  end_?: string | 0;
  /** 1: there may be something to read. */
  unread_: 0 | 1;
  /** Failed tries, of opening (from -1) or of sending the same bytes. */
  fails_: number;
}

/** `Network.open`, a method of the modem; up to ten at a time. */
export function open(this: Sockets, host: string, port: number, handlers: SocketHandlers): Socket {
  let id = 0;
  while (this.sockets_[id]) id++;
  const socket: TcpSocket = {
    write: write,
    close: close,
    modem_: this,
    id_: id,
    handlers_: handlers,
    state_: SocketState.Asking,
    out_: "AT+QIOPEN=1," + id + ',"TCP","' + host + '",' + port + ",0,0",
    unread_: 0,
    fails_: -1,
  };
  this.sockets_[id] = socket;
  // As if opening had failed because the id is in use: it may be, left over from before.
  socketStep("563", [], socket);
  return socket;
}

/** `Socket.write`: up to 1,460 bytes, in one segment. */
function write(this: TcpSocket, bytes: string): number {
  if (!this.state_ || this.end_) return -1;
  if (this.out_) return 0;
  this.out_ = bytes.substr(0, Limit.Send);
  if (this.state_ === SocketState.Idle) socketStep("", [], this);
  return Math.min(bytes.length, Limit.Send);
}

/** `Socket.close`. The channel keeps the order: who opens this id next does so after this AT+QICLOSE. */
function close(this: TcpSocket): void {
  const sockets = this.modem_.sockets_;
  this.state_ = SocketState.Dead;
  arm(this, 0, socketStep);
  if (sockets[this.id_] === this) {
    sockets[this.id_] = 0;
    command(this.modem_, "AT+QICLOSE=" + this.id_, Limit.Command_ms, socketStep, this);
  }
}

/** Ends a connection that is still used, and says why. */
export function fail(socket: TcpSocket, reason: string): void {
  if (!socket.state_) return;
  socket.close();
  socket.handlers_.onClose(reason);
}

/**
 * All that happens to a socket. `event` is the error of its command (see `Done`) or "timer"; `lines` are the command's.
 * With nothing under way it takes the next thing to do.
 */
export function socketStep(event: string, lines: string[], socket: TcpSocket): void {
  const handlers = socket.handlers_;
  const line = lines[0] || "";
  const state = socket.state_;
  /** How AT+QIOPEN ended. */
  let code: string | undefined;
  let ended: string | 0 | undefined;
  // What comes next: a state, and its command or pause.
  let next = SocketState.Idle;
  let text = "";
  // This was the end of its AT+QICLOSE, or it was closed meanwhile.
  if (!state) return;
  if (event === "timer") {
    socket.timer_ = 0;
    socket.unread_ = 1;
    if (state === SocketState.Opening) code = "569";
    else if (state !== SocketState.Idle) return;
  } else if (state === SocketState.Clearing) {
    next = SocketState.Asking;
    socket.end_ = 0;
    text = socket.out_ as string;
  } else if (state === SocketState.Asking && event === "ERROR") {
    next = SocketState.Failing;
    text = "AT+QIGETERROR";
  } else if (state === SocketState.Failing) code = line.substr(13).split(",")[0] || "550";
  else if (state < SocketState.Reading) {
    // The OK of AT+QIOPEN, or the URC, which urc() put here: +QIOPEN: 0,566
    code = event || (socket.end_ || "").split(",")[1];
    if (!code) {
      socket.state_ = SocketState.Opening;
      arm(socket, Limit.Open_ms, socketStep);
      return;
    }
  } else if (state === SocketState.Sending && event === "SEND FAIL" && socket.fails_++ < Limit.SendFails)
    next = SocketState.Holding;
  else {
    if (event) socket.end_ = socket.end_ || "connection lost";
    if (state === SocketState.Sending) {
      // What the server said before it closed is still read.
      socket.unread_ = 1;
      socket.out_ = socket.fails_ = 0;
      arm(socket, Limit.Poll_ms, socketStep);
      if (!event) handlers.onWritable();
    } else if (lines[1]) {
      socket.unread_ = 1;
      arm(socket, 0, socketStep);
      handlers.onData(lines[1]);
    }
  }
  if (code === "0") {
    arm(socket, 0, socketStep);
    socket.unread_ = 1;
    socket.end_ = socket.out_ = socket.fails_ = 0;
    handlers.onOpen();
  } else if (code === "563" && socket.fails_++ < 1) {
    next = SocketState.Clearing;
    text = "AT+QICLOSE=" + socket.id_;
  } else if (code) {
    if (/561|57[03]/.test(code)) socket.modem_.broken_ = 1;
    ended = explain(code);
  }
  // A handler may have closed it.
  if (!socket.state_) return;
  if (!ended && next === SocketState.Idle) {
    // What the handlers wrote goes out only now: the interpreter's stack is short.
    if (socket.out_ && !socket.end_ && !(socket.unread_ && state === SocketState.Sending)) {
      next = SocketState.Sending;
      text = "AT+QISEND=" + socket.id_ + "," + socket.out_.length;
    } else if (socket.unread_) {
      next = SocketState.Reading;
      socket.unread_ = 0;
      text = "AT+QIRD=" + socket.id_ + "," + Limit.Read;
    } else ended = socket.end_;
  }
  socket.state_ = next;
  if (ended) fail(socket, ended);
  else if (next !== SocketState.Idle)
    command(
      socket.modem_,
      text,
      text ? Limit.Command_ms : Limit.Hold_ms,
      socketStep,
      socket,
      next === SocketState.Sending ? socket.out_ : 0,
    );
}
