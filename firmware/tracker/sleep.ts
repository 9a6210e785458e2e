/**
 * With `power` "save" the tracker connects only to upload, and sleeps in between: modem, UART and board. This file
 * owns the decision.
 *
 *   asleep ──a round is due──► awake: a fix ──no upload is due──► asleep
 *     ▲                            │ an upload is due, or something happened
 *     │                            ▼
 *     │                        the way to the server (recovery.ts) ──it failed──► asleep until the next try
 *     │                            ▼
 *     │                        what waits is sent ──all of it──► `window_s`, for calls and settings
 *     └──nothing forbids it: leaves the server◄─────────────────────┘
 *
 * What forbids sleep is one list: `hindrance`. None of it can last: each has a time limit of its own.
 */
import { assisting } from "#assistance";
import { openModem, restBoard } from "#board";
import { log } from "#log";
import { isLoading } from "#ota";
import { isAsking } from "#settings";
import { HAS_SLEEP } from "#sleep";
import type { DeviceConfig } from "../device-config.ts";
import { queue } from "../modem/at.ts";
import { isAsleep, reason as modem_reason, wake } from "../modem/network.ts";
import { askGranted, sleep_s, sleepModem } from "../modem/sleep.ts";
import { oldest } from "../mqtt/connection.ts";
import { Reason } from "../reason.ts";
import { ran_ms } from "./clock.ts";
import { apart } from "./health.ts";
import { begins_ms } from "./punctual.ts";
import { hurry, leastDelay_s, leave, State, state } from "./recovery.ts";
import { report, resting, underWay } from "./upload.ts";

const enum Limit {
  /** A sleep that is shorter costs more than it saves: the modem takes 5 s to start, and as long to the network. */
  Worth_s = 60,
  /** After a failure the next try comes after the next report, but after this at the latest. */
  Longest_s = 3600,
  /** Until what ends a round or a connection is done. */
  Soon_ms = 1000,
}

let config: DeviceConfig;
/** 1: a round needs the modem. */
let round: 0 | 1 = 0;
/** 1: an upload is due, and not begun. */
let due: 0 | 1 = 1;
/** When the next one is due, as `ran_ms` has it. */
let upload_ms = 0;
/** Until calls and settings were waited for. */
let window: ReturnType<typeof setTimeout> | 0 = 0;
/** How often the modem was woken, and what for last. */
let wakes = 0;
let woken_for = "";
/** The granted time that was told last, s. */
let told_s: number | undefined;
/** Since when it is awake; and how long it was before that, as far as nobody asked. */
let woke_ms = 0;
let awake_ms = 0;

export function startSleep(its_config: DeviceConfig): void {
  config = its_config;
  settingsForSleep();
}

/** To be called when settings changed: after a failure the next try comes with the next report, and not much later. */
export function settingsForSleep(): void {
  if (HAS_SLEEP)
    leastDelay_s[0] = isSaving()
      ? Math.min(Math.max(config.upload_s || 0, config.interval_s, Limit.Worth_s), Limit.Longest_s)
      : 0;
}

export function isSaving(): boolean {
  return HAS_SLEEP && config.power === "save";
}

/** It may have gone to PSM by itself, which the network lets it wherever nothing goes: then it has to be woken. */
function sleepsAlready(): void {
  if (!isAsleep() && state <= State.Waiting && modem_reason === Reason.ModemPoweredDown) sleep();
}

function sleep(): void {
  const least_s = Math.round((begins_ms - ran_ms()) / 1000);
  woken_for = "another try";
  log("sleep: until the fix in " + least_s + " s");
  sleepModem(least_s, quieten, wakeBoard);
}

/** The board, and the UART of its modem, which is woken. */
function wakeBoard(): void {
  apart[0] = 1;
  woke_ms = ran_ms();
  wakes++;
  log("sleep: awake for " + woken_for);
  restBoard(0);
  openModem(config.modem_port as string);
}

function quieten(): void {
  apart[0] = 2;
  awake_ms += ran_ms() - woke_ms;
  restBoard(1);
}

/** Says what the modem is woken for, if it sleeps. */
function wantFor(what: string): void {
  if (isAsleep()) woken_for = what;
}

/** Calls `go` when the modem takes commands; `roundEnded` follows. */
export function whenAwake(go: () => void): void {
  if (!HAS_SLEEP) return go();
  round = 1;
  if (!isSaving()) return go();
  sleepsAlready();
  wantFor("a fix");
  wake(go);
}

/** Looks whether it may sleep once what ended is done with. */
function sleepSoon(): void {
  setTimeout(sleepIfDue, Limit.Soon_ms);
}

/** A round is over. `is_event`: what it found is told at once. */
export function roundEnded(is_event: boolean): void {
  if (!HAS_SLEEP) return;
  round = 0;
  // Rounds come when the fix does, a little earlier or later.
  if (is_event || ran_ms() + config.interval_s * 500 >= upload_ms) due = 1;
  if (due) sleepIfDue();
  else sleepSoon();
}

/** The server has all that it can have: now it may have something for us. */
export function nothingToSend(): void {
  if (!HAS_SLEEP || !isSaving()) return;
  due = 0;
  upload_ms = ran_ms() + (config.upload_s || 0) * 1000;
  if (!window) window = setTimeout(windowOver, config.window_s * 1000);
}

/** The server said something: more may follow, for as long again. */
export function serverSpoke(): void {
  if (!HAS_SLEEP || !window) return;
  clearTimeout(window);
  window = setTimeout(windowOver, config.window_s * 1000);
}

function windowOver(): void {
  window = 0;
  if (state !== State.Online || !isSaving()) return;
  if (hindrance()) nothingToSend();
  else askGranted(leaveServer);
}

/** What the network granted is known. Where that is news it is told first. */
function leaveServer(): void {
  if (told_s !== sleep_s) {
    told_s = sleep_s;
    report({ psm_s: sleep_s });
    nothingToSend();
  } else leave(sleepSoon);
}

/** Why the modem must not sleep, or the server not be left; "": it may. */
function hindrance(): string {
  if (round) return "a fix";
  if (state === State.Modem || state === State.Server) return "connecting";
  if (state === State.Online && (underWay || resting || oldest())) return "upload";
  if (state === State.Online && isAsking()) return "settings";
  if (state === State.Online && isLoading()) return "firmware";
  if (state === State.Online && assisting()) return "assistance";
  return queue.length ? "modem" : "";
}

/** Goes to sleep, or to the server, as is due. To be called whenever that may have changed, and each 10 s. */
export function sleepIfDue(): void {
  if (!HAS_SLEEP) return;
  if (isSaving()) sleepsAlready();
  // It may have been set meanwhile.
  if (state === State.Resting && (due || !isSaving()) && !round) {
    due = 0;
    wantFor("an upload");
    hurry();
  } else if (
    isSaving() &&
    !isAsleep() &&
    state <= State.Waiting &&
    !hindrance() &&
    begins_ms - ran_ms() >= Limit.Worth_s * 1000
  )
    sleep();
}

/** s that the modem was awake since this was asked last; undefined: it never sleeps. */
export function awakeSinceAsked_s(): number | undefined {
  if (!HAS_SLEEP || !isSaving()) return undefined;
  const found_s = Math.round((awake_ms + ran_ms() - woke_ms) / 1000);
  awake_ms = 0;
  woke_ms = ran_ms();
  return found_s;
}

/** For `tracker.status()`. */
export function sleepWords(): unknown {
  return HAS_SLEEP && isSaving()
    ? {
        hindrance: hindrance(),
        wakes: wakes,
        woken_for: woken_for,
        psm_s: sleep_s,
      }
    : undefined;
}
