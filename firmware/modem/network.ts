/**
 * Brings the modem up: power, SIM, registration, PDP context; and its identity, signal and clock.
 * BG96, BG95, EC21, EC25. Clauses: Quectel BG96 AT Commands Manual (AT), TCP/IP Application Note (TCP).
 */
import type { Board, OutputPin, PinSteps } from "../../board/board.ts";
import type { Network } from "../socket.ts";
import { at, type Channel, command, type Done, explain, finish, listen, type SerialPort } from "./at.ts";
import { endSocket, open, resetSocket, socketUrc } from "./socket.ts";

/** The steps of bringing up, in order; `takeStep` has their commands. */
const enum Step {
  /** It is up, or it is not usable and the reason says why. */
  None,
  /** The board's power sequence. */
  Pins,
  Restart,
  Echo,
  Errors,
  UrcPort,
  SendEcho,
  Sleep,
  PowerSaving,
  Sim,
  PinTries,
  Pin,
  Imei,
  Iccid,
  Network,
  /** Whatever became of the context: an active one would make Activate fail. */
  Deactivate,
  Configure,
  Activate,
  Signal,
  /** The time the network told. */
  Time,
  /** The modem's own clock. */
  OwnTime,
}

/** How often a step is tried again, Limit.Pause_ms apart. */
const enum Tries {
  /** A modem may take 30 s to boot; each takes 9 s. */
  Echo = 4,
  /** The SIM may take 20 s (AT 5.3). */
  Sim = 12,
  /** Each takes 4 s more. */
  Context = 2,
  /** 90 s for the cell and 60 s for packet service (TCP 1.3), and some. */
  Network = 90,
}

const enum Limit {
  /** January 2020; a clock that says less, or twice as much (2070), is not set. */
  Known_ms = 1580000000000,
  Pause_ms = 2000,
}

/** The SIM's access point and PIN; none of them may hold a quote. */
export interface SimConfig {
  apn: string;
  apn_user: string;
  apn_password: string;
  pin: string;
}

/** Gets "" or the reason why the modem is not up, and the time: ms since 1970, UTC, absent while nobody knows. */
type Ready = (reason: string, time_ms?: number) => void;

export interface ModemStatus {
  /** "up", "starting" or "down". */
  state: string;
  /** Why it is in this state, "" when all is well. */
  reason: string;
  /** "" until known, as is the next. */
  imei: string;
  iccid: string;
  /** Received signal strength. */
  signal_dbm: number | undefined;
}

/** The REPL's `modem`. */
export interface Modem extends Channel, Network {
  /** What it is doing and why. */
  status(): ModemStatus;
  at(text: string, done?: Done): boolean;
}

let power: Board["powerSteps"];
let config: SimConfig;
/** The step under way; during a pause, the next one. */
let step: Step;
let reason: string;
let ready: Ready;
let tries: number;
/** The power key was pressed, or a restart asked for. */
let started: boolean;
let pins: PinSteps;
/** 1: the PIN was entered, and the SIM was not ready since. A wrong PIN is never tried twice. */
let pinned: 0 | 1;
let imei: string;
let iccid: string;
let signal_dbm: number | undefined;

/** Makes the modem of a board, the only one; nothing is sent before `bringUp`. */
export function createModem(
  serial: SerialPort,
  power_steps: Board["powerSteps"],
  settings: SimConfig,
): Modem {
  const made: Modem = { open: open, status: status, at: at, port_: serial, urc_: urc };
  power = power_steps;
  config = settings;
  step = pinned = 0;
  reason = "off";
  imei = iccid = "";
  resetSocket();
  listen(made);
  return made;
}

function status(): ModemStatus {
  return {
    state: step ? "starting" : reason ? "down" : "up",
    reason: reason,
    imei: imei,
    iccid: iccid,
    signal_dbm: signal_dbm,
  };
}

/** Ends the bringing up, or the being up: a modem that is down has no connection. */
function settle(why: string, time_ms?: number): void {
  const asked = step;
  step = Step.None;
  reason = why;
  if (why) endSocket(why);
  if (asked) ready(why, time_ms);
}

/** Lines that are no answers; see `Channel.urc_`. */
function urc(line: string): unknown {
  const gone = /(RDY|DOWN|NOT READY)$|^no ans/.test(line);
  // What a modem says that starts. APP RDY and +CPIN (they are less than "B") can come until it is up.
  if (gone && (step ? step > Step.Echo && line > "B" : !reason)) {
    // Only the channel's own line is lower case.
    if (line < "a") line = "modem says " + line + ": check supply";
    settle(line);
    // What was sent to it will not be answered.
    finish(99, line);
  } else if (/pdpdeact/.test(line)) endSocket(explain("570"));
  else socketUrc(line);
  return gone;
}

/**
 * Brings the modem up from whatever state it is in, one call at a time; `restart`: restarts it first, if need be by
 * its supply or power key.
 */
