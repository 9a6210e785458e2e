/**
 * The way to the server, and back to it after any loss.
 *
 *   Waiting ──the delay is over──► Modem ──it is up──► Server ──CONNACK 0──► Online
 *      ▲                             │ is not            │ does not accept      │ ended
 *      └─────────────────────────────┴───────────────────┴──────────────────────┘
 *   Resting ──somebody wants to send──► Modem …                Online ──all is sent, and it saves power──► Resting
 *
 * What is tried at which failure in a row is the table in ladder.ts. It begins anew once the server acknowledged something.
 * In between it waits, at random ("full jitter": trackers that lost the server together do not come back together), longer
 * each time.
 */
import { HAS_IDENTITY, logIn, noise } from "#identity";
import { log } from "#log";
import { HAS_SLEEP } from "#sleep";
import type { Modem } from "../modem/modem.ts";
import { bringUp, reason as modem_reason, Rung } from "../modem/network.ts";
import { Reason } from "../reason.ts";
import type { Client } from "../thingsboard/client.ts";
import { words } from "../words.ts";
import { timeTold, Witness } from "./clock.ts";
import { seedJitter } from "./jitter.ts";
import { state as kept, saveState, waiting } from "./journal.ts";
import { Word } from "./kept.ts";
import { Evidence, evidenceOf, ladder, rungAt, wait_s } from "./ladder.ts";
import { Ended, restart } from "./restart.ts";

/** What the tracker is doing; state-word.ts has the words. */
export const enum State {
  /** Not connected, and on purpose: until somebody wants it (sleep.ts). */
  Resting,
  /** The last try failed; the next one comes after a delay. */
  Waiting,
  /** Bringing the modem up: power, SIM, registration, PDP context. */
  Modem,
  /** Connecting to the server. */
  Server,
  /** Connected. */
  Online,
}

const enum Limit {
  /** At so many failures in a row, and each so many, they are written down, to outlast a reset. */
  Written = 3,
  WrittenAgain = 12,
  /** So many failures in a row are enough to find out which packet a server refuses, and some more. */
  Seeks = 12,
  /** Calls of `steady`, 10 s apart: a minute at least. */
  Calm = 7,
  /** More than ten minutes: what went in them without an answer would have ended the connection, and nothing went. */
  Proof = 70,
}

let modem: Modem;
let server: Client;
/** Told of each change of state. */
let changed: () => void;
export let state: State = State.Waiting;
/** The last fault, "" once connected. */
export let reason = "";
/** Why it was lost last. */
let lost = "";
/** Failures in a row, of whatever kind; and of each kind since it was last proven to work. */
let failures: number;
const counts: number[] = [];
/** How the next try goes. */
let rung: Rung;
/** 1: the way changed while the modem comes up. */
let other_way: 0 | 1 = 0;
/** How often each rung was taken, by its number. */
const taken = [0, 0, 0, 0, 0];
/** How often it came online. */
let connections = 0;
/** 1: the server has acknowledged something of ours since the start. */
export let arrived: 0 | 1 = 0;
/** For so many calls of `steady` it has been online. */
let calm: number;
/** 1: the last connection was left on purpose, and nothing failed since. */
export let left: 0 | 1 = 0;
/** Until the next try after a failure, at least; 0: power is not saved. In an array, as it is set from elsewhere. */
export const leastDelay_s = [0];
/** 1: the next try brings it further: the server ended the connection for a packet, and it is to be found out for which; or the modem slept. */
let seeking: 0 | 1 = 0;
/** Until the next try. */
let delay: ReturnType<typeof setTimeout> | 0 = 0;

/** The next try. @seldom */
function attempt(): void {
  // Of a loss while the modem came up, which came up all the same.
  if (state > State.Waiting) return;
  // The board's is the last one, after its power was cut once more in vain.
  const its_rung = rung === Rung.Board ? Rung.Power : rung;
  state = State.Modem;
  (taken[its_rung] as number)++;
  // It may have been connected by hand meanwhile. A modem that is up needs nothing for a new connection.
  if (server.status || (rung === Rung.Connection && modem_reason === Reason.None)) proceed(Reason.None, 0);
  else bringUp(proceed, its_rung);
}

/** The modem is up, and may know the time: on to the server. Or it is not. */
function proceed(why: Reason, time_ms: number): void {
  const imei = modem.status().imei;
  if (imei) seedJitter(imei + " " + Date.now());
  timeTold(Witness.Network, time_ms);
  if (other_way) {
    state = State.Waiting;
    goAnew();
  } else if (why) {
    if (rung === Rung.Board && why === Reason.ModemSilent) restart(Ended.Wanted, words(why));
    fail(why);
  } else {
    state = State.Server;
    if (HAS_IDENTITY && server.config_.provision_key && !server.status) logIn(server, imei, noise, connected);
    else server.connect(connected);
  }
  if (state !== State.Online) changed();
}

function connected(ok: boolean): void {
  if (ok && state === State.Server) {
    state = State.Online;
    proven(Evidence.Ended);
    reason = "";
    calm = 0;
    connections++;
    log("tracker: connected");
    changed();
  } else if (!ok) fail(server.last_reason_);
}

