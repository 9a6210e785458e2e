import type { DeviceConfig } from "../config.ts";
import type { Fix } from "../gnss/fix.ts";
import { getFix, gnssOff } from "../gnss/gnss.ts";
import { bringUp, type Modem } from "../modem/network.ts";
import type { Client, Values } from "../thingsboard/client.ts";
import { append, confirm, createOutbox, type Outbox, peek, type Sample } from "./outbox.ts";

/** What the tracker is doing; `status().state` has the words, in this order. */
const enum State {
  /** Bringing the modem up: power, SIM, registration, PDP context. */
  Modem,
  /** Connecting to the server. */
  Server,
  /** Connected: fixes go out as they come. */
  Online,
  /** The last try failed; the next one comes after a delay. */
  Waiting,
}

const enum Limit {
  /** The first wait after a failure is drawn at random from 1 s to this; the range doubles up to the cap. */
  Retry_ms = 5000,
  RetryCap_ms = 600000,
  /** Each so many tries in a row to bring the modem up, it is restarted. */
  ModemTries = 3,
  /** From this interval on the receiver is switched off between fixes: a hot start costs less than staying on. */
  GnssOff_s = 120,
  /** Before a reboot, so that the answer to its RPC request can leave. */
  Reboot_ms = 3000,
}

/** The REPL's `tracker`. */
export interface Tracker {
  /** One object that says what each part is doing and why. */
  status(): unknown;
  /** Switches the trace of AT and MQTT traffic on (1) or off (0). */
  debug(on: number): void;
}

let config: DeviceConfig;
let modem: Modem;
let server: Client;
let state: State;
/** Why the tracker is in this state: the last fault, "" when all is well. */
let reason: string;
let outbox: Outbox;
let lastFix: Fix | null;
/** Why there was no fix in the last round, "" when there was. */
let fixReason: string;
/** Most of the next wait, ms: it doubles with each failure in a row. */
let retry_ms: number;
/** How often in a row the modem did not come up. */
let modemFailures: number;
let reconnects: number;
let sent: number;
/** 1: a fix is being waited for. */
let locating: number;
let roundTimer: ReturnType<typeof setTimeout> | 0;

/** The only place where the state changes. */
function enter(next: State, why: string): void {
  state = next;
  reason = why;
  if (why) print("tracker: " + why);
}

/** The session ended, the modem went down or did not come up: waits, longer each time, and starts again. */
function lost(why: string): void {
  if (state === State.Waiting) return;
  if (state === State.Online) reconnects++;
  if (!state) modemFailures++;
  const delay_s = Math.round(1 + (Math.random() * retry_ms) / 1000);
  retry_ms = Math.min(retry_ms * 2, Limit.RetryCap_ms);
  enter(State.Waiting, why + "; again in " + delay_s + " s");
  setTimeout(connect, delay_s * 1000);
}

function connect(): void {
  enter(State.Modem, "");
  // The first try after things went well: the server alone may be gone, and a new PDP context costs time and energy.
  if (retry_ms === Limit.Retry_ms * 2 && modem.status().state === "up") proceed("");
  else bringUp(proceed, modemFailures % Limit.ModemTries === Limit.ModemTries - 1);
}

/** Each step of the way to the server ends here: the modem with "" or a reason, the server with whether it worked. */
function proceed(result: string | boolean, time_ms?: number): void {
  if (!state) {
    // The receiver works without the network: fixes are taken from the end of the first bringing up on, however it ended.
    if (!roundTimer) takeFix();
    if (result) return lost(result as string);
    modemFailures = 0;
    if (time_ms) setClock(time_ms);
    enter(State.Server, "");
    server.connect(proceed);
  } else if (!result) lost(server.last_error);
  else {
    enter(State.Online, "");
    print("tracker: connected");
    drain();
  }
}

function setClock(time_ms: number): void {
  if (Math.abs(time_ms - Date.now()) > 2000) setTime(time_ms / 1000);
}

/** One round: a fix, or the reason why there is none. The next round is armed first: nothing below can stop it. */
function takeFix(): void {
  roundTimer = setTimeout(takeFix, config.interval_s * 1000);
  if (!locating) {
    locating = 1;
    getFix(modem, config.fix_timeout_s * 1000, located);
  }
}

