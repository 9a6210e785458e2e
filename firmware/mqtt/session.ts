/**
 * The MQTT 3.1.1 session: CONNECT to DISCONNECT, keep alive, QoS 1 messages in flight, the subscription. There is one at
 * a time, as the network carries one connection: its state stands here, and on the `Session` that has it only what is
 * public or settings. Callbacks only; waits are relative timers, as the wall clock jumps when GNSS or the network sets it.
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

/** The order matters: from CONNECTING on bytes come and go. */
const enum State {
  /** No connection. */
  CLOSED,
  /** The network opens the connection. */
  OPENING,
  /** CONNECT is on its way, CONNACK is awaited. */
  CONNECTING,
  /** The server accepted us: messages go both ways. */
  UP,
}

export const enum Limit {
  /** Largest payload we send and largest remaining length we accept, bytes: each may stand in RAM whole. */
  PACKET = 4096,
  /** Messages and requests that may be unanswered, or at QoS 0 wait for the socket; one more message is refused. */
  FLIGHT = 12,
  /** What is awaited in all: to one `connect` more while it is being opened the answer is false. */
  WAITING = 20,
  /** Packets that wait for the socket; one more, a PUBACK then, and we hang up. */
  PACKETS = 40,
  /** Connections that may end, or fail, without its PUBACK before a message is given up: it may be what ends them. */
  TRIES = 3,
  /** The largest packet identifier of a message; SUBSCRIBE has the one that is left. */
  ID = 65534,
}

/** How long we wait. */
const enum Wait {
  /** For CONNACK, SUBACK, PUBACK, PINGRESP, or for the socket to take anything at all. */
  ANSWER_MS = 40000,
  /** To open the connection (the modem's own limit is 150 s), and for messages without a connection. */
  OPEN_MS = 180000,
}

/** Called once with the outcome: true, or false with the reason in `last_error`. */
export type Done = (ok: boolean) => void;

/** Packet identifiers of what has none. */
const enum Id {
  /** Nothing is awaited: the outcome is false, or true. */
  NO = -4,
  YES = -3,
  /** SUBACK or PINGRESP have to come, though nobody waits for them. */
  REQUEST = -2,
  /** Who waits for CONNACK. */
  SESSION = -1,
  /** A message of QoS 0. */
  QOS_0 = 0,
}

/** What an answer is awaited for. */
interface Waiting {
  /** Packet identifier of a QoS 1 message, or Id. */
  id_: number;
  done_: Done;
  /** The packet; not of who waits for CONNACK. */
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
  /** A PUBLISH came. PUBACK follows it, also when it throws. */
  onMessage_(topic: string, payload: string): void;
  /** An established or attempted session ended, and not by `disconnect`. */
  onClose_?: (reason: Reason) => void;
}

let network: Network;
/** Who has the session, or had it last. */
let owner = {} as Session;
let state: State = State.CLOSED;
let socket: Socket;
/** What came of a packet that is not complete: never more than the largest. */
let buffer: string;
/** Packets that wait for the socket, oldest first; of the first, what the socket has not taken. */
let out: string[];
/** Oldest first: messages without PUBACK, of QoS 0 those the socket did not take yet, and what else is awaited. */
export let flight: Waiting[] = [];
/** The last message's packet identifier. */
let last_id: number;
/** 1: a packet is being handled; what that sends leaves after it, from a shallower stack. */
let busy: 0 | 1;
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
  owner.status = next === State.UP;
  owner.last_reason_ = reason;
  owner.last_error = words(reason, detail);
  watch();
}

/** The wait for all that is awaited starts anew, if anything is. */
function watch(): void {
  clearTimeout(deadline as number);
  deadline = flight.length
    ? setTimeout(
        end,
        state > State.OPENING ? Wait.ANSWER_MS : Wait.OPEN_MS,
        // Without a connection it is the messages that are given up.
        state === State.CLOSED
          ? Reason.None
          : state === State.OPENING
            ? Reason.OpenTimeout
            : state === State.CONNECTING
              ? Reason.ConnectUnanswered
              : Reason.AnswerMissing,
      )
    : 0;
}

