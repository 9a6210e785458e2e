/**
 * The tracker: takes a fix each interval, whatever the network does, and puts it into the outbox; hands the server's requests
 * to rpc/command.ts; and tells what each part is doing (`tracker.status()`).
 */
import { assist } from "#assistance";
import { lowValues, measureBattery, startBattery, stretched, tellBattery } from "#battery";
import { BOARD, battery, MODEM_ON_BATTERY, temperature, watchdogBit } from "#board";
import { findCell } from "#cell";
import { measure } from "#extras";
import { gnssOff, gnssWords } from "#gnss";
import { log } from "#log";
import { checkMotion, startMotion, tellMotion } from "#motion";
import { startOta, updateFirmware } from "#ota";
import { findFix, HAS_POLICY, judge, moved, period_s, startPolicy } from "#policy";
import { settings } from "#settings";
import { protectionWords } from "#tls";
import type { DeviceConfig } from "../device-config.ts";
import type { Fix } from "../gnss/fix.ts";
import type { Modem } from "../modem/modem.ts";
import { Reason } from "../reason.ts";
import { command } from "../rpc/command.ts";
import { answerLocate } from "../rpc/locate.ts";
import { connected } from "../rpc/once.ts";
import type { Client, Values } from "../thingsboard/client.ts";
import { ran_ms, startClock } from "./clock.ts";
import { due, Mode, mode, startHealth } from "./health.ts";
import { waiting } from "./journal.ts";
import { Occasion } from "./occasion.ts";
import { sent, useSettings } from "./outbox.ts";
import { beginRound, beginSearch, endSearch, isWorthOff, untilNext_ms } from "./punctual.ts";
import { history, left, reason, State, startRecovery, state } from "./recovery.ts";
import {
  awakeSinceAsked_s,
  isSaving,
  nothingToSend,
  roundEnded,
  serverSpoke,
  settingsForSleep,
  sleepIfDue,
  sleepWords,
  startSleep,
  whenAwake,
} from "./sleep.ts";
import { stateWord } from "./state-word.ts";
import { drain, report, reportHistory, uploadTo } from "./upload.ts";
import { Why } from "./why.ts";

const enum Limit {
  /** An alarm of the accelerometer is no reason for a fix so soon after another. */
  Moved_ms = 60000,
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
/** From round to round, as the next one is armed. */
let armed_s: number;
/** Why the fix is taken that is being waited for. */
let cause = Why.Interval;

/** The modem is up, or is not; or we are online. The receiver works without the network, so fixes are taken anyway. */
function changed(): void {
  if (state === State.Online) connected(server);
  resume();
  if (state === State.Online) askWanted();
  assistReceiver();
}

/** Asks the server what it wants of this device: settings and firmware. */
function askWanted(): void {
  settings(Occasion.Online);
}

/** Goes on with what the mode allows. */
function resume(): void {
  if (mode === Mode.Bare) return;
  if (!roundTimer) takeFix();
  if (state !== State.Online) return;
  if (left) drain();
  else reportHistory(history({}));
}

/** Its timer fired, whose number Espruino gives to the next one. */
function roundDue(): void {
  roundTimer = 0;
  takeFix();
}

/** One round: a fix, or the reason why there is none. The next round is armed first: nothing below can stop it. */
function takeFix(): void {
  beginRound(stretched(period_s()), isSaving());
  arm();
  checkMotion();
  locate(Why.Interval);
}

/** Arms the next round, as long after this one as is due now. */
function arm(): void {
  if (roundTimer) clearTimeout(roundTimer);
  armed_s = stretched(period_s());
  const wait_s = untilNext_ms(armed_s, isSaving()) / 1000;
  roundTimer = setTimeout(roundDue, wait_s * 1000);
  due[0] = wait_s / 10 + Limit.Late;
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
    beginSearch();
    whenAwake(search);
  }
}

function search(): void {
  measureBattery();
  findFix(located);
}

/** The accelerometer moved: a fix is taken, if it stood still, or was not looked at for long. */
function boardMoved(): void {
  if (mode === Mode.Bare) return;
  if (moved()) takeFix();
  else if (!lastFix || ran_ms() - lastFix_ms > Limit.Moved_ms) locate(Why.Motion);
}

/** The battery got low, or half of that. */
function batteryLow(): void {
  // It is measured with a fix.
  if (locating) cause = Why.Battery;
  else if (mode !== Mode.Bare) locate(Why.Battery);
}

function located(fix: Fix | null, why: Reason): void {
  locating = 0;
  if (why && why !== fixReason) log("gnss: " + gnssWords(why));
  fixReason = why;
  const took_ms = endSearch(!!fix);
  let happened = cause >= Why.Start;
  if (fix) {
    lastFix = fix;
    lastFix_ms = ran_ms();
    measure(fix, modem, took_ms, awakeSinceAsked_s, temperature);
    if (judge(fix, cause)) happened = true;
  } else {
    // Kept in place of a fix, with the time, and told apart from one by its key.
    findCell(config, function (cell) {
      report({ cell: cell });
    });
  }
  // An event, with a fix or without.
  if (cause === Why.Battery && !(fix && HAS_POLICY)) report(lowValues());
  if (stretched(period_s()) !== armed_s) arm();
  if (isOffBetween()) gnssOff();
  drain();
  assistReceiver();
  answerLocate(server, position);
  roundEnded(happened);
}

/** Whether the receiver is switched off from fix to fix. */
function isOffBetween(): boolean {
  return isSaving() || isWorthOff(stretched(period_s()));
}

/** One that is on always has its satellites; else it is helped while it is off. */
function assistReceiver(): void {
  if (state === State.Online && !locating && isOffBetween()) assist(config, modem);
}

/** One of the server's requests, or what the tracker has no use for. */
function onMessage(_topic: string, data: any): void {
  serverSpoke();
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
  settingsForSleep();
  startMotion(config.motion, boardMoved);
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
  const found: Record<string, unknown> = history({
    state: stateWord(),
    reason: reason,
    safe_mode: mode || undefined,
    interval_s: config.interval_s,
    fix: lastFix,
    gnss: gnssWords(fixReason),
    modem: modem.status(),
    sleep: sleepWords(),
    server: server.last_error,
    encryption: protectionWords(server.config_),
    waiting: waiting(),
    sent: sent,
    memory: { usage: memory.usage, total: memory.total },
  });
  tellBattery(found);
  tellMotion(found);
  return found;
}

/** All that waited may go. */
function safeModeEnded(): void {
  uploadTo(server, nothingToSend);
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
  startSleep(config);
  startPolicy(config);
  server.callback_ = onMessage;
  settings(Occasion.Start, {
    config_: config,
    server_: server,
    modem_: modem,
    changed_: settingsChanged,
  });
  startOta(server, askWanted);
  startBattery(config, modem, battery, MODEM_ON_BATTERY, batteryLow);
  startMotion(config.motion, boardMoved);
  startHealth(watchdogBit(), safeModeEnded, sleepIfDue);
  if (mode === Mode.Normal) uploadTo(server, nothingToSend);
  debug(config.debug);
  startRecovery(modem, server, changed);
  return { status: status, debug: debug, report: report };
}
