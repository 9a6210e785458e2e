/**
 * The MQTT 3.1.1 session: CONNECT to DISCONNECT, keep alive, QoS 1 messages in flight, the subscription. There is one at
 * a time, as the network carries one connection: its state stands here, and on the `Session` that has it only what is
 * public or settings. Callbacks only; waits are relative timers, as the wall clock jumps when GNSS or the network sets it.
 *
 *   Closed ──connect──► Opening ──the socket is open──► Connecting ──CONNACK 0──► Up ──disconnect──► Leaving
 *     ▲                    │                                │                      │                   │ all is sent
 *     └────────────────────┴────────────────────────────────┴── end, for a reason ─┴───────────────────┘
 *
 * What bounds memory when much comes at once: packets that wait for the socket are joined into sends of up to 1,460 bytes,
 * and while more than one of them waits nothing is read from the modem, and nothing of what was read is handled.
 */
import { Reason, words } from "../reason.ts";
import type { Network, Socket, SocketHandlers } from "../socket.ts";
import {
  ConnectFlag,
  DISCONNECT,
  decode,
  encodeConnect,
  First,
  field,
  PINGREQ,
  PUBLISH_DUP,
  PublishFlag,
  packet,
  uint16,
} from "./packet.ts";

const enum State {
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

export const enum Limit {
  /** Largest payload we send, bytes: it stands in RAM whole. */
  Packet = 4096,
  /** Largest remaining length we keep, bytes: such a text stands in RAM three times while it is read as JSON. */
  Inbound = 1536,
  /** What is handed to the socket at once, in bytes, if it is several packets: what the modem sends in one segment. */
  Segment = 1460,
  /** Segments that may wait before a reply is refused that was not given from inside `onMessage_`. */
  Segments = 8,
  /** Messages and requests that may be unanswered, or at QoS 0 wait for the socket; one more message is refused. */
  Flight = 12,
  /** What is awaited in all. To one more who waits for CONNACK the answer is false; a reply counts once the socket took it. */
  Waiting = 20,
  /** Connections that may end, or fail, without its PUBACK before a message is given up: it may be what ends them. */
  Tries = 3,
  /** The largest packet identifier of a message; SUBSCRIBE has the one that is left. */
  Identifier = 65534,
}

/** How long we wait, ms. */
const enum Wait {
  /** For CONNACK, SUBACK, PUBACK, PINGRESP, or for the socket to take anything at all. */
  Answer = 40000,
  /** To open the connection (the modem's own limit is 150 s), and for messages without a connection. */
  Open = 180000,
  /** For the socket to take DISCONNECT. */
  Leave = 5000,
}

/** Called once with the outcome: true, or false with the reason in `last_error`. */
export type Done = (ok: boolean) => void;

/** What is awaited, where it has no packet identifier. */
const enum Await {
  /** DISCONNECT to be sent. */
  Leave = -3,
  /** SUBACK or PINGRESP: they have to come, though nobody waits for them. */
  Request = -2,
  /** CONNACK. */
  Session = -1,
  /** The socket, to take a message of QoS 0. */
  Socket = 0,
}

interface Waiting {
  /** Packet identifier of a QoS 1 message, or Await. */
  id_: number;
  /** 0: nobody wants to know. */
  done_: Done | 0;
  /** The packet, of a message that is sent again after a reconnect. */
  bytes_?: string;
  /** Connections that ended without PUBACK. */
  tries_: number;
}

/** The server to connect to, and as whom. Text is bytes already. */
export interface SessionConfig {
  host: string;
  /** 0, or missing: MQTT's own, 1883. */
  port?: number;
  client_id?: string;
  username?: string;
  password?: string;
  /** Seconds, 0 to 65,535; 0, or missing: none. */
  keep_alive?: number;
  /** Of what is sent. */
  qos?: 0 | 1;
}

/** Who has the session, or may have it. */
export interface Session {
  /** True from CONNACK to the end of the connection. */
  status: boolean;
  /** Why the state is what it is, or why the last call failed; "" when all is well. */
  last_error: string;
  /** What `last_error` says in words. */
  last_reason_: Reason;
  config_: SessionConfig;
  /** The first is what SUBSCRIBE asks for after each CONNACK; the others are the owner's. */
  topics_: string[];
  /**
   * A PUBLISH came; without a payload it was larger than Limit.Inbound, and was passed over. A message of QoS 1 is
   * acknowledged when this returns, also when it throws; where it published a Role.OwnReply, that does it.
   */
  onMessage_(topic: string, payload: string | undefined): void;
  /** An established or attempted session ended, and not by `disconnect`. */
  onClose_?: (reason: Reason) => void;
}

let network: Network;
/** Who has the session, or had it last. */
let owner = {} as Session;
let state = State.Closed;
let socket: Socket;
/** Received and not yet handled: never more than the largest packet and what came last. */
let received = "";
/** So many bytes are still to come of a packet that is too large. */
let skip = 0;
/** What waits for the socket, oldest first, each for one send; of the first, what the socket has not taken. */
let out: string[] = [];
/** Oldest first: messages without PUBACK, of QoS 0 those the socket did not take yet, and what else is awaited. */
let flight: Waiting[] = [];
/** Replies without PUBACK, oldest first: their packet identifiers, and those of the requests that are acknowledged then. */
let reply_ids: number[] = [];
let request_ids: number[] = [];
/** The last message's packet identifier. */
let last_id = 0;
/** Packet identifier of the message that is being handled, which is acknowledged next; 0: none is. */
let unacknowledged = 0;
/** A packet is being handled; what that sends leaves after it, from a shallower stack. */
let busy = false;
/** Runs while something is awaited. */
let deadline: ReturnType<typeof setTimeout> | 0 = 0;
/** Sends PINGREQ. */
let keeper: ReturnType<typeof setInterval> | 0 = 0;

/** What opens connections, from now on. */
export function useNetwork(opener: Network): void {
  network = opener;
}

/** The only place where the state changes, and with it what is waited for. */
function enter(next: State, reason: Reason, detail?: string): void {
  state = next;
  owner.status = next === State.Up;
  owner.last_reason_ = reason;
  owner.last_error = words(reason, detail);
  watch();
}

/** The wait for all that is awaited starts anew, if anything is. */
function watch(): void {
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
function oldest(): unknown {
  return flight[0] || reply_ids[0] || out[0];
}

/** Tells the outcome to those who wait under this packet identifier or Await; meanwhile they may call us, and throw. */
function finish(id: number, ok: boolean): void {
  // Not those that come meanwhile: at QoS 0 they have the same one, and are not through yet.
  for (let i = 0, left = flight.length; left-- && i < flight.length; )
    if ((flight[i] as Waiting).id_ === id) {
      const done = (flight.splice(i, 1)[0] as Waiting).done_;
      try {
        if (done) done(ok);
      } catch (error) {
        owner.last_error = words(Reason.CallbackFailed, error);
      }
    } else i++;
  if (!oldest()) watch();
}

/** The outcome is known: for `done`, or for the Promise that stands in for it. */
function answer(ok: boolean, done: Done | 0 | undefined): any {
  if (done === undefined) return Promise.resolve(ok);
  if (done) done(ok);
}

/** It came to nothing, for a reason that says nothing about the connection. */
function refuse(session: Session, reason: Reason, done: Done | 0 | undefined): any {
  session.last_error = words(reason);
  return answer(false, done);
}

/** Waits for an answer. Without `done` gives the Promise that stands in for it. */
function ask(id: number, done: Done | 0 | undefined, bytes?: string): any {
  if (done === undefined)
    return new Promise(function (resolve: Done) {
      ask(id, resolve, bytes);
    });
  flight.push({ id_: id, done_: done, bytes_: bytes, tries_: 0 });
  // The others have theirs.
  if (!deadline) watch();
}

/** Packets that fit are joined: each send costs a segment, and a packet that is split over two upsets some servers. */
function send(bytes: string): void {
  const last = out.length - 1;
  if (last >= 0 && (out[last] as string).length + bytes.length <= Limit.Segment) out[last] += bytes;
  else out.push(bytes);
  if (!busy) flush();
}

/** Hands the socket what it takes. */
function flush(): void {
  const before = oldest();
  while (out.length) {
    const first = out[0] as string;
    const taken = socket.write(first);
    if (taken < 0) return end(Reason.LinkLost);
    if (!taken) {
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
  else finish(Await.Socket, true);
}

/** Sends what has to be answered. */
function request(bytes: string): void {
  if (state === State.Up) {
    ask(Await.Request, 0);
    send(bytes);
  }
}

/** Ends the connection, or the attempt; without a reason it is wanted, and what is in flight is not sent again. */
function end(reason: Reason, detail?: string): void {
  const was = state;
  // Else the network had something to say still.
  if (was === State.Closed && reason) return;
  if (was === State.Leaving) reason = Reason.None;
  flight.forEach(function (waiting) {
    const sent_again = reason && waiting.bytes_ && ++waiting.tries_ < Limit.Tries;
    if (!sent_again && waiting.id_ !== Await.Leave) waiting.id_ = Await.Socket;
  });
  // The next connection begins anew. The server sends a request again whose reply it lacks.
  received = "";
  out = [];
  reply_ids = [];
  request_ids = [];
  skip = last_id = unacknowledged = 0;
  if (keeper) clearInterval(keeper);
  keeper = 0;
  enter(State.Closed, reason || Reason.Disconnected, detail);
  if (was !== State.Closed) socket.close();
  finish(Await.Socket, false);
  finish(Await.Leave, true);
  if (reason && owner.onClose_) owner.onClose_(reason);
}

/** Handles the packets that were received, as long as the socket takes what they send. */
function handleReceived(): void {
  const its_socket = socket;
  while (received && takesData()) {
    const here = received.length;
    busy = true;
    const size = decode(received, Limit.Inbound, handle);
    busy = false;
    // The connection ended meanwhile, by hand perhaps, and there may be another.
    if (socket !== its_socket || (state !== State.Connecting && state !== State.Up)) return;
    if (typeof size === "string") return end(Reason.ProtocolError, size);
    if (!size) break;
    if (size > here) skip = size - here;
    received = received.substr(size);
    if (!takesData()) flush();
  }
  flush();
}

/** Nothing more comes in while more than half a send waits. */
function takesData(): boolean {
  return !out.length || (out.length < 2 && (out[0] as string).length < Limit.Segment / 2);
}

/** Handles one packet; returns what is wrong with it. See `Take`. */
function handle(first: number, id: number, topic: string, payload: string | undefined): string | undefined {
  if ((state === State.Connecting) !== (first === First.CONNACK)) return "order";
  const before = oldest();
  switch (first) {
    case First.CONNACK:
      // Not whether the server has a session of before.
      if (id & 255) end(refusal(id & 255));
      else accepted();
      return;
    case First.PUBACK:
      acknowledged(id);
      break;
    case First.SUBACK:
      if ((payload as string).charCodeAt(0) > 2) owner.last_error = words(Reason.SubscribeRefused);
      finish(Await.Request, true);
      break;
    case First.PINGRESP:
      finish(Await.Request, true);
      break;
    case First.PUBREL:
      send(packet(First.PUBCOMP, uint16(id)));
      break;
    case First.UNSUBACK:
      break;
    default:
      publishReceived(first, id, topic, payload);
  }
  // An answer to another one is none to the oldest.
  if (oldest() !== before) watch();
}

/** CONNACK's return code [3.2.2.3]. */
function refusal(code: number): Reason {
  switch (code) {
    case 1:
      return Reason.RefusedProtocol;
    case 2:
      return Reason.RefusedClientId;
    case 3:
      return Reason.RefusedBusy;
    default:
      return Reason.RefusedLogin;
  }
}

/** CONNACK 0: subscribes, and sends again what is without PUBACK. */
function accepted(): void {
  enter(State.Up, Reason.None);
  request(packet(First.SUBSCRIBE, uint16(Limit.Identifier + 1) + field(owner.topics_[0] as string) + "\x01"));
  flight.forEach(function (waiting) {
    if (waiting.bytes_) send(PUBLISH_DUP + waiting.bytes_.substr(1));
  });
  finish(Await.Session, true);
}

/** PUBACK. */
function acknowledged(id: number): void {
  const at = reply_ids.indexOf(id);
  if (at >= 0) {
    const request_id = request_ids[at];
    reply_ids.splice(at, 1);
    request_ids.splice(at, 1);
    if (request_id) send(packet(First.PUBACK, uint16(request_id)));
  }
  finish(id, true);
}

/** PUBLISH: hands it over, then acknowledges it, whatever became of it: else it would come again for ever. */
function publishReceived(first: number, id: number, topic: string, payload: string | undefined): void {
  const exactly_once = first & PublishFlag.QOS_2;
  unacknowledged = exactly_once ? 0 : id;
  try {
    if (topic) owner.onMessage_(topic, payload);
  } catch (error) {
    owner.last_error = words(Reason.CallbackFailed, error);
  }
  if (state === State.Up) {
    // QoS 2, which we never subscribe to.
    if (exactly_once) send(packet(First.PUBREC, uint16(id)));
    else if (unacknowledged) send(packet(First.PUBACK, uint16(id)));
  }
  unacknowledged = 0;
}

/** What the network calls. */
const handlers: SocketHandlers = {
  onOpen: function () {
    const login = owner.config_;
    if (state === State.Opening) {
      enter(State.Connecting, Reason.None);
      send(
        encodeConnect(
          ConnectFlag.CLEAN_SESSION | ConnectFlag.USERNAME | (login.password ? ConnectFlag.PASSWORD : 0),
          login.keep_alive as number,
          [login.client_id || "", login.username as string].concat(login.password || []),
        ),
      );
    }
  },

  onWritable: function () {
    flush();
    if (state === State.Up) handleReceived();
  },

  takesData: takesData,

  onData: function (bytes) {
    if (state === State.Connecting || state === State.Up) {
      if (skip) {
        const passed = Math.min(skip, bytes.length);
        skip -= passed;
        bytes = bytes.substr(passed);
        // What is awaited can come only behind it.
        watch();
      }
      received += bytes;
      handleReceived();
    }
  },

  onClose: function (reason) {
    end(reason);
  },
};

/**
 * Connects, as a method of who wants the session; `done(true)` at CONNACK 0, or at once where it is up already. While it
 * is being opened, `done` gets the outcome of that.
 */
export function connect(this: Session, done?: Done): any {
  if (this.status) return answer(true, done);
  // It was not wanted any more.
  if (state === State.Leaving) end(Reason.None);
  if (owner !== this) {
    if (state !== State.Closed) {
      this.last_reason_ = Reason.InUse;
      return refuse(this, Reason.InUse, done);
    }
    // What another one has in flight is not for this one's server.
    end(Reason.None);
  }
  if (state === State.Closed) {
    owner = this;
    enter(State.Opening, Reason.None);
    socket = network.open(this.config_.host, this.config_.port || 1883, handlers);
  }
  if (flight.length > Limit.Waiting) return answer(false, done);
  return ask(Await.Session, done);
}

/**
 * Closes, as a method of who has the session; `done(true)` when that is done: at once, or when a socket that is busy took
 * DISCONNECT, 5 s at most. Messages that are not acknowledged get `done(false)`.
 */
export function disconnect(this: Session, done?: Done): any {
  if (owner === this) {
    if (state === State.Up) {
      busy = false;
      send(DISCONNECT);
      // The socket may have been dead.
      if (this.status && out.length) enter(State.Leaving, Reason.Disconnected);
    }
    if (state === State.Leaving) return ask(Await.Leave, done);
    end(Reason.None);
  }
  return answer(true, done);
}

/** The next packet identifier that is not in flight [MQTT-2.3.1-2]. */
function nextId(): number {
  do last_id = (last_id % Limit.Identifier) + 1;
  while (
    reply_ids.indexOf(last_id) >= 0 ||
    flight.some(function (waiting) {
      return waiting.id_ === last_id;
    })
  );
  return last_id;
}

export const enum Role {
  /** A message: at QoS 1 it is sent again after a reconnect. */
  Message,
  /** A message whose owner keeps it, and sends it anew if its connection ends. */
  Once,
  /**
   * The reply to a request, of which there may be a hundred at once: it is not kept to be sent again, as a server that
   * lacks it sends the request again after the next SUBSCRIBE.
   */
  Reply,
  /** That to the request that `onMessage_` is handling, which is acknowledged when the reply is safe: at its PUBACK, or with it. */
  OwnReply,
}

/**
 * Publishes. QoS 1: `done(true)` at PUBACK; QoS 0: when the socket took it. `done(false)`: refused at once, given up
 * (Limit.Tries, Wait.Open), lost with its connection (replies), or `disconnect`. `done` 0: nobody wants to know.
 * `done` may be called before this returns.
 */
export function publish(
  session: Session,
  topic: string,
  payload: string,
  done: Done | 0 | undefined,
  qos: 0 | 1 | undefined,
  role: Role,
): any {
  const is_message = role === Role.Message || role === Role.Once;
  const full = is_message ? flight.length >= Limit.Flight : out.length >= Limit.Segments;
  if (!session.status) return refuse(session, Reason.NotConnected, done);
  if (payload.length > Limit.Packet) return refuse(session, Reason.TooLarge, done);
  if (full) return refuse(session, Reason.Busy, done);
  const id = qos ? nextId() : Await.Socket;
  const bytes = packet(
    id ? First.PUBLISH_QOS_1 : First.PUBLISH,
    field(topic) + (id ? uint16(id) : "") + payload,
  );
  // A hundred replies for which nobody waits take little RAM.
  const waits = is_message || (done !== 0 && flight.length < Limit.Waiting);
  const outcome = waits ? ask(id, done, role === Role.Message && id ? bytes : undefined) : undefined;
  const request_id = role === Role.OwnReply ? unacknowledged : 0;
  if (role === Role.OwnReply) unacknowledged = 0;
  if (id && !is_message) {
    reply_ids.push(id);
    request_ids.push(request_id);
    if (!deadline) watch();
  }
  send(bytes);
  if (!id && request_id) send(packet(First.PUBACK, uint16(request_id)));
  return waits ? outcome : answer(session.status, done);
}