/** Calls a callback, which may not stop us. */
function call<A, B>(callback: (a: A, b: B) => void, a: A, b?: B): void {
  try {
    callback.call(owner, a, b as B);
  } catch (error) {
    owner.last_error = words(Reason.CallbackFailed, error);
  }
}

/** Tells the outcome to those who wait under this packet identifier or Id; meanwhile they may call us. */
function finish(id: number, ok: boolean): void {
  // Not those that come meanwhile: at QoS 0 they have the same Id, and are not through yet.
  for (let i = 0, left = flight.length; left-- && i < flight.length; )
    if ((flight[i] as Waiting).id_ === id) call((flight.splice(i, 1)[0] as Waiting).done_, ok);
    else i++;
  if (!flight.length) watch();
}

/** Waits for an answer, to the packet if one is given. Without `done` gives the Promise that stands in for it. */
function ask(id: number, done: Done | undefined, bytes?: string): any {
  if (!done)
    return new Promise(function (resolve: Done) {
      ask(id, resolve, bytes);
    });
  if (id < Id.REQUEST || flight.length > Limit.WAITING) done(id === Id.YES);
  else {
    // The others have their deadline.
    if (flight.push({ id_: id, done_: done, bytes_: bytes, tries_: 0 }) < 2) watch();
    if (bytes) send(bytes);
  }
}

function send(bytes: string): void {
  if (out.push(bytes) > Limit.PACKETS) end(Reason.LinkSlow);
  else if (!busy) flush();
}

/** Hands the socket what it takes. */
function flush(): unknown {
  while (out.length) {
    const taken = socket.write(out[0] as string);
    const keep_alive = owner.config_.keep_alive;
    if (taken < 1) return taken && end(Reason.LinkLost);
    clearInterval(keeper as number);
    // PINGREQ goes out when nothing was written for that long [3.1.2.10]. `String`: a function that does nothing.
    keeper = keep_alive ? setInterval(ask, keep_alive * 1000, Id.REQUEST, String, PINGREQ) : 0;
    if (!(out[0] = (out[0] as string).substr(taken))) out.shift();
  }
  finish(Id.QOS_0, true);
}

/** Ends the connection, or the attempt; without a reason it is wanted, and what is in flight is not sent again. */
function end(reason?: Reason, detail?: string): void {
  const was = state;
  // Else the network had something to say still.
  if (was || !reason) {
    flight.forEach(function (waiting) {
      if (waiting.id_ < 1 || !reason || ++waiting.tries_ >= Limit.TRIES) waiting.id_ = Id.QOS_0;
    });
    buffer = "";
    out = [];
    clearInterval(keeper as number);
    // Identifiers start anew with each connection.
    keeper = last_id = 0;
    enter(State.CLOSED, reason || Reason.Disconnected, detail);
    if (was) socket.close();
    finish(Id.QOS_0, false);
    if (reason && owner.onClose_) owner.onClose_(reason);
  }
}