/** `String` stands for a function that does nothing: it is there anyway. */
function located(fix: Fix | null, why: string): void {
  locating = 0;
  if (why && why !== fixReason) print("gnss: " + why);
  fixReason = why;
  if (config.interval_s >= Limit.GnssOff_s) gnssOff(modem, String);
  // Nothing to send proves nothing wrong: the next wait starts small again.
  if (!fix && state === State.Online) retry_ms = Limit.Retry_ms;
  if (fix) {
    const time_ms = fix.time_ms || Math.round(Date.now());
    lastFix = fix;
    setClock(time_ms);
    append(outbox, [time_ms, fix.longitude, fix.latitude, fix.altitude_m, fix.speed_kmh]);
    drain();
  }
}

/** A sample as ThingsBoard's telemetry, rounded, since the interpreter prints 11 digits, with noise. */
function toTelemetry(sample: Sample): Values {
  const values: Values = {};
  const keys = config.keys.split(",");
  for (let i = 0; i < 4; i++) {
    const value = sample[i + 1];
    const factor = i < 2 ? 1e6 : 10;
    if (keys[i] && value !== undefined) values[keys[i] as string] = Math.round(value * factor) / factor;
  }
  return { ts: sample[0], values: values };
}

/** Hands the oldest samples to the server, as many as one TCP segment takes; `delivered` goes on. */
function drain(): void {
  if (state === State.Online && !outbox.sending_ && outbox.samples_.length) {
    // {"ts":1700000000000,"values":{…}} with four numbers and names is at most 75 bytes and the names.
    const data = peek(outbox, Math.floor(1400 / (75 + config.keys.length))).map(toTelemetry);
    server.send_telemetry(data.length > 1 ? data : data[0], delivered);
  }
}

function delivered(ok: boolean): void {
  if (ok) {
    retry_ms = Limit.Retry_ms;
    sent += outbox.sending_;
  }
  confirm(outbox, ok);
  if (ok) drain();
  // By hand, `server.disconnect()`.
  else if (!server.status) lost(server.last_error);
}

/** Server-side RPC: every request gets an answer, an unknown method an error. */
function onMessage(_topic: string, request: any): void {
  const method = request && request.method;
  let reply: unknown = { error: "unknown method " + method };
  if (!method) return;
  if (method === "getPosition") reply = lastFix || { error: fixReason || "no fix yet" };
  if (method === "getStatus") reply = status();
  if (method === "setInterval") {
    // `params` is the number of seconds, or {"interval_s": seconds}.
    const params = request.params;
    const interval_s = params && params.interval_s ? params.interval_s : params;
    reply = { error: "interval_s must be 1 to 86400" };
    if (+interval_s === interval_s && interval_s >= 1 && interval_s <= 86400) {
      reply = { interval_s: (config.interval_s = interval_s) };
      if (roundTimer) clearTimeout(roundTimer);
      takeFix();
    }
  }
  if (method === "reboot") {
    reply = { reboot: 1 };
    setTimeout(E.reboot, Limit.Reboot_ms);
  }
  server.send_rpc_reply(reply, request.id, String);
}

function status(): unknown {
  return {
    state: "modem,server,online,waiting".split(",")[state],
    reason: reason,
    interval_s: config.interval_s,
    fix: lastFix,
    gnss: fixReason,
    modem: modem.status(),
    server: server.last_error,
    waiting: outbox.samples_.length,
    sent: sent,
    dropped: outbox.dropped_,
    reconnects: reconnects,
    memory: process.memory(false),
  };
}

function debug(on: number): void {
  modem.trace_ = on;
}

/** Starts: the modem comes up, fixes are taken and sent until the board is reset. */
export function startTracker(settings: DeviceConfig, its_modem: Modem, its_server: Client): Tracker {
  config = settings;
  modem = its_modem;
  server = its_server;
  outbox = createOutbox();
  lastFix = null;
  fixReason = "";
  modemFailures = reconnects = sent = locating = roundTimer = 0;
  retry_ms = Limit.Retry_ms;
  server.set_callback(onMessage);
  server.onClose_ = lost;
  debug(config.debug);
  connect();
  return { status: status, debug: debug };
}
