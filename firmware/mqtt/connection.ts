/**
 * The session's connection: its state, what waits for the socket, and what is awaited. There is one at a time, as the
 * network carries one: its state stands here, and on the `Session` that has it only what is public or settings.
 * Callbacks only; waits are relative timers, as the wall clock jumps when GNSS or the network sets it.
 *
 *   Closed ──connect──► Opening ──the socket is open──► Connecting ──CONNACK 0──► Up ──disconnect──► Leaving
 *     ▲                    │                                │                      │                   │ all is sent
 *     └────────────────────┴────────────────────────────────┴── end, for a reason ─┴───────────────────┘
 */
import { Reason } from "../reason.ts";
import { type Network, type Socket, type SocketHandlers, Taken } from "../socket.ts";
import { words } from "../words.ts";
import { Limit } from "./limits.ts";
import type { Done, Session } from "./owner.ts";
import { PINGREQ, uint16, wordAt } from "./packet.ts";

export const enum State {
  /** No connection. */
  Closed,
  /** The network opens the connection. */
  Opening,
  /** CONNECT is on its way, CONNACK is awaited. */
  Connecting,
  /** The server accepted us: messages go both ways. */
  Up,
  /** DISCONNECT waits for the socket; what comes is not heard any more. */
  Leaving,
}

/** How long we wait, ms. */
const enum Wait {
  /** For CONNACK, SUBACK, PUBACK, PINGRESP, or for the socket to take anything at all. */
  Answer = 40000,
  /** To open the connection (the modem's own limit is 215 s), and for messages without a connection. */
  Open = 240000,
  /** For the socket to take DISCONNECT. */
  Leave = 5000,
}

/** What is awaited. */
export const enum Await {
  /** The PUBACK of a message. */
  Acknowledgement,
  /** The socket, to take a message of QoS 0. */
  Socket,
  /** CONNACK. */
  Session,
  /** SUBACK or PINGRESP: they have to come, though nobody waits for them. */
  Request,
  /** DISCONNECT to be sent. */
  Leave,
  /** Nothing any more: it is lost with its connection. */
  Lost,
}

interface Waiting {
  for_: Await;
  /** The packet identifier of what a PUBACK is awaited for, else 0. */
  id_: number;
  /** 0: nobody wants to know. */
  done_: Done | 0;
  /** The packet, of a message that is sent again after a reconnect. */
  bytes_?: string;
  /** Connections that ended without PUBACK. */
  tries_: number;
}

/** In `replies`, bytes. */
const enum Size {
  /** An identifier. */
  Id = 2,
  /** A reply. */
  Reply = 4,
}

let network: Network;
/** Who has the session, or had it last. */
export let owner = {} as Session;
export let state = State.Closed;
export let socket: Socket;
/** What waits for the socket, oldest first, each for one send; of the first, what the socket has not taken. */
export let out: string[] = [];
/** Oldest first: messages without PUBACK, of QoS 0 those the socket did not take yet, and what else is awaited. */
export let flight: Waiting[] = [];
/**
 * Replies without PUBACK, oldest first: of each the packet identifier, and that of the request which is acknowledged then, 0:
 * none. As text: there may be a hundred, of which each would take 2 variables and more.
 */
let replies = "";
/** The last message's packet identifier. */
let last_id = 0;
/** Runs while something is awaited. */
export let deadline: ReturnType<typeof setTimeout> | 0 = 0;
/** Sends PINGREQ. */
let keeper: ReturnType<typeof setInterval> | 0 = 0;

/** What incoming.ts is at; forgotten with the connection. */
export const incoming = {
  /** Received and not yet handled: never more than the largest packet and what came last. */
  bytes_: "",
  /** So many bytes are still to come of a packet that is too large. */
  skip_: 0,
  /** A packet is being handled; what that sends leaves after it, from a shallower stack. */
  busy_: false,
  /** Packet identifier of the message that is being handled, which is acknowledged next; 0: none is. */
  unacknowledged_: 0,
};

/** What opens connections, from now on. */
export function useNetwork(opener: Network): void {
  network = opener;
}

/** Opens the connection, for a session that has it from now on. */
export function open(session: Session, handlers: SocketHandlers): void {
  const config = session.config_;
  owner = session;
  enter(State.Opening, Reason.None);
  socket = network.open(config.host, config.port || (config.tls ? 8883 : 1883), handlers, config);
}

/** The only place where the state changes, and with it what is waited for. */
export function enter(next: State, reason: Reason, detail?: string): void {
  state = next;
  owner.status = next === State.Up;
  owner.last_reason_ = reason;
  owner.last_error = words(reason, detail);
  watch();
}

/** The wait for all that is awaited starts anew, if anything is. */
export function watch(): void {
  let wait = Wait.Answer;
  // None: messages are given up, or a goodbye is.
  let reason = Reason.None;
  if (deadline) clearTimeout(deadline);
  deadline = 0;
  switch (state) {
    case State.Closed:
      wait = Wait.Open;
      break;
    case State.Opening:
      wait = Wait.Open;
      reason = Reason.OpenTimeout;
      break;
    case State.Connecting:
      reason = Reason.ConnectUnanswered;
      break;
    case State.Up:
      reason = Reason.AnswerMissing;
      break;
    case State.Leaving:
      wait = Wait.Leave;
      break;
  }
  if (oldest()) deadline = setTimeout(end, wait, reason);
}

