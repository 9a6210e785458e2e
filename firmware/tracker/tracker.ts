/**
 * The tracker: takes a fix each interval, whatever the network does, and puts it into the outbox; hands the server's requests
 * to rpc/command.ts; and tells what each part is doing (`tracker.status()`).
 */
import { BOARD, watchdogBit } from "#board";
import { measure } from "#extras";
import { gnssOff, gnssWords } from "#gnss";
import { log } from "#log";
import { startOta, updateFirmware } from "#ota";
import { findFix, judge, moved, period_s, startPolicy } from "#policy";
import { settings } from "#settings";
import { protectionWords } from "#tls";
import type { Fix } from "../gnss/fix.ts";
import type { Modem } from "../modem/network.ts";
import { Reason } from "../reason.ts";
import { command } from "../rpc/command.ts";
import { answerLocate } from "../rpc/locate.ts";
import { connected } from "../rpc/once.ts";
import type { DeviceConfig } from "../settings.ts";
import type { Client, Values } from "../thingsboard/client.ts";
import { ran_ms, startClock } from "./clock.ts";
import { due, Mode, mode, startHealth } from "./health.ts";
import { waiting } from "./journal.ts";
import { Occasion } from "./occasion.ts";
import { sent, useSettings } from "./outbox.ts";
import { history, reason, State, startRecovery, state, stateWord } from "./recovery.ts";
import { drain, report, reportHistory, uploadTo } from "./upload.ts";
import { Why } from "./why.ts";

const enum Limit {
  /** From this interval on the receiver is switched off between fixes: a hot start costs less than staying on. */
  GnssOff_s = 120,
  /** Kicks, 10 s apart, that a round may be late. */
  Late = 60,
}

/** The REPL's `tracker`. */
export interface Tracker {
  /** One object that says what each part is doing and why. */
  status(): unknown;
  /** Switches the trace of AT and MQTT traffic on (1) or off (0). */
  debug(on: number): void;
  /** Keeps values of your own, with the time, until the server has them, as it does fixes. "", or why it cannot. */
  report(values: Values): string;
}

let config: DeviceConfig;
let modem: Modem;
let server: Client;
let lastFix: Fix | undefined;
/** How long the board ran when it came. */
let lastFix_ms: number;
/** Why there was no fix in the last round, None when there was. */
let fixReason = Reason.NoRound;
/** 1: a fix is being waited for. */
let locating: 0 | 1 | undefined;
let roundTimer: ReturnType<typeof setTimeout> = 0;
/** How long the board ran when the round began, and the time until the next one. */
let round_ms: number;
let armed_s: number;
/** Why the fix is taken that is being waited for, and since when. */
let cause = Why.Interval;
let locate_ms: number;

/** The modem is up, or is not; or we are online. The receiver works without the network, so fixes are taken anyway. */
function changed(): void {
  if (state === State.Online) connected(server);
  resume();
  if (state === State.Online) askWanted();
}

/** Asks the server what it wants of this device: settings and firmware. */
function askWanted(): void {
  settings(Occasion.Online);
}

/** Goes on with what the mode allows. */
function resume(): void {
  if (mode === Mode.Bare) return;
  if (!roundTimer) takeFix();
  if (state === State.Online) reportHistory(history({}));
}

function roundDue(): void {
  roundTimer = 0;
  takeFix();
}

/** One round: a fix, or the reason why there is none. The next round is armed first: nothing below can stop it. */
function takeFix(): void {
  round_ms = ran_ms();
  arm();
  locate(Why.Interval);
}

/** Arms the next round, as long after the beginning of this one as is due now. */
function arm(): void {
  if (roundTimer) clearTimeout(roundTimer);
  armed_s = period_s();
  roundTimer = setTimeout(roundDue, Math.max(armed_s * 1000 + round_ms - ran_ms(), 0));
  due[0] = armed_s / 10 + Limit.Late;
}

/** For a command: not in the mode in which fixes may be what crashes. */
function locateNow(): void {
  if (mode === Mode.Bare) answerLocate(server, position);
  else locate(Why.Call);
}

/** Takes a fix, if none is being waited for. */
function locate(its_cause: Why): void {
  if (!locating) {
    locating = 1;
    cause = its_cause;
    locate_ms = ran_ms();
    findFix(located);
  }
}

/** The accelerometer moved: a round begins, if it stood still. */
export function boardMoved(): void {
  if (mode !== Mode.Bare && moved()) takeFix();
}

function located(fix: Fix | null, why: Reason): void {
  locating = 0;
  if (why && why !== fixReason) log("gnss: " + gnssWords(why));
  fixReason = why;
  if (fix) {
    lastFix = fix;
    lastFix_ms = ran_ms();
    measure(fix, modem, lastFix_ms - locate_ms);
    judge(fix, cause);
    if (period_s() !== armed_s) arm();
  }
  if (period_s() >= Limit.GnssOff_s) gnssOff();
  drain();
  answerLocate(server, position);
}

/** One of the server's requests, or what the tracker has no use for. */
function onMessage(_topic: string, data: any): void {
  if (server.current_)
    command(server, data, {
      modem_: modem,
      remote_at_: config.remote_at,
      status_: status,
      position_: position,
      locate_: locateNow,
      setSettings_: function (values) {
        return settings(Occasion.Call, values);
      },
      updateFirmware_: updateFirmware,
    });
}

/** Settings changed: the round begins anew. */
function settingsChanged(): void {
  debug(config.debug);
  if (mode !== Mode.Bare) takeFix();
}

/** See `Actions`. */
function position(fresh: boolean): unknown {
  const why = gnssWords(fixReason);
  const found: any = {};
  if (!lastFix) return { error: why };
  for (const name in lastFix) found[name] = (lastFix as any)[name];
  found.age_s = Math.round((ran_ms() - lastFix_ms) / 1000);
  if (fresh && why) found.reason = why;
  return found;
}

/** What each part is doing. @seldom */
function status(): unknown {
  const memory = process.memory();
  return history({
    state: stateWord(),
    reason: reason,
    safe_mode: mode || undefined,
    interval_s: config.interval_s,
    fix: lastFix,
    gnss: gnssWords(fixReason),
    modem: modem.status(),
    server: server.last_error,
    encryption: protectionWords(server.config_),
    waiting: waiting(),
    sent: sent,
    memory: { usage: memory.usage, total: memory.total },
  });
}

/** All that waited may go. */
function safeModeEnded(): void {
  uploadTo(server);
  resume();
  drain();
}

function debug(on: number): void {
  modem.trace_ = on;
}

/** Starts: the modem comes up, fixes are taken and sent until the board is reset. The journal is open. */
export function startTracker(given: DeviceConfig, its_modem: Modem, its_server: Client): Tracker {
  config = given;
  modem = its_modem;
  server = its_server;
  // Espruino for Linux cannot set the system's clock; its `setTime` only makes every timer late or early.
  startClock((BOARD as string) !== "LINUX");
  useSettings(config);
  startPolicy(config);
  server.callback_ = onMessage;
  settings(Occasion.Start, {
    config_: config,
    server_: server,
    modem_: modem,
    changed_: settingsChanged,
  });
  startOta(server, askWanted);
  startHealth(watchdogBit(), safeModeEnded);
  if (mode === Mode.Normal) uploadTo(server);
  debug(config.debug);
  startRecovery(modem, server, changed);
  return { status: status, debug: debug, report: report };
}
