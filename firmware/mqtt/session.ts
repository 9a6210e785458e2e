/**
 * One MQTT 3.1.1 session after another over a network: CONNECT to DISCONNECT, keep alive, QoS 1 messages in flight,
 * subscriptions. Callbacks only; waits are relative timers, as the wall clock jumps when GNSS or the network sets it.
 */
import type { Network, Socket, SocketHandlers } from "../socket.ts";
import {
  type Decoder,
  decode,
  encodeDisconnect,
  encodeIdentified,
  encodePingreq,
  encodePublish,
  First,
  type Packet,
  PublishFlag,
  Type,
} from "./packet.ts";

/** The order matters: from CONNECTING on the server is listened to. */
export const enum State {
  /** No connection. */
  CLOSED,
  /** The network opens the connection. */
  OPENING,
  /** DISCONNECT waits until the socket takes it. */
  CLOSING,
  /** CONNECT is on its way, CONNACK is awaited. */
  CONNECTING,
  /** The server accepted us: messages go both ways. */
  UP,
}

export const enum Limit {
  /** Largest payload we send and largest remaining length we accept, bytes: each may stand in RAM whole. */
  PACKET = 4096,
  /** Messages that may be without PUBACK, or at QoS 0 wait for the socket; one more is refused. */
  MESSAGES = 12,
  /** Packets that wait for the socket; one more, a PUBACK then, and we hang up. */
  PACKETS = 40,
  /** Connections that may end, or fail, without its PUBACK before a message is given up: it may be what ends them. */
  TRIES = 3,
}

/** How long we wait. */
export const enum Wait {
  /** How often we look whether what is awaited came. */
  TICK_MS = 10000,
  /** For CONNACK, SUBACK, PUBACK, PINGRESP, or for the socket to take anything at all: 30 to 40 s. */
  ANSWER_TICKS = 4,
  /** To open the connection (the modem's own limit is 150 s), and for messages without a connection: 180 s. */
  OPEN_TICKS = 18,
}

/** Called once with the outcome: true, or false with the reason in `last_error`. */
export type Done = (ok: boolean) => void;

/** Packet identifiers of what has none. */
const enum Id {
  /** Who waits for CONNACK, or for DISCONNECT to leave. */
  SESSION = -1,
  /** A message of QoS 0. */
  QOS_0 = 0,
}

/** Who waits for an outcome. */
interface Waiting {
  /** Packet identifier of a QoS 1 message, or Id. */
  id_: number;
  done_: Done;
  topic_?: string;
  payload_?: string;
  /** Connections that ended without PUBACK. */
  tries_?: number;
}

/** One session after another with the same server, and what it tells its owner. */
export interface Session extends SocketHandlers, Decoder {
  /** True from CONNACK to the end of the connection. */
  status: boolean;
  /** Why the state is what it is, or why the last call failed; "" when all is well. */
  last_error: string;
  /** A PUBLISH came. PUBACK follows it, also when it throws. */
  onMessage_(packet: Packet): void;
  /** An established or attempted session ended, and not by `closeSession`. */
  onClose_?: ((reason: string) => void) | undefined;

  /** `wanted`: 1 when the user asked for it: what is in flight is not sent again. */
  onClose(reason: string, wanted?: number): void;

  // Set by the owner, before `initSession`.
  network_: Network;
  host_: string;
  port_: number;
  /** The CONNECT packet, the same each time. */
  connect_: string;
  /** Keep alive, ms; 0: no PINGREQ. */
  keep_alive_: number;
  /** What SUBSCRIBE asks for after each CONNACK (`subscription`). */
  subscriptions_: string;

  // Ours.
  state_: State;
  socket_: Socket | 0;
  /** Packets that wait for the socket, oldest first; of the first, what the socket has not taken. */
  out_: string[];
  /** Oldest first: messages without PUBACK, of QoS 0 those the socket did not take yet, and who waits for the session. */
  flight_: Waiting[];
  /** The last packet identifier used. */
  id_: number;
  /** 1: SUBACK or PINGRESP is awaited. */
  asked_: number;
  /** 1: a packet is being handled; what that sends leaves after it, from a shallower stack. */
  busy_: number;
  /** Ticks left for what is awaited; 0: nothing is. */
  ticks_: number;
  /** Ticks while something is awaited. */
  ticker_: ReturnType<typeof setTimeout> | 0;
  /** Sends PINGREQ. */
  keeper_: ReturnType<typeof setTimeout> | 0;
}