/** What the network calls. */
const handlers: SocketHandlers = {
  onOpen: function () {
    const login = owner.config_;
    if (state === State.OPENING) {
      enter(State.CONNECTING, Reason.None);
      send(
        encodeConnect(
          ConnectFlag.CLEAN_SESSION | ConnectFlag.USERNAME | (login.password ? ConnectFlag.PASSWORD : 0),
          login.keep_alive as number,
          [login.client_id || "", login.username as string].concat(login.password || []),
        ),
      );
    }
  },

  onWritable: flush,

  takesData: function () {
    return true;
  },

  onData: function (bytes) {
    let size: number | string = 1;
    let refused = Reason.ProtocolError;
    while (size && state > State.OPENING) {
      busy = 1;
      // Not a function at the top, which takes nine variables at rest, nor one with a name, which would keep its own scope.
      size = decode((buffer += bytes), Limit.PACKET, function (first, id, topic, payload) {
        if ((state === State.CONNECTING) !== (first === First.CONNACK)) return "order";
        if (first & PublishFlag.QOS_2) return "QoS 2";
        if (first === First.CONNACK) {
          // Not whether there is a session of before.
          if ((id &= 255)) {
            refused = id > 3 ? Reason.RefusedLogin : Reason.ConnectUnanswered + id;
            return "CONNACK";
          }
          enter(State.UP, Reason.None);
          ask(
            Id.REQUEST,
            String,
            packet(First.SUBSCRIBE, uint16(Limit.ID + 1) + field(owner.topics_[0] as string) + "\x01"),
          );
          flight.forEach(function (waiting) {
            if (waiting.id_ > 0) send(PUBLISH_DUP + (waiting.bytes_ as string).substr(1));
          });
          finish(Id.SESSION, true);
          // PUBLISH has flags.
        } else if (first < First.PUBACK) {
          call(owner.onMessage_, topic, payload);
          if (id && owner.status) send(packet(First.PUBACK, uint16(id)));
        } else {
          const oldest = flight[0];
          finish(first === First.PUBACK ? id : Id.REQUEST, true);
          // An answer to another one is none to the oldest.
          if (flight[0] !== oldest) watch();
          // SUBACK's return code.
          if (payload > "\x02") owner.last_error = words(Reason.SubscribeRefused);
        }
      });
      busy = 0;
      bytes = "";
      if (+size) {
        buffer = buffer.substr(size as number);
        flush();
      } else if (size) end(refused, refused === Reason.ProtocolError ? (size as string) : "");
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
  if (this.status) return ask(Id.YES, done);
  if (owner !== this && state) {
    this.last_reason_ = Reason.InUse;
    this.last_error = words(Reason.InUse);
    return ask(Id.NO, done);
  }
  // What another one has in flight is not for this one's server.
  if (owner !== this) end();
  if (!state) {
    owner = this;
    enter(State.OPENING, Reason.None);
    socket = network.open(this.config_.host, this.config_.port || 1883, handlers);
  }
  return ask(Id.SESSION, done);
}

/**
 * Closes, as a method of who has the session. Messages that are not acknowledged get `done(false)`. DISCONNECT is for the
 * socket that takes it now: without it a server without a will of ours does the same.
 */
export function disconnect(this: Session, done?: Done): any {
  if (this.status) {
    out.push(DISCONNECT);
    flush();
  }
  if (owner === this) end();
  return ask(Id.YES, done);
}

/**
 * Publishes. QoS 1: `done(true)` at PUBACK, and the message is sent again after a reconnect; QoS 0: when the socket
 * took it. `done(false)`: refused at once, given up (Limit.TRIES, Wait.OPEN_MS), or `disconnect`.
 * `done` may be called before this returns.
 */
export function publish(session: Session, topic: string, payload: string, done?: Done): any {
  const reason = !session.status
    ? Reason.NotConnected
    : flight.length >= Limit.FLIGHT
      ? Reason.Busy
      : payload.length > Limit.PACKET
        ? Reason.TooLarge
        : Reason.None;
  if (reason) {
    session.last_error = words(reason);
    return ask(Id.NO, done);
  }
  // The next packet identifier that is not in flight [MQTT-2.3.1-2].
  do last_id = (last_id % Limit.ID) + 1;
  while (
    flight.some(function (waiting) {
      return waiting.id_ === last_id;
    })
  );
  const id = (session.config_.qos as number) && last_id;
  return ask(
    id,
    done,
    packet(id ? First.PUBLISH_QOS_1 : First.PUBLISH, field(topic) + (id ? uint16(id) : "") + payload),
  );
}
