/**
 * The MQTT 3.1.1 session as its owner has it: CONNECT, DISCONNECT and PUBLISH; see connection.ts for its states. What
 * bounds memory when much goes out at once: packets that wait for the socket are joined into sends of up to 1,460 bytes,
 * and what finds too many waiting is refused.
 */
import { Reason } from "../reason.ts";
import { words } from "../words.ts";
import {
  Await,
  ask,
  awaitReply,
  end,
  enter,
  flight,
  incoming,
  nextId,
  open,
  out,
  owner,
  State,
  send,
  state,
} from "./connection.ts";
import { handlers } from "./incoming.ts";
import { Limit } from "./limits.ts";
import type { Done, Session } from "./owner.ts";
import { DISCONNECT, First, field, packet, uint16 } from "./packet.ts";

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
  if (state === State.Closed) open(this, handlers);
  if (flight.length >= Limit.Waiting) {
    this.last_reason_ = Reason.Busy;
    return refuse(this, Reason.Busy, done);
  }
  return ask(Await.Session, 0, done);
}

/**
 * Closes, as a method of who has the session; `done(true)` when that is done: at once, or when a socket that is busy took
 * DISCONNECT, 5 s at most. Messages that are not acknowledged get `done(false)`.
 */
export function disconnect(this: Session, done?: Done): any {
  if (owner === this) {
    if (state === State.Up) {
      incoming.busy_ = false;
      send(DISCONNECT);
      // The socket may have been dead.
      if (this.status && out.length) enter(State.Leaving, Reason.Disconnected);
    }
    if (state === State.Leaving) return ask(Await.Leave, 0, done);
    end(Reason.None);
  }
  return answer(true, done);
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
  const id = qos ? nextId() : 0;
  const bytes = packet(
    id ? First.PUBLISH_QOS_1 : First.PUBLISH,
    field(topic) + (id ? uint16(id) : ""),
    payload,
  );
  // It is in the packet: while that goes on its way memory is scarce.
  payload = "";
  // A hundred replies for which nobody waits take little RAM.
  const waits = is_message || (done !== 0 && flight.length < Limit.Waiting);
  const awaited = id ? Await.Acknowledgement : Await.Socket;
  const outcome = waits ? ask(awaited, id, done, role === Role.Message && id ? bytes : undefined) : undefined;
  const request_id = role === Role.OwnReply ? incoming.unacknowledged_ : 0;
  if (role === Role.OwnReply) incoming.unacknowledged_ = 0;
  if (id && !is_message) awaitReply(id, request_id);
  send(bytes);
  if (!id && request_id) send(packet(First.PUBACK, uint16(request_id)));
  return waits ? outcome : answer(session.status, done);
}

/** The outcome is known: for `done`, or for the Promise that stands in for it. */
function answer(ok: boolean, done: Done | 0 | undefined): any {
  if (done === undefined) return Promise.resolve(ok);
  if (done) done(ok);
}

/** It came to nothing, for a reason that says nothing about the connection. */
export function refuse(session: Session, reason: Reason, done: Done | 0 | undefined): any {
  session.last_error = words(reason);
  return answer(false, done);
}