/** Makes an object with `sessionMethods` a session, not connected yet. */
export function initSession(session: Session): void {
  session.flight_ = [];
  session.id_ = session.busy_ = session.ticker_ = session.keeper_ = session.state_ = 0;
  // Sets the rest.
  session.onClose("", 1);
}

/** The only place where the state changes. */
function setState(session: Session, state: State, reason: string): void {
  session.state_ = state;
  session.status = state === State.UP;
  session.last_error = reason;
  session.ticks_ = 0;
}

/** The wait for what is awaited starts, or starts anew since something of it came. */
function watch(session: Session, ticks: number): void {
  session.ticks_ = ticks;
  if (!session.ticker_) session.ticker_ = setTimeout(tick, Wait.TICK_MS, session);
}

/** Gives the connection up, or messages without one, when what is awaited does not come. */
function tick(session: Session): void {
  const state = session.state_;
  session.ticker_ = 0;
  if (session.asked_ || session.flight_.length)
    if (--session.ticks_) watch(session, session.ticks_);
    else session.onClose("no answer: check host, port", state ? 0 : 1);
  else session.ticks_ = 0;
}

/** Sends SUBSCRIBE, or PINGREQ when nothing was written for the keep alive time [3.1.2.10]. */
function ask(session: Session, subscribe?: string): void {
  session.asked_ = 1;
  // Its timer fired: the interpreter gives the number to the next one.
  if (!subscribe) session.keeper_ = 0;
  if (!session.ticks_) watch(session, Wait.ANSWER_TICKS);
  send(session, subscribe || encodePingreq());
}

/** Calls a callback, which may not stop us. */
function call(session: Session, callback: (argument: never) => void, argument: unknown): void {
  try {
    callback.call(session, argument as never);
  } catch (error) {
    session.last_error = "callback: " + error;
  }
}

/** Tells the outcome to those who wait under this packet identifier or Id; meanwhile they may call us. */
function finish(session: Session, id: number, ok: boolean): void {
  let i = 0;
  while (i < session.flight_.length)
    if ((session.flight_[i] as Waiting).id_ === id)
      call(session, (session.flight_.splice(i, 1)[0] as Waiting).done_, ok);
    else i++;
}

/** The next packet identifier, 1 to 65,535 and not in flight [MQTT-2.3.1-2]. */
function nextId(session: Session): number {
  session.id_ = (session.id_ % 65535) + 1;
  return session.flight_.some(function (waiting) {
    return waiting.id_ === session.id_;
  })
    ? nextId(session)
    : session.id_;
}

function send(session: Session, bytes: string): void {
  if (session.out_.push(bytes) > Limit.PACKETS) session.onClose("link too slow");
  else if (!session.busy_) session.onWritable();
}

/**
 * Connects; `done(true)` at CONNACK 0, or at once where the session is up already. While it is being opened, `done`
 * gets the outcome of that.
 */
export function openSession(session: Session, done: Done): void {
  if (session.state_ === State.CLOSING) session.onClose("", 1);
  if (session.state_ === State.UP) done(true);
  else {
    session.flight_.push({ id_: Id.SESSION, done_: done });
    if (!session.state_) {
      setState(session, State.OPENING, "");
      watch(session, Wait.OPEN_TICKS);
      session.socket_ = session.network_.open(session.host_, session.port_, session);
    }
  }
}

/**
 * Sends DISCONNECT and closes; `done(true)` when that is through, at once where nothing was open. Messages that are not
 * acknowledged get `done(false)`.
 */
export function closeSession(session: Session, done: Done): void {
  if (session.state_ === State.UP) {
    session.flight_.push({ id_: Id.SESSION, done_: done });
    setState(session, State.CLOSING, "");
    watch(session, Wait.ANSWER_TICKS);
    send(session, encodeDisconnect());
  } else {
    session.onClose("disconnected", 1);
    done(true);
  }
}

/**
 * Publishes. QoS 1: `done(true)` at PUBACK, and the message is sent again after a reconnect; QoS 0: when the socket
 * took it. `done(false)`: refused at once, given up (Limit.TRIES, Wait.OPEN_TICKS), or `closeSession`.
 * `done` may be called before this returns.
 */
