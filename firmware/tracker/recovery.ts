/**
 * The way to the server, and back to it after any loss: one state machine. Each failure in a row goes further: a new
 * connection, a new PDP context, the radio off and on, a restart of the modem, its power, the board. In between it waits,
 * at random ("full jitter": trackers that lost the server together do not come back together), longer each time.
 */
import { bringUp, type Modem, Rung } from "../modem/network.ts";
import { needsPerson, Reason, words } from "../reason.ts";
import type { Client } from "../thingsboard/client.ts";
import { restart } from "./health.ts";
import { state as kept, saveState, Word } from "./journal.ts";
import { clockIs } from "./outbox.ts";

/** Espruino's. */
declare function print(text: string): void;

/** What the tracker is doing; `status().state` has the words, in this order. */
export const enum State {
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
  /** The first wait is from 1 s to this; the range doubles with each failure, so many times; then it is Cap_s. */
  First_s = 10,
  Doublings = 6,
  Cap_s = 600,
  /** After the reboot, the spacing of Quectel's own advice: 10, 30, 60 minutes. A server that refuses is asked as before. */
  Later_s = 1800,
  Last_s = 3600,
  /** The failure that reboots the board; and each so many later. */
  Reboot = 12,
  /** Calls of `steady`, 10 s apart: a minute at least. */
  Calm = 7,
}

let modem: Modem;
let server: Client;
/** Told of each change of state. */
let changed: () => void;
export let state: State;
/** The last fault, "" once connected. */
export let reason = "";
/** Why it was lost last. */
let lost = "";
/** Failures in a row. */
let failures: number;
/** How the next try goes. */
let way: Rung;
/** How often each way was gone; of the first, how often it came online again. */
const counts = [-1, 0, 0, 0, 0];
/** For so many calls of `steady` it has been online. */
let calm: number;

/** The next try. */
function attempt(): void {
  if (way === Rung.Board) {
    kept[Word.Failures] = Limit.Reboot;
    restart("reboot", lost);
  }
  state = State.Modem;
  if (way) (counts[way] as number)++;
  // The server alone may be gone, and a new PDP context costs time and energy. Or it was connected by hand meanwhile.
  if (server.status || !(way || modem.status().reason)) proceed(Reason.None, 0);
  else bringUp(proceed, way);
}

/** With "" the modem is up, and may know the time: on to the server. Else it is not. */
function proceed(why: Reason, time_ms: number): void {
  if (time_ms) clockIs(time_ms);
  if (why) fail(why);
  else {
    state = State.Server;
    server.connect(connected);
  }
  changed();
}

function connected(ok: boolean): void {
  if (ok && state === State.Server) {
    state = State.Online;
    reason = "";
    calm = 0;
    (counts[0] as number)++;
    print("tracker: connected");
    changed();
  } else if (!ok) fail(server.last_reason_);
}

/** From a failure to the next try, drawn at random. */
export function wait_s(failures: number, next: Rung): number {
  const most_s =
    next && failures > Limit.Reboot
      ? failures > Limit.Reboot + 1
        ? Limit.Last_s
        : Limit.Later_s
      : failures > Limit.Doublings
        ? Limit.Cap_s
        : Limit.First_s << (failures - 1);
  return (1 + Math.random() * most_s) | 0;
}

/** It came to nothing, or the session ended: waits, and goes on. Several parts tell of one loss. */
export function fail(why: Reason): void {
  if (state) {
    failures++;
    // A server that says no, or its machine, was reached; and the SIM's owner must act: going further would not help, and
    // the board would forget that it tried the PIN.
    way =
      needsPerson(why) || (why >= Reason.RefusedProtocol && why <= Reason.RefusedLogin) || failures < 3
        ? Rung.Connection
        : failures % Limit.Reboot
          ? Math.min((failures - 1) >> 1, Rung.Power)
          : Rung.Board;
    const delay_s = wait_s(failures, way);
    setTimeout(attempt, delay_s * 1000);
    state = State.Waiting;
    lost = words(why);
    reason = lost + "; again in " + delay_s + " s";
    print("tracker: " + reason);
  }
}

/** To be called each 10 s. After a minute online the next loss is the first again. */
export function steady(): void {
  if (state === State.Online && ++calm >= Limit.Calm && failures) {
    failures = 0;
    if (kept[Word.Failures]) {
      kept[Word.Failures] = 0;
      saveState();
    }
  }
}

/** Puts what happened on the way into `into`: what was done how often, and why it was lost last. */
export function history<T extends Record<string, unknown>>(into: T): T {
  const found = into as Record<string, unknown>;
  // In the order of Rung.
  "reconnects,contexts,radio_resets,modem_resets,power_cycles".split(",").forEach(function (name, i) {
    if ((counts[i] as number) > 0) found[name] = counts[i];
  });
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
  // The board was rebooted because nothing else had helped.
  failures = kept[Word.Failures] as number;
  way = Rung.Context;
  attempt();
}
