import type { DeviceConfig } from "../config.ts";
import type { Fix } from "../gnss/fix.ts";
import { type Gnss, getFix, gnssOff } from "../gnss/gnss.ts";
import { bringUp, type Modem, powerCycle, readClock } from "../modem/network.ts";
import type { Client } from "../thingsboard/client.ts";
import { append, confirm, createOutbox, type Outbox, peek, type Sample } from "./outbox.ts";

/** What the tracker is doing; `status().state` has the words, in this order. */
const enum State {
  /** The configuration was refused. */
  Stopped,
  /** Bringing the modem up: power, SIM, registration, PDP context. */
  Modem,
  /** Asking the modem for the time. */
  Clock,
  /** Connecting to the server. */
  Server,
  /** Connected: fixes go out as they come. */
  Online,
  /** The last try failed; the next one comes after a delay. */
  Waiting,
}

/** First retry delay; it doubles with each failure in a row up to the cap, and is then drawn at random (full jitter). */
const RETRY_MS = 5000;
const RETRY_CAP_MS = 600000;
/** Failures in a row to bring the modem up, after which it is power-cycled. */
const MODEM_TRIES = 3;
/** From this interval on the receiver is switched off between fixes: a hot start costs less than staying on. */
const GNSS_OFF_S = 120;
/** Below this (2020-01-01) a clock counts from boot, not from 1970. */
export const CLOCK_KNOWN_MS = 1577836800000;

/** The parts a tracker is made of, and what it needs of the interpreter. */
export interface Parts {
  config: DeviceConfig;
  modem: Modem;
  gnss: Gnss;
  server: Client;
  /** One line to the console. */
  print: (line: string) => void;
  setTime: (seconds: number) => void;
  reboot: () => void;
  /** Used and free variables. */
  memory: () => unknown;
}

export interface Tracker {
  /** One object that says what each part is doing and why. */
  status(): unknown;
  /** Switches the trace of AT and MQTT traffic on (1) or off (0). */
  debug(on: number): void;
}

let parts: Parts;
let state: State = State.Stopped;
/** Why the tracker is in this state: the last fault, "" when all is well. */
let reason = "";
let outbox: Outbox;
let lastFix: Fix | null;
let fixReason: string;
/** Failures in a row of the whole way to the server, and of the modem alone. */
let failures: number;
let modemFailures: number;
let reconnects: number;
let sent: number;
let locating: number;
let roundTimer: ReturnType<typeof setTimeout> | 0;

/** The only place where the state changes. */
function enter(next: State, why: string): void {
  state = next;
  reason = why;
  if (why) parts.print("tracker: " + why);
}

/** Something on the way to the server failed: waits, longer each time, and starts again. */
function retry(why: string): void {
  if (state === State.Waiting || state === State.Stopped) return;
  if (state === State.Modem) modemFailures++;
  const limit = Math.min(RETRY_CAP_MS, RETRY_MS * Math.pow(2, failures++));
  const delay_ms = 1000 + Math.round(Math.random() * limit);
  enter(State.Waiting, why + "; again in " + Math.round(delay_ms / 1000) + " s");
  setTimeout(connect, delay_ms);
}

function connect(): void {
  enter(State.Modem, "");
  if (modemFailures >= MODEM_TRIES) {
    modemFailures = 0;
    powerCycle(parts.modem, proceed);
  } else bringUp(parts.modem, proceed);
}

/** Each step of the way to the server ends here: with a reason, a time or whether it worked, as the state says. */
function proceed(result: string | number | boolean): void {
  // The receiver works without the network: fixes are taken from the first answer of the modem on.
  if (!roundTimer) takeFix();
  switch (state) {
    case State.Modem:
      if (result) return retry(result as string);
      modemFailures = 0;
      enter(State.Clock, "");
      readClock(parts.modem, proceed);
      break;
    case State.Clock:
      if (result) setClock(result as number);
      enter(State.Server, "");
      parts.server.connect(proceed);
      break;
    case State.Server:
      if (!result) return retry(parts.server.last_error);
      enter(State.Online, "");
      parts.print("tracker: connected to " + parts.config.host);
      drain();
  }
}

/** The session ended, or the modem went down, while it was used. */
function lost(why: string): void {
  if (state === State.Online) reconnects++;
  retry(why);
}

/** Sets the clock; samples stamped with the time since boot are shifted by as much. */
function setClock(time_ms: number): void {
  const shift = time_ms - Date.now();
  if (Math.abs(shift) < 2000) return;
  parts.setTime(time_ms / 1000);
  for (const sample of outbox.samples_) if (sample[0] < CLOCK_KNOWN_MS) sample[0] += shift;
}

