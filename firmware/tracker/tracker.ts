import { BOARD } from "#board";
import { check, type DeviceConfig } from "../config.ts";
import type { Fix } from "../gnss/fix.ts";
import { getFix, gnssOff } from "../gnss/gnss.ts";
import { bringUp, type Modem } from "../modem/network.ts";
import type { Client, Values } from "../thingsboard/client.ts";
import { append, dropped, samples, sent, settle, take, underWay } from "./outbox.ts";

/** What the tracker is doing; `status().state` has the words, in this order. */
const enum State {
  /** The last try failed; the next one comes after a delay. */
  Waiting,
  /** Bringing the modem up: power, SIM, registration, PDP context. */
  Modem,
  /** Connecting to the server. */
  Server,
  /** Connected: fixes go out as they come. */
  Online,
}

const enum Limit {
  /** The first wait after a failure is drawn at random from 1 s to this. */
  Retry_s = 5,
  /** The range doubles with each failure in a row, so many times: 10 minutes. */
  Doublings = 7,
  /** If the modem does not come up at each so many failures in a row, it is restarted. */
  ModemTries = 3,
  /** From this interval on the receiver is switched off between fixes: a hot start costs less than staying on. */
  GnssOff_s = 120,
  /** {"ts":1700000000000,"values":{…}} with four numbers is at most 75 bytes and the names, which are at most 99. */
  Batch = 8,
  /** Before a reboot, so that the answer to its RPC request can leave. */
  Reboot_ms = 3000,
}

/** Espruino for Linux cannot set the system's clock; its `setTime` only makes every timer late or early. */
const SETS_CLOCK = (BOARD as string) !== "LINUX";

/** The REPL's `tracker`. */
export interface Tracker {
  /** One object that says what each part is doing and why. */
  status(): unknown;
  /** Switches the trace of AT and MQTT traffic on (1) or off (0). */
  debug(on: number): void;
}

let config: DeviceConfig;
/** Seconds from round to round; `setInterval` changes it. */
let interval_s: number;
let modem: Modem;
let server: Client;
let state: State;
/** The last fault, "" once connected. */
let reason = "";
let lastFix: Fix | undefined;
/** Why there was no fix in the last round, "" when there was. */
let fixReason = "no fix yet";
/** How often in a row it came to nothing. */
let failures = 0;
/** How often it was connected. */
let connections = 0;
/** 1: a fix is being waited for. */
let locating: 0 | 1 | undefined;
let roundTimer: ReturnType<typeof setTimeout> = 0;

/** `failed`: where the last try ended. */
function connect(failed: State): void {
  state = State.Modem;
  // The first try after things went well: the server alone may be gone, and a new PDP context costs time and energy.
  // Or it was connected by hand meanwhile.
  if (server.status || (failures === 1 && !modem.status().reason)) proceed("");
  // A restart costs more, and a server that is down is not the modem's fault.
  else bringUp(proceed, failed === State.Modem && !(failures % Limit.ModemTries));
}

/**
 * With "" the modem is up, and may know the time: on to the server. Else it is not, or the session ended, and `why`: waits,
 * longer each time, and starts again.
 */
function proceed(why: string, time_ms?: number): void {
  // The receiver works without the network: fixes are taken from the end of the first bringing up on, however it ended.
  if (!roundTimer) takeFix();
  if (!why) {
    if (SETS_CLOCK && time_ms) setTime(time_ms / 1000);
    state = State.Server;
    server.connect(answered);
  } else if (state) {
    // State.Waiting is 0, and it is known already: several parts tell of one loss.
    const delay_s = (1 + Math.random() * (Limit.Retry_s << Math.min(failures++, Limit.Doublings))) | 0;
    setTimeout(connect, delay_s * 1000, state);
    state = State.Waiting;
    reason = why + "; again in " + delay_s + " s";
    print("tracker: " + reason);
  }
}

