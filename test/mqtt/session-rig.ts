import assert from "node:assert/strict";
import { install } from "@sinonjs/fake-timers";
import { useNetwork } from "../../firmware/mqtt/connection.ts";
import type { Session } from "../../firmware/mqtt/owner.ts";
import { First, field, packet, uint16 } from "../../firmware/mqtt/packet.ts";
import { connect, disconnect, publish, Role } from "../../firmware/mqtt/session.ts";
import { words } from "../../firmware/words.ts";
import { type FakeNetwork, fakeNetwork } from "./fake-network.ts";
import { encodePublish } from "./publish.ts";

export const CONNECT = "\x10\x10\0\x04MQTT\x04\x82\0\x3c\0\x01a\0\x01u";
export const CONNACK = "\x20\x02\0\0";
export const PINGREQ = "\xc0\0";
export const PINGRESP = "\xd0\0";
export const DISCONNECT = "\xe0\0";
export const puback = (id: number) => packet(First.PUBACK, uint16(id));
/** The answer to `SUBSCRIBE`, unless another identifier is given. */
export const suback = (code: number, id = 65_535) => `\x90\x03${uint16(id)}${String.fromCharCode(code)}`;
export const SUBSCRIBE = packet(First.SUBSCRIBE, `${uint16(65_535) + field("down")}\x01`);
/** PUBLISH again. */
export const again = (publish: string) => String.fromCharCode(publish.charCodeAt(0) | 8) + publish.slice(1);
export const message = (id: number, payload: string) => encodePublish(id, "up", payload);

export const SECOND = 1_000;
/** What is awaited must come within that. */
export const ANSWER = 40 * SECOND;

export interface SessionRig {
  session: Member;
  network: FakeNetwork;
  /** What the session told, in order: outcomes by name, messages, its end. */
  told: string[];
  open(name?: string): void;
  close(name?: string): void;
  send(payload: string, qos?: number, name?: string): void;
  /** From nothing to CONNACK and SUBACK. */
  connect(): void;
  /** Lets time pass, ms. */
  tick(ms: number): void;
  /** How many timers run. */
  timers(): number;
}

// Node's own mock timers start what a timer starts only when the tick is over.
const clock = install({ toFake: ["setTimeout", "clearTimeout", "setInterval", "clearInterval"] });

type Member = Session & { connect: typeof connect; disconnect: typeof disconnect };
const methods = { connect, disconnect };
const ignored = () => {};
let last: Member | undefined;

/** A client of the session on a fake network, without a reset of what others have done. */
export function member(changes: Partial<Session> = {}, told: string[] = []): Member {
  return Object.assign(Object.create(methods), {
    status: false,
    last_error: "",
    last_reason_: 0,
    config_: { host: "host", port: 1883, client_id: "a", username: "u", qos: 1, keep_alive: 60 },
    filters_: () => ["down"],
    onMessage_: (topic, payload) => void told.push(`message ${topic} ${payload}`),
    onClose_: (reason) => void told.push(`end ${words(reason)}`),
    ...changes,
  } satisfies Session);
}

/** The session on a fake network and a fake clock; keep alive 60 s, unless it is given in seconds. */
export function sessionRig(changes: Partial<Session> = {}, keep_alive = 60): SessionRig {
  // What the last test left.
  last?.disconnect(ignored);
  // To a socket that is busy DISCONNECT waits.
  clock.tick(5 * SECOND);
  assert.equal(clock.countTimers(), 0);
  clock.reset();
  const network = fakeNetwork();
  const told: string[] = [];
  const session = member(changes, told);
  session.config_.keep_alive = keep_alive;
  last = session;
  useNetwork(network);
  const done = (name: string) => (ok: boolean) => told.push(`${name} ${ok}`);
  const rig: SessionRig = {
    session,
    network,
    told,
    open: (name = "open") => session.connect(done(name)),
    close: (name = "close") => session.disconnect(done(name)),
    send(payload, qos = 1, name = payload) {
      session.config_.qos = qos as 0 | 1;
      publish(session, "up", payload, done(name), session.config_.qos, Role.Message);
    },
    connect() {
      rig.open();
      network.up();
      network.respond(CONNACK);
      network.respond(suback(1));
      network.writes = [];
      told.length = 0;
    },
    tick: (ms) => clock.tick(ms),
    timers: () => clock.countTimers(),
  };
  return rig;
}
