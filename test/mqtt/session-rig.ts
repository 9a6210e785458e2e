import { install } from "@sinonjs/fake-timers";
import { encodeIdentified, encodePublish, First, subscription } from "../../firmware/mqtt/packet.ts";
import {
  closeSession,
  initSession,
  openSession,
  publish,
  type Session,
  sessionMethods,
} from "../../firmware/mqtt/session.ts";
import { type FakeNetwork, fakeNetwork } from "./fake-network.ts";

export const CONNECT = "\x10\x0d\0\x04MQTT\x04\x02\0\x3c\0\x01a";
export const CONNACK = "\x20\x02\0\0";
export const PINGREQ = "\xc0\0";
export const PINGRESP = "\xd0\0";
export const DISCONNECT = "\xe0\0";
export const puback = (id: number) => encodeIdentified(First.PUBACK, id, "");
export const suback = (id: number, code: number) => `\x90\x03${String.fromCharCode(id >> 8, id & 255, code)}`;
export const subscribe = (id: number) => encodeIdentified(First.SUBSCRIBE, id, subscription("down", 1));
export const message = (id: number, payload: string, dup = 0) => encodePublish("up", payload, 2 | dup, id);

export const SECOND = 1_000;
/** `Wait.ANSWER_TICKS`: what is awaited must come within 30 to 40 s. */
export const ANSWER = { least: 30 * SECOND, most: 40 * SECOND };

export interface SessionRig {
  session: Session;
  network: FakeNetwork;
  /** What the session told, in order: outcomes by name, messages, its end. */
  told: string[];
  open(name?: string): void;
  close(name?: string): void;
  send(payload: string, qos?: number, name?: string): void;
  /** From nothing to CONNACK, and SUBACK for the SUBSCRIBE with this packet identifier. */
  connect(subscribe_id?: number): void;
  /** Lets time pass, ms. */
  tick(ms: number): void;
  /** How many timers run. */
  timers(): number;
}

// Node's own mock timers start what a timer starts only when the tick is over.
const clock = install({ toFake: ["setTimeout", "clearTimeout"] });

/** A session on a fake network and a fake clock; keep alive 60 s. */
export function sessionRig(changes: Partial<Session> = {}): SessionRig {
  clock.reset();
  const network = fakeNetwork();
  const told: string[] = [];
  const session: Session = Object.assign(Object.create(sessionMethods), {
    network_: network,
    host_: "host",
    port_: 1883,
    connect_: CONNECT,
    keep_alive_: 60 * SECOND,
    subscriptions_: subscription("down", 1),
    onMessage_: (packet) => told.push(`message ${packet.topic_} ${packet.payload_}`),
    onClose_: (reason) => told.push(`end ${reason}`),
    ...changes,
  } satisfies Partial<Session>);
  initSession(session);
  const done = (name: string) => (ok: boolean) => told.push(`${name} ${ok}`);
  const rig: SessionRig = {
    session,
    network,
    told,
    open: (name = "open") => openSession(session, done(name)),
    close: (name = "close") => closeSession(session, done(name)),
    send: (payload, qos = 1, name = payload) => publish(session, done(name), "up", payload, qos),
    connect(subscribe_id = 1) {
      rig.open();
      network.up();
      network.respond(CONNACK);
      network.respond(suback(subscribe_id, 1));
      network.writes = [];
      told.length = 0;
    },
    tick: (ms) => clock.tick(ms),
    timers: () => clock.countTimers(),
  };
  return rig;
}