/** One round: a fix, or the reason why there is none. The next round is armed first: nothing below can stop it. */
function takeFix(): void {
  roundTimer = setTimeout(takeFix, parts.config.interval_s * 1000);
  if (locating) return;
  locating = 1;
  getFix(parts.gnss, parts.config.fix_timeout_s * 1000, located);
}

function located(fix: Fix | null, why: string): void {
  locating = 0;
  if (why && why !== fixReason) parts.print("gnss: " + why);
  fixReason = why;
  if (parts.config.interval_s >= GNSS_OFF_S) gnssOff(parts.gnss, nothing);
  if (!fix) return;
  lastFix = fix;
  if (fix.time_ms) setClock(fix.time_ms);
  append(outbox, [
    Math.round(fix.time_ms || Date.now()),
    fix.longitude,
    fix.latitude,
    fix.altitude_m,
    fix.speed_kmh,
  ]);
  drain();
}

function nothing(): void {}

/** Rounded: the interpreter prints 11 digits, with noise. */
function round(value: number, factor: number): number {
  return Math.round(value * factor) / factor;
}

/** A sample as ThingsBoard's telemetry values; what the receiver did not say is left out. */
function toValues(sample: Sample): Record<string, number> {
  const values: Record<string, number> = {};
  const keys = parts.config.keys.split(",");
  for (let i = 0; i < 4; i++) {
    const value = sample[i + 1];
    if (value !== undefined) values[keys[i]] = round(value, i < 2 ? 1e6 : 10);
  }
  return values;
}

/** Hands the oldest samples to the server, as many as one TCP segment takes; `delivered` goes on. */
function drain(): void {
  if (state !== State.Online || outbox.sending_ || !outbox.samples_.length) return;
  const data = [];
  // {"ts":1700000000000,"values":{…}} with four numbers and names is at most 75 bytes and the names.
  for (const sample of peek(outbox, Math.floor(1400 / (75 + parts.config.keys.length)))) {
    // A time since boot means nothing to the server: without `ts` it takes the time of arrival.
    data.push(
      sample[0] < CLOCK_KNOWN_MS ? toValues(sample) : { ts: Math.round(sample[0]), values: toValues(sample) },
    );
  }
  parts.server.send_telemetry(data.length > 1 ? data : data[0], delivered);
}

function delivered(ok: boolean): void {
  if (ok) {
    failures = 0;
    sent += outbox.sending_;
  }
  confirm(outbox, ok);
  if (ok) drain();
}

/** Server-side RPC: every request gets an answer, an unknown method an error. */
function onMessage(_topic: string, data: unknown): void {
  const request = data as { id: string; method: string; params: unknown };
  if (!request || !request.method) return;
  let reply: unknown;
  const params = request.params as { interval_s: number } | null;
  switch (request.method) {
    case "getPosition":
      reply = lastFix || { error: "no fix yet: " + fixReason };
      break;
    case "getStatus":
      reply = status();
      break;
    case "setInterval": {
      // `params` is the number of seconds, or {"interval_s": seconds}.
      const interval_s =
        params && params.interval_s !== undefined ? params.interval_s : (request.params as number);
      if (typeof interval_s === "number" && interval_s >= 1 && interval_s <= 86400) {
        parts.config.interval_s = interval_s;
        if (roundTimer) clearTimeout(roundTimer);
        takeFix();
        reply = { interval_s: interval_s };
      } else reply = { error: "interval_s: must be a number, 1 to 86400" };
      break;
    }
    case "reboot":
      reply = { reboot: true };
      // Time for the answer to leave.
      setTimeout(parts.reboot, 3000);
      break;
    default:
      reply = { error: "unknown method " + request.method };
  }
  parts.server.send_rpc_reply(reply, request.id, nothing);
}

function status(): unknown {
  return {
    state: "stopped,modem,clock,server,online,waiting".split(",")[state],
    reason: reason,
    interval_s: parts && parts.config.interval_s,
    fix: lastFix,
    gnss: fixReason,
    modem: parts.modem.status(),
    server: { status: parts.server.status, last_error: parts.server.last_error },
    outbox: { waiting: outbox.samples_.length, sent: sent, dropped: outbox.dropped },
    reconnects: reconnects,
    memory: parts.memory(),
  };
}

function debug(on: number): void {
  parts.modem.at_.trace_ = on ? trace : 0;
}

function trace(direction: string, text: string): void {
  parts.print(direction + " " + JSON.stringify(text));
}

/** Starts: the modem comes up, fixes are taken and sent until the board is reset. */
export function startTracker(all: Parts): Tracker {
  parts = all;
  outbox = createOutbox();
  lastFix = null;
  fixReason = "waiting for the modem";
  failures = modemFailures = reconnects = sent = locating = roundTimer = 0;
  parts.server.set_callback(onMessage);
  parts.server.onClose_ = parts.modem.onDown_ = lost;
  if (parts.config.debug) debug(1);
  connect();
  return { status: status, debug: debug };
}
