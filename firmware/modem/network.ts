/**
 * Brings the modem up: power, SIM, registration, PDP context; and its identity, signal and clock. The way itself is a table
 * of the modem's family, `#modem`; here it is gone, one command after the other. What the answers tell is in answers.ts.
 */
import { assistanceUrc } from "#assistance";
import { commandOf, endSocket, open, socketUrc, valueIn } from "#modem";
import type { Board } from "../../board/board.ts";
import { modemLost, needsPerson, Reason } from "../reason.ts";
import type { Network } from "../socket.ts";
import { words } from "../words.ts";
import { askAnew, iccid, imei, read, signal_dbm, time_ms } from "./answers.ts";
import { abandon, type Channel, command, listen, type SerialPort } from "./at.ts";
import { type SimConfig, Step } from "./way.ts";

/** How far a try to reach the server goes back, each further than the one before. */
export const enum Rung {
  /** A new connection in the same PDP context: nothing for the modem to do. */
  Connection,
  /** A new PDP context. */
  Context,
  /** The radio off and on. */
  Radio,
  /** A restart of the modem. */
  Modem,
  /** Its supply, or its power key. */
  Power,
  /** The board: nothing for the modem to do. */
  Board,
}

const enum Limit {
  /** Between two tries of a step; and a modem that was told to switch off no longer answers. */
  Pause_ms = 3000,
  /** As so many failures counts a command that got no answer: tried three times at most, it is not tried again. */
  NoAnswer = 3,
  /** How often it may start anew while it is brought up: a supply that breaks down makes it do so for ever. */
  Restarts = 3,
}

/** Gets None or the reason why the modem is not up; and the time, ms since 1970, UTC, 0 while nobody knows. */
type Ready = (reason: Reason, time_ms: number) => void;

type ByHand = (error: string, lines: string[], reason: Reason) => void;

export interface ModemStatus {
  /** "up", "starting" or "down". */
  state: string;
  /** Why it is in this state, "" when all is well. */
  reason: string;
  /** Undefined until known, as are the next. */
  imei: string | undefined;
  iccid: string | undefined;
  /** Received signal strength. */
  signal_dbm: number | undefined;
}

/** The REPL's `modem`. */
export interface Modem extends Channel, Network {
  /** What it is doing and why. */
  status(): ModemStatus;
  /**
   * One command by hand; `done`, perhaps `print`, gets why it failed ("": OK), its lines, and the reason's code for programs.
   * False: too many wait.
   */
  at(text: string, done?: ByHand): boolean;
}

let power: Board["power"];
let config: SimConfig;
let ready: Ready;
/** The step under way; before its command there may be a pause. */
let step = Step.None;
let rung: Rung;
/** Why the modem is not up; while it is being brought up, why that takes longer. */
export let reason = Reason.NotStarted;
/** The step that failed last, and how often it did since the way went past it. */
let failing: Step;
let failures: number;
/** How often the modem started anew on the way. */
let restarts: number;
/** Makes the modem of a board, once; nothing is sent before `bringUp`. */
export function createModem(serial: SerialPort, its_power: Board["power"], settings: SimConfig): Modem {
  power = its_power;
  config = settings;
  return listen({ open: open, status: status, at: byHand, port_: serial, urc_: urc, silent_: silent });
}

function byHand(text: string, done?: ByHand): boolean {
  return command(
    text,
    done &&
      function (its_reason, lines) {
        done(words(its_reason), lines, its_reason);
      },
  );
}

function status(): ModemStatus {
  return {
    state: step ? "starting" : reason ? "down" : "up",
    reason: words(reason),
    imei: imei,
    iccid: iccid,
    signal_dbm: signal_dbm,
  };
}

/** Lines that are no answers; see `Channel.urc_`. */
function urc(line: string): boolean {
  socketUrc(line);
  assistanceUrc(line);
  // "APP RDY" and the like belong to a start that "RDY" told of, however late they come.
  if (line === "RDY") lost(Reason.ModemRestarted);
  else if (line.substr(-4) === "DOWN") lost(Reason.ModemPoweredDown);
  // While it is brought up, the SIM may not be ready yet.
  else if (line === "+CPIN: NOT READY" && !step) down(Reason.SimLost);
  else if (line.split('"')[1] === "pdpdeact") down(Reason.ContextLost);
  return line.substr(-3) === "RDY" || line.substr(-4) === "DOWN";
}

