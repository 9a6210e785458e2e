/** The outbox's way to the server: a packet of the oldest samples at a time, and what becomes of it. */
import { HAS_SLEEP } from "#sleep";
import { Role } from "../mqtt/session.ts";
import { json } from "../mqtt/text.ts";
import { Reason } from "../reason.ts";
import { type Client, sendTelemetry, type Values } from "../thingsboard/client.ts";
import { askLimits } from "../thingsboard/rate-limits.ts";
import { words } from "../words.ts";
import { now_ms } from "./clock.ts";
import { waitsAt } from "./journal.ts";
import { append, giveUp, points, samples, settle, take } from "./outbox.ts";
import { paceCleared, packetLost, packetTaken, pause_ms, setLimits, spend } from "./pace.ts";
import { appended } from "./queue.ts";
import { acknowledged, fail, hurry, State, seek, state } from "./recovery.ts";
import { acquitted, nothingProven, othersTaken, refused, suspect, trialDue } from "./suspects.ts";
import type { Aside } from "./under-way.ts";

const enum Limit {
  /** Until a message is tried again that had no room among those in flight. */
  Busy_ms = 1000,
}

/** Undefined: nothing is sent, as in safe mode. */
let server: Client | undefined;
let idle: () => void;
/** 1: a packet is with the server. Its text is the session's then: a second one would take a hundred variables. */
export let underWay: 0 | 1 = 0;
/** It is this suspect, alone; see suspects.ts. */
let trial: Aside | undefined;
/** Its text. */
let suspected = "";
/** The address of the last report of what happened on the way; 0: there was none. */
let history_at = 0;
/** 1: the next packet has to wait. */
export let resting: 0 | 1 = 0;

/** From now on the samples go to this server. `its_idle`: told whenever it has all that it can have. */
export function uploadTo(its_server: Client, its_idle: () => void): void {
  server = its_server;
  idle = its_idle;
}

/** Keeps values of the user's own, with the time, and sends them when they may go. "", or why they cannot be kept. */
export function report(values: Values): string {
  const text = json(values);
  const reason = text[0] === "{" ? append(now_ms(), 0, text) : Reason.NotAnObject;
  drain();
  return words(reason);
}

/**
 * Reports what happened on the way, unless the server lacks the last such report: there is one a connection, and one that
 * the server refuses, and ends the connection for, would breed more.
 */
export function reportHistory(values: Values): void {
  if (!history_at || !waitsAt(history_at)) {
    append(now_ms(), 0, json(values));
    history_at = appended;
  }
  drain();
}

/** Hands the oldest samples to the server, if they may go now; `answered` goes on. */
export function drain(): void {
  let packet: string;
  let pause: number;
  if (!server || state !== State.Online || underWay || resting) return;
  // By hand, with `server.disconnect()`: else recovery would know.
  if (!server.status) return fail(server.last_reason_);
  trial = trialDue();
  packet = take(trial);
  if (packet) {
    pause = pause_ms(points);
    if (pause) {
      settle(false);
      rest(pause);
    } else {
      underWay = 1;
      suspected = trial ? packet : "";
      spend(points);
      sendTelemetry(server, packet, answered, Role.Once);
    }
  } else idle();
}

/**
 * Somebody wants what waits to go now: the next try to connect waits no longer. While connected all goes as soon as the server's
 * limits allow it. Undefined, or why nothing goes.
 */
export function flush(): unknown {
  hurry();
  drain();
  return server ? undefined : { error: "safe mode" };
}

/** Goes on after a while. Not at once even if that is 0, as the interpreter's stack is short. */
function rest(pause: number): void {
  resting = 1;
  setTimeout(rested, pause);
}

function rested(): void {
  resting = 0;
  drain();
}

/** What became of the packet. */
function answered(ok: boolean): void {
  const its_server = server as Client;
  const reason = its_server.last_reason_;
  underWay = 0;
  if (ok) {
    settle(true);
    packetTaken();
    if (its_server.config_.qos) acknowledged();
    askLimits(its_server, setLimits);
    if (trial) acquitted();
    else othersTaken();
    rest(pause_ms(points));
  } else if (its_server.status) {
    // It was not sent.
    settle(false);
    rest(Limit.Busy_ms);
  } else if (reason === Reason.Disconnected) {
    settle(false);
    // While the modem comes up, that is no news.
    if (state > State.Modem) fail(reason);
  } else lost(reason);
}

/** The connection ended while the packet was with the server. @seldom */
function lost(reason: Reason): void {
  // The server ended it, which the modem may have noticed first, or did not answer.
  const by_server =
    reason === Reason.ClosedByServer || reason === Reason.LinkLost || reason === Reason.AnswerMissing;
  if (HAS_SLEEP && by_server) seek();
  if (trial && by_server) {
    if (refused(trial)) {
      // Not the pace was to blame.
      paceCleared();
      giveUp(suspected, reason);
    }
  } else {
    packetLost(samples, by_server);
    nothingProven();
    if (samples === 1 && by_server && !trial) suspect();
  }
  settle(false);
}