/** What is awaited longest, be it that the socket takes something; nothing if nothing is. */
export function oldest(): unknown {
  return flight[0] || replies.substr(0, Size.Id) || out[0];
}

/** Tells the outcome to those who wait for this, `id` as in `Waiting`; meanwhile they may call us, and throw. */
export function finish(awaited: Await, id: number, ok: boolean): void {
  // Not those that come meanwhile: at QoS 0 they wait for the same, and are not through yet.
  for (let i = 0, left = flight.length; left-- && i < flight.length; ) {
    const waiting = flight[i] as Waiting;
    if (waiting.for_ === awaited && waiting.id_ === id) {
      const done = waiting.done_;
      flight.splice(i, 1);
      try {
        if (done) done(ok);
      } catch (error) {
        owner.last_error = words(Reason.CallbackFailed, error);
      }
    } else i++;
  }
  if (!oldest()) watch();
}

/** Waits for an answer; see `Waiting`. Without `done` gives the Promise that stands in for it. */
export function ask(awaited: Await, id: number, done: Done | 0 | undefined, bytes?: string): any {
  if (done === undefined)
    return new Promise(function (resolve: Done) {
      ask(awaited, id, resolve, bytes);
    });
  flight.push({ for_: awaited, id_: id, done_: done, bytes_: bytes, tries_: 0 });
  // The others have theirs.
  if (!deadline) watch();
}

/** Packets that fit are joined: each send costs a segment, and a packet that is split over two upsets some servers. */
export function send(bytes: string): void {
  const last = out.length - 1;
  if (last >= 0 && (out[last] as string).length + bytes.length <= Limit.Segment) out[last] += bytes;
  else out.push(bytes);
  if (!incoming.busy_) flush();
}

/** Hands the socket what it takes. */
export function flush(): void {
  const before = oldest();
  while (out.length) {
    const first = out[0] as string;
    const taken = socket.write(first);
    if (taken === Taken.Dead) return end(Reason.LinkLost);
    if (taken === Taken.Later) {
      if (!deadline || oldest() !== before) watch();
      return;
    }
    if (taken < first.length) out[0] = first.substr(taken);
    else out.shift();
    // PINGREQ goes out when nothing was written for that long [3.1.2.10].
    const seconds = owner.config_.keep_alive;
    if (keeper) clearInterval(keeper);
    keeper = seconds ? setInterval(request, seconds * 1000, PINGREQ) : 0;
  }
  if (state === State.Leaving) end(Reason.None);
  else finish(Await.Socket, 0, true);
}

/** Sends what has to be answered. */
export function request(bytes: string): void {
  if (state === State.Up) {
    ask(Await.Request, 0, 0);
    send(bytes);
  }
}

/** Ends the connection, or the attempt; without a reason it is wanted, and what is in flight is not sent again. */
export function end(reason: Reason, detail?: string): void {
  const was = state;
  const its_owner = owner;
  // Else the network had something to say still.
  if (was === State.Closed && reason) return;
  if (was === State.Leaving) reason = Reason.None;
  // The socket took nothing, so the server is not to blame.
  if (reason === Reason.AnswerMissing && out.length) reason = Reason.LinkSlow;
  flight.forEach(function (waiting) {
    const sent_again = reason && waiting.bytes_ && ++waiting.tries_ < Limit.Tries;
    if (!sent_again && waiting.for_ !== Await.Leave) {
      waiting.for_ = Await.Lost;
      waiting.id_ = 0;
    }
  });
  // The next connection begins anew. The server sends a request again whose reply it lacks.
  incoming.bytes_ = "";
  out = [];
  replies = "";
  incoming.skip_ = incoming.unacknowledged_ = last_id = 0;
  if (keeper) clearInterval(keeper);
  keeper = 0;
  enter(State.Closed, reason || Reason.Disconnected, detail);
  if (was !== State.Closed) socket.close();
  finish(Await.Lost, 0, false);
  finish(Await.Leave, 0, true);
  // Who was told of it may have handed the session to another one.
  if (its_owner.onEnd_) its_owner.onEnd_();
  if (reason && its_owner.onClose_) its_owner.onClose_(reason);
}

/** The next packet identifier that is not in flight [MQTT-2.3.1-2]. */
export function nextId(): number {
  do last_id = (last_id % Limit.Identifier) + 1;
  while (
    replyAt(last_id) >= 0 ||
    flight.some(function (waiting) {
      return waiting.id_ === last_id;
    })
  );
  return last_id;
}

/** Where a reply stands in `replies`; negative: it does not wait. */
function replyAt(id: number): number {
  const bytes = uint16(id);
  let at = replies.indexOf(bytes);
  // At the very end the interpreter finds what only begins so, from wherever it is to look.
  while (at >= 0 && at % Size.Reply) at = at < replies.length - 1 ? replies.indexOf(bytes, at + 1) : -1;
  return at;
}

/** A reply waits for its PUBACK. `request_id`: the request that is acknowledged then, 0: none. */
export function awaitReply(id: number, request_id: number): void {
  replies += uint16(id) + uint16(request_id);
  if (!deadline) watch();
}

/** It came. Gives the request that is acknowledged now; 0: none, or it was no reply's. */
export function replyTaken(id: number): number {
  const at = replyAt(id);
  if (at < 0) return 0;
  const request_id = wordAt(replies, at + Size.Id);
  replies = replies.substr(0, at) + replies.substr(at + Size.Reply);
  return request_id;
}