/** What became of connecting to the server, and of each batch of samples. */
function answered(ok: boolean): void {
  if (state === State.Server) {
    if (ok) {
      state = State.Online;
      reason = "";
      connections++;
      print("tracker: connected");
    }
  } else settle(ok);
  if (ok) drain();
  // Connecting failed, or `server.disconnect()` by hand; while the modem comes up, samples are given up: no news.
  else if (state > State.Modem && !server.status) proceed(server.last_error);
}

/** Hands the oldest samples to the server, as many as one TCP segment takes; `answered` goes on. */
function drain(): void {
  if (state === State.Online && !underWay[0] && samples[0]) {
    take(Limit.Batch);
    server.send_telemetry(underWay[1] ? underWay : (underWay[0] as Values), answered);
  }
}

/** One round: a fix, or the reason why there is none. The next round is armed first: nothing below can stop it. */
function takeFix(): void {
  roundTimer = setTimeout(takeFix, interval_s * 1000);
  if (!locating) {
    locating = 1;
    getFix(modem, config.fix_timeout_s, located);
  }
}

/** `String` stands for a function that does nothing: it is there anyway. */
function located(fix: Fix | null, why: string): void {
  locating = 0;
  if (why && why !== fixReason) print("gnss: " + why);
  fixReason = why;
  if (interval_s >= Limit.GnssOff_s) gnssOff(modem, String);
  // The session lives to see another round, so the next wait starts small again.
  if (state === State.Online) failures = 0;
  if (fix) {
    const values: Values = {};
    const keys = config.keys.split(",");
    for (let i = 0; i < 4; i++)
      if (keys[i]) values[keys[i]] = [fix.longitude, fix.latitude, fix.altitude_m, fix.speed_kmh][i];
    if (SETS_CLOCK && !lastFix) setTime(fix.time_ms / 1000);
    lastFix = fix;
    append({ ts: fix.time_ms, values: values });
    drain();
  }
}

/** Server-side RPC: every request gets an answer, an unknown method an error. */
function onMessage(_topic: string, request: any): void {
  const method = request.method;
  const params = request.params;
  // Declared here, as in the block below it would cost bytes.
  let asked: { interval_s: number };
  let reply: unknown;
  let error = "unknown method " + method;
  if (method === "getPosition") {
    reply = lastFix;
    error = fixReason;
  } else if (method === "getStatus") reply = status();
  else if (method === "reboot") {
    reply = { reboot: 1 };
    setTimeout(E.reboot, Limit.Reboot_ms);
  } else if (method === "setInterval") {
    // `params` is the number of seconds, or {"interval_s": seconds}.
    asked = { interval_s: (params && params.interval_s) || params };
    error = check(asked, { interval_s: [0, 1, 86400] });
    if (!error) {
      reply = asked;
      interval_s = asked.interval_s;
      clearTimeout(roundTimer);
      takeFix();
    }
  }
  server.send_rpc_reply(reply || { error: error }, request.id, String);
}

function status(): unknown {
  return {
    state: ["waiting", "modem", "server", "online"][state],
    reason: reason,
    interval_s: interval_s,
    fix: lastFix,
    gnss: fixReason,
    modem: modem.status(),
    server: server.last_error,
    waiting: samples.length + underWay.length,
    sent: sent,
    dropped: dropped,
    reconnects: connections && connections - 1,
    memory: process.memory(),
  };
}

function debug(on: number): void {
  modem.trace_ = on;
}

/** Starts: the modem comes up, fixes are taken and sent until the board is reset. */
export function startTracker(given: DeviceConfig, its_modem: Modem, its_server: Client): Tracker {
  config = given;
  interval_s = config.interval_s;
  modem = its_modem;
  server = its_server;
  server.callback_ = onMessage;
  server.onClose_ = proceed;
  debug(config.debug);
  connect(State.Waiting);
  return { status: status, debug: debug };
}