/** See `Channel.silent_`; while it is brought up, the step gets to know. */
function silent(): void {
  if (!step) lost(Reason.ModemSilent);
}

/** The modem works, but what the connection stood on is gone; whether there was one or not, the next is of a new context. */
function down(why: Reason): void {
  if (!step && !reason) reason = why;
  endSocket(why);
}

/** The modem is no longer what it was: connection, context and settings are gone. */
function lost(why: Reason): void {
  // Up to Echo it is expected to start.
  if (step ? step > Step.Echo : !reason) {
    down(why);
    // What was sent to it will not be answered; `takeStep` is told so.
    abandon(why);
  }
}

/** Brings the modem up from whatever state it is in, one call at a time. @seldom callbacks */
export function bringUp(done: Ready, its_rung: Rung): void {
  ready = done;
  if (!step) {
    rung = its_rung;
    failing = Step.None;
    failures = restarts = 0;
    askAnew();
    if (rung === Rung.Power) {
      power(0);
      pause();
    }
    goTo(rung === Rung.Modem ? Step.Restart : Step.Probe);
  }
}

function pause(): void {
  command("", 0, Limit.Pause_ms);
}

/** Sends the command of a step, when its turn comes. */
function goTo(next: Step): void {
  const row = commandOf(next, config);
  step = next;
  command(row.text_, takeStep, row.limit_ms_);
}

function end(why: Reason): void {
  step = Step.None;
  reason = why;
  // Whatever connection there was is one of a context that is gone.
  endSocket(why);
  ready(why, time_ms);
}

/** Takes the answer to one step and goes on: to the next, to the same again, or to the end. @seldom */
function takeStep(answer: Reason, lines: string[]): void {
  const now = step;
  if (now === Step.Restart) {
    // One that does not restart when told so is cut off.
    if (answer) power(0);
    pause();
    goTo(answer ? Step.Probe : Step.Echo);
  } else if (now === Step.Probe) {
    // The key toggles: it would switch off a modem that answers, be it late or with an error.
    if (answer === Reason.ModemSilent) {
      power(1);
      pause();
    }
    goTo(Step.Echo);
  } else if (now > Step.Echo && modemLost(answer)) {
    // Begun again, as what was set is gone.
    if (answer === Reason.ModemSilent || ++restarts > Limit.Restarts) end(answer);
    else {
      pause();
      goTo(Step.Echo);
    }
  } else {
    const row = commandOf(now, config);
    const trouble = read(now, answer, valueIn(lines), config.pin);
    if (needsPerson(trouble)) end(trouble);
    else if (!trouble || !row.otherwise_) {
      if (row.otherwise_ && now >= failing) {
        failures = 0;
        reason = Reason.None;
      }
      const next = following(now, trouble, valueIn(lines));
      if (next === Step.Up) end(Reason.None);
      else goTo(next);
    } else {
      failing = now;
      // As it took longer.
      failures += answer === Reason.NoAnswer ? Limit.NoAnswer : 1;
      // Those two say less than what was wanted.
      reason = trouble === Reason.ModemError || trouble === Reason.NoAnswer ? row.otherwise_ : trouble;
      if (failures >= row.tries_) end(reason);
      else {
        pause();
        goTo(retriedFrom(now));
      }
    }
  }
}

/** Where the way goes on. `trouble`: the command failed, and may. */
function following(now: Step, trouble: Reason, value: string): Step {
  switch (now) {
    case Step.PowerSaving:
      return rung === Rung.Radio ? Step.RadioOff : Step.RadioOn;
    case Step.Sim:
      return value === "READY" ? Step.Imei : Step.PinTries;
    case Step.Registered:
    case Step.RegisteredPacket:
      return trouble ? now + 1 : Step.Deactivate;
    case Step.NetworkTime:
      return time_ms ? Step.Up : Step.ClockMode;
    // Local or not: a clock of which that is not known tells nothing.
    case Step.ClockMode:
      return trouble ? Step.Up : Step.Clock;
    default:
      return now + 1;
  }
}

/** Where a step that failed is tried again from. */
function retriedFrom(now: Step): Step {
  switch (now) {
    case Step.Pin:
      return Step.Sim;
    case Step.RegisteredCircuit:
      return Step.Registered;
    case Step.Activate:
      return Step.Deactivate;
    default:
      return now;
  }
}