export function publish(session: Session, done: Done, topic: string, payload: string, qos: number): void {
  const reason =
    session.state_ !== State.UP
      ? "not connected"
      : session.flight_.length >= Limit.MESSAGES
        ? "busy"
        : payload.length > Limit.PACKET
          ? "too large"
          : "";
  if (reason) {
    session.last_error = reason;
    done(false);
  } else {
    const id = qos && nextId(session);
    session.flight_.push({ id_: id, topic_: topic, payload_: payload, done_: done, tries_: 0 });
    if (!session.ticks_) watch(session, Wait.ANSWER_TICKS);
    send(session, encodePublish(topic, payload, qos << 1, id));
  }
}

/** What a network calls. */
export const sessionMethods: SocketHandlers & ThisType<Session> = {
  onOpen: function () {
    if (this.state_ === State.OPENING) {
      setState(this, State.CONNECTING, "");
      watch(this, Wait.ANSWER_TICKS);
      send(this, this.connect_);
    }
  },

  onWritable: function () {
    // biome-ignore lint/complexity/noUselessThisAlias: fewer bytes, here and below
    const session = this;
    const out = session.out_;
    let taken: number;
    while (out.length) {
      taken = (session.socket_ as Socket).write(out[0] as string);
      if (!taken) return;
      if (taken < 0) return session.onClose("link lost");
      clearTimeout(session.keeper_ as number);
      session.keeper_ = session.keep_alive_ && setTimeout(ask, session.keep_alive_, session);
      out[0] = (out[0] as string).substr(taken);
      if (!out[0]) out.shift();
    }
    finish(session, Id.QOS_0, true);
    if (session.state_ === State.CLOSING) session.onClose("disconnected", 1);
  },

  onData: function (bytes) {
    const session = this;
    // Closing, we have said DISCONNECT and listen no more.
    while (session.state_ > State.CLOSING) {
      const packet = decode(session, bytes, Limit.PACKET);
      if (!packet) break;
      const type = packet.type_;
      const id = packet.id_;
      bytes = "";
      session.busy_ = 1;
      if ((session.state_ === State.CONNECTING) !== (type === Type.CONNACK)) session.error_ = "order";
      else if (type === Type.PUBLISH) {
        if (packet.first_ & PublishFlag.QOS_2) session.error_ = "QoS 2";
        else {
          call(session, session.onMessage_, packet);
          if (id && session.state_ === State.UP) send(session, encodeIdentified(First.PUBACK, id, ""));
        }
      } else if (type === Type.CONNACK) {
        if (id & 255)
          session.error_ =
            "refused, " +
            (["", "MQTT 3.1.1", "client_id", "server busy"][id & 255] || "check username, password");
        else {
          setState(session, State.UP, "");
          ask(session, encodeIdentified(First.SUBSCRIBE, nextId(session), session.subscriptions_));
          session.flight_.forEach(function (message) {
            if (message.id_ > Id.QOS_0)
              send(
                session,
                encodePublish(
                  message.topic_ as string,
                  message.payload_ as string,
                  PublishFlag.QOS_1 | PublishFlag.DUP,
                  message.id_,
                ),
              );
          });
          finish(session, Id.SESSION, true);
        }
      } else {
        watch(session, Wait.ANSWER_TICKS);
        if (type === Type.PUBACK) finish(session, id, true);
        else session.asked_ = 0;
        if (packet.code_ > 127) session.last_error = "subscription refused";
      }
      session.busy_ = 0;
      session.onWritable();
    }
    if (session.error_) session.onClose("MQTT: " + session.error_);
  },

  onClose: function (reason, wanted?: number) {
    // biome-ignore lint/complexity/noUselessThisAlias: see above
    const session = this;
    const state = session.state_;
    // The network may have had something to say still.
    if (!state && !wanted) return;
    if (state === State.CLOSING) wanted = 1;
    if (session.socket_) session.socket_.close();
    clearTimeout(session.keeper_ as number);
    clearTimeout(session.ticker_ as number);
    session.keeper_ = session.ticker_ = session.asked_ = session.socket_ = 0;
    session.buffer_ = session.error_ = "";
    session.out_ = [];
    for (const message of session.flight_)
      if (message.id_ > Id.QOS_0 && (wanted || ++(message.tries_ as number) >= Limit.TRIES))
        message.id_ = Id.QOS_0;
    setState(session, State.CLOSED, reason);
    finish(session, Id.SESSION, state === State.CLOSING);
    finish(session, Id.QOS_0, false);
    if (session.flight_.length) watch(session, Wait.OPEN_TICKS);
    if (!wanted && session.onClose_) session.onClose_(reason);
  },
};