/** It came to nothing, or the session ended: waits, and goes on. Several parts tell of one loss. @seldom */
export function fail(why: Reason): void {
  if (state <= State.Waiting) return;
  // One that saves power and gets no answer goes to PSM by itself: that is no fault of its own.
  const slept = HAS_SLEEP && leastDelay_s[0] && why === Reason.ModemPoweredDown && state > State.Modem;
  if (slept && state === State.Online) {
    // The server has all of it: it is left, some seconds early.
    if (!waiting()) return rest();
    // While we waited, as the server allows no more at once.
    seek();
  }
  const evidence = evidenceOf(slept ? Reason.AnswerMissing : why, state === State.Online);
  left = 0;
  const allowed = ladder(evidence);
  failures++;
  proven(evidence);
  const count = ++(counts[evidence] as number);
  const last = rung;
  rung = rungAt(allowed, count);
  // And before each rung above Context, and once it was in vain. Not at each failure: that takes the room of three fixes.
  if (
    failures === Limit.Written ||
    failures % Limit.WrittenAgain === 0 ||
    rung > Rung.Context ||
    last > Rung.Context
  ) {
    kept[Word.Failures] = failures;
    kept[Word.Evidence] = evidence;
    kept[Word.EvidenceFailures] = count;
    saveState();
  }
  const least_s = HAS_SLEEP && !(seeking && failures < Limit.Seeks) ? (leastDelay_s[0] as number) : 0;
  const delay_s = Math.max(wait_s(failures, allowed), least_s);
  seeking = 0;
  delay = setTimeout(attempt, delay_s * 1000);
  state = State.Waiting;
  // Refused in the server's own words.
  lost = HAS_IDENTITY && why === Reason.ServerSays ? server.last_error : words(why);
  reason = lost + "; again in " + delay_s + " s";
  log("tracker: " + reason);
}

/** To be called before the end of a connection: the next try is worth its power. */
export function seek(): void {
  seeking = 1;
}

/** Somebody wants to be connected now: the next try waits no longer. */
export function hurry(): void {
  if (state <= State.Waiting) {
    if (delay) clearTimeout(delay);
    attempt();
  }
}

/** Leaves the server, to save power, until somebody hurries. `done`: it is left. */
export function leave(done: () => void): void {
  if (state !== State.Online) return;
  rest();
  server.disconnect(done);
}

/** Not connected, on purpose. */
function rest(): void {
  state = State.Resting;
  left = 1;
  rung = Rung.Connection;
}

/** Somebody wants it: ends the connection, and restarts the modem on the way to the next one. */
export function resetModem(): void {
  log("tracker: modem restarts, as asked for");
  rung = Rung.Modem;
  // Else the next try does it.
  if (state === State.Online) {
    state = State.Waiting;
    server.disconnect(attempt);
  }
}

/** The settings of the way changed: it is gone anew, from the PDP context on. */
export function goAnew(): void {
  // A modem that comes up goes through with that.
  other_way = state === State.Modem ? 1 : 0;
  if (other_way) return;
  forget();
  // Whatever rung led to the connection that was.
  rung = Rung.Context;
  // So that the end of the connection is no failure.
  state = State.Waiting;
  server.disconnect(attempt);
}

/** What comes before this on the way works. */
function proven(evidence: Evidence): void {
  for (let before = 0; before < evidence; before++) counts[before] = 0;
}

/** The server has something of ours: what failed before is over. */
export function acknowledged(): void {
  arrived = 1;
  forget();
}

function forget(): void {
  if (!failures) return;
  failures = 0;
  proven(Evidence.Count);
  if (kept[Word.Failures]) {
    kept[Word.Failures] = kept[Word.Evidence] = kept[Word.EvidenceFailures] = 0;
    saveState();
  }
}

/**
 * To be called each 10 s. `sending`: samples go to the server. At QoS 0, and while none go, nothing is acknowledged: then a
 * minute online stands for it.
 */
export function steady(sending: boolean): void {
  if (
    state === State.Online &&
    ++calm >= Limit.Calm &&
    (!(sending && server.config_.qos) || calm > Limit.Proof)
  ) {
    forget();
    if (!server.config_.qos) arrived = 1;
  }
}

/** Puts what happened on the way into `into`: what was done how often, and why it was lost last. */
export function history<T extends Record<string, unknown>>(into: T): T {
  const found = into as Record<string, unknown>;
  function count(name: string, times: number): void {
    if (times > 0) found[name] = times;
  }
  count("reconnects", connections - 1);
  count("contexts", taken[Rung.Context] as number);
  count("radio_resets", taken[Rung.Radio] as number);
  count("modem_resets", taken[Rung.Modem] as number);
  count("power_cycles", taken[Rung.Power] as number);
  found.reboots = (kept[Word.Starts] as number) - 1;
  found.dropped = kept[Word.Dropped];
  if (lost) found.lost = lost;
  return into;
}

/** Starts. `its_change`: called after each change of state that is no failure, and after the first. */
export function startRecovery(its_modem: Modem, its_server: Client, its_change: () => void): void {
  modem = its_modem;
  server = its_server;
  changed = its_change;
  server.onClose_ = fail;
  // What failed before the reset goes on, and the rung that was due is taken. That of the board was this start.
  const evidence = kept[Word.Evidence] as Evidence;
  const count = kept[Word.EvidenceFailures] as number;
  failures = kept[Word.Failures] as number;
  proven(Evidence.Count);
  counts[evidence] = count;
  rung = count ? rungAt(ladder(evidence), count) : Rung.Context;
  if (rung === Rung.Board || rung === Rung.Connection) rung = Rung.Context;
  attempt();
}