export function bringUp(done: Ready, restart?: unknown): void {
  const idle = !step;
  ready = done;
  if (idle) {
    started = false;
    tries = Tries.Echo;
    step = restart ? Step.Restart : Step.Echo;
    takeStep("pause", []);
  }
}

/** Takes the answer to one step of bringing up, or the end of the pause before it, and goes on. */
function takeStep(error: string, lines: string[]): void {
  const line = lines[0] || "";
  const all = lines.join();
  const now = step;
  let next = error === "pause" ? now : now + 1;
  let pause_ms = 0;
  /** Why the step is to be repeated: what is wrong if that does not help. */
  let again = "";
  // It ended: the modem restarted, or the like.
  if (!now) return;
  switch (next === now ? Step.None : now) {
    case Step.Restart:
      next = Step.Pins;
      pins = error ? power(0) : [];
      started = !error;
      break;
    case Step.Echo:
    case Step.Errors:
      // Between RDY and APP RDY commands can fail.
      if (!error) tries = Tries.Sim;
      else if (started || error < "a") again = explain(error);
      else {
        // PWRKEY toggles: only a modem that does not answer gets it.
        next = Step.Pins;
        pins = power(1);
        started = true;
      }
      break;
    case Step.Sim: {
      const word = line.substr(7);
      if (word === "READY") {
        pinned = 0;
        tries = Tries.Network;
        next = Step.Imei;
      } else if (word === "SIM PIN" && config.pin) {
        if (pinned) return settle(explain("16"));
      } else if (/^[PS]/.test(word)) return settle(word + ": use a phone or set pin");
      // "SIM busy", NOT READY and even "not inserted" are normal at first (AT 5.3).
      else again = explain(error || "14");
      break;
    }
    case Step.PinTries:
      // +QPINC: "SC",3,10
      if (+(all.split(",")[1] as string) < 2) return settle("one PIN try left: use a phone");
      pinned = 1;
      break;
    case Step.Pin:
      // It was right; a modem that restarts before it says READY wants it again.
      if (!error) pinned = 0;
      next = Step.Sim;
      pause_ms = Limit.Pause_ms;
      break;
    case Step.Imei:
      imei = line;
      break;
    case Step.Iccid:
      iccid = line.substr(8).split("F")[0] as string;
      break;
    case Step.Network:
      // Any of the three counts: on LTE-M CGREG stays 0 or 4. Signal strength proves nothing.
      if (/REG: \d,[15]/.test(all)) tries = Tries.Context;
      else again = /REG: \d,3/.test(all) ? "network refuses SIM: check plan" : "no network: check antenna";
      break;
    case Step.Activate:
      if (error) again = explain(error === "ERROR" ? "561" : error);
      break;
    case Step.Signal:
      // +QCSQ: "CAT-M1",-52,… AT+CSQ says 99, unknown, on some LTE-M modems.
      signal_dbm = +(line.split(",")[1] as string);
      break;
    case Step.Time:
    case Step.OwnTime: {
      // +QLTS: "2017/01/13,03:41:22+32,0" and +CCLK: "17/01/13,03:41:22+32": UTC both, whatever zone follows. An unset
      // clock shows 1980 or so (AT 6.7, 6.16).
      const time_ms = Date.parse(all.replace(/.*(..).(..).(..),(........).*/, "20$1-$2-$3T$4Z"));
      if (((time_ms / Limit.Known_ms) | 0) === 1) return settle("", time_ms);
      if (now === Step.OwnTime) return settle("");
    }
  }
  if (again) {
    next = now === Step.Activate ? Step.Deactivate : now;
    pause_ms = Limit.Pause_ms;
    if (tries-- < 1) return settle(again);
  }
  if (next === Step.Pins) {
    pause_ms = Limit.Pause_ms;
    if (pins.length) {
      (pins.shift() as OutputPin).write(pins.shift() as 0 | 1);
      pause_ms = (pins.shift() as number) || 1;
    } else next = Step.Echo;
  }
  if (again || next !== now) reason = again;
  step = next;
  command(
    pause_ms
      ? ""
      : "AT" +
          '||+CFUN=1,1|E0|+CMEE=1|+QURCCFG="urcport","uart1"|+QISDE=0|+QSCLK=0|+CPSMS=0|+CPIN?|+QPINC="SC"|+CPIN="|+CGSN|+QCCID|+CEREG?;+CGREG?;+CREG?|+QIDEACT=1|+QICSGP=1,1,"|+QIACT=1|+QCSQ|+QLTS=1|+CCLK?'.split(
            "|",
          )[next] +
          (next === Step.Configure
            ? [config.apn, config.apn_user, config.apn_password].join('","') +
              '",' +
              (config.apn_user ? 3 : 0)
            : next === Step.Pin
              ? config.pin + '"'
              : ""),
    pause_ms || (next === Step.Activate ? 150000 : next === Step.Echo ? 1000 : 40000),
    takeStep,
  );
}
