/**
 * Brings the modem up: power, SIM, registration, PDP context; and its identity, signal and clock. The way itself is a table
 * of the modem's family, `#modem`; here it is gone, one command after the other. What the answers tell is in answers.ts.
 */
import { assistanceUrc } from "#assistance";
import { commandOf, endSocket, open, socketUrc, valueIn } from "#modem";
import { HAS_SLEEP } from "#sleep";
import { lteIs } from "#turns";
import { type Board, Power } from "../../board/board.ts";
import { modemLost, needsPerson, Reason } from "../reason.ts";
import { words } from "../words.ts";
import { askAnew, iccid, imei, read, signal_dbm, time_ms } from "./answers.ts";
import { abandon, command, listen } from "./at.ts";
import type { ByHand, Modem, ModemStatus } from "./modem.ts";
import type { SerialPort } from "./serial-port.ts";
import { following, Lte, Rest, retriedFrom, type SimConfig, Step } from "./way.ts";

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
  /** For so many times that it is woken PSM is not asked for, once that came before there was a connection. */
  Wakeful = 24,
}

/** Gets None or the reason why the modem is not up; and the time, ms since 1970, UTC, 0 while nobody knows. */
type Ready = (reason: Reason, time_ms: number) => void;

let power: Board["power"];
let config: SimConfig;
/** Waits until it is up; 0: nobody does. */
let ready: Ready | 0 = 0;
/** Waits until it takes commands; 0: nobody does. */
let woken: (() => void) | 0 = 0;
let rest = Rest.None;
/** Makes the board ready for a modem that is awake. */
let wakeBoard: () => void;
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
/** How often it is yet to be woken before it may have PSM again: the network lets it no time to connect. */
let wakeful = 0;
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
    state: step ? "starting" : HAS_SLEEP && rest ? "asleep" : reason ? "down" : "up",
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
  if (HAS_SLEEP && line === "RDY" && step === Step.Wake) abandon(Reason.None);
  else if (line === "RDY") lost(Reason.ModemRestarted);
  else if (HAS_SLEEP && rest && line.substr(-4) === "DOWN") abandon(Reason.ModemPoweredDown);
  else if (line.substr(-4) === "DOWN") {
    lost(Reason.ModemPoweredDown);
    // Unless who heard of that has it fall asleep.
    if (HAS_SLEEP && !step && !rest && config.power === "save") rest = Rest.ByItself;
  }
  // While it is brought up, the SIM may not be ready yet.
  else if (line === "+CPIN: NOT READY" && !step) down(Reason.SimLost);
  else if (line.split('"')[1] === "pdpdeact") down(Reason.ContextLost);
  return line.substr(-3) === "RDY" || line.substr(-4) === "DOWN";
}

/** See `Channel.silent_`; while it is brought up, the step gets to know. */
function silent(): void {
  if (!step) lost(Reason.ModemSilent);
}

/** As far as is known, be it without a network. */
function takesCommands(): boolean {
  return !reason || (HAS_SLEEP && reason === Reason.NotStarted);
}

/** The modem works, but what the connection stood on is gone; whether there was one or not, the next is of a new context. */
function down(why: Reason): void {
  if (!step && takesCommands()) reason = why;
  endSocket(why);
}

/** The modem is no longer what it was: connection, context and settings are gone. */
function lost(why: Reason): void {
  // Up to Echo it is expected to start.
  if (step ? step > Step.Echo : takesCommands()) {
    down(why);
    // What was sent to it will not be answered; `takeStep` is told so.
    abandon(why);
  }
}

/** Brings the modem up from whatever state it is in, one call at a time. */
export function bringUp(done: Ready, its_rung: Rung): void {
  ready = done;
  begin(its_rung);
}

/**
 * Calls `done` when the modem takes commands, be it without a network; or when it does not, which they tell then. Never from
 * inside this call; one call at a time.
 */
export function wake(done: () => void): void {
  woken = done;
  if (step || rest) begin(Rung.Connection);
  else setTimeout(tellWoken, 0);
}

function tellWoken(): void {
  const its_woken = woken;
  woken = 0;
  if (its_woken) its_woken();
}

/** From now on it may switch off or sleep: that is no fault. `before_waking`: called before its key is pressed. */
export function fallAsleep(before_waking: () => void): void {
  wakeBoard = before_waking;
  rest = Rest.Falling;
  reason = Reason.NotStarted;
  endSocket(reason);
}

/** It sleeps, or is falling asleep. */
export function isAsleep(): boolean {
  return rest >= Rest.Falling;
}

/** It did. Who wanted it meanwhile has it woken. */
export function fellAsleep(): void {
  rest = Rest.Asleep;
  if (ready || woken) begin(Rung.Connection);
}

/** Begins the way, unless it is being gone: then it leads as far as is wanted. A modem that is falling asleep is let. @seldom callbacks */
function begin(its_rung: Rung): void {
  if (step || (HAS_SLEEP && rest === Rest.Falling)) return;
  rung = its_rung;
  failing = Step.None;
  failures = restarts = 0;
  askAnew();
  lteIs(Lte.Searching);
  if (HAS_SLEEP && rest) {
    if (rest === Rest.Asleep) wakeBoard();
    rest = Rest.None;
    if (wakeful) wakeful--;
    if (rung < Rung.Power) {
      // It starts anew: that is more than its radio off and on.
      rung = Rung.Context;
      return pressKey();
    }
  }
  if (rung === Rung.Power) {
    power(Power.Off);
    pause();
  }
  goTo(rung === Rung.Modem ? Step.Restart : Step.Probe);
}

/** Of a modem that sleeps. */
function pressKey(): void {
  power(Power.Key);
  goTo(Step.Wake);
}

function pause(): void {
  command("", 0, Limit.Pause_ms);
}

/** Sends the command of a step, when its turn comes. */
function goTo(next: Step): void {
  const row = commandOf(next, config, wakeful);
  step = next;
  // From here on the network is waited for by a blocked channel.
  if (next === Step.Deactivate) lteIs(Lte.Blocking);
  command(row.text_, takeStep, row.limit_ms_);
}

function end(why: Reason): void {
  step = Step.None;
  lteIs(Lte.Calm);
  reason = why;
  const its_ready = ready;
  ready = 0;
  // Whatever connection there was is one of a context that is gone.
  endSocket(why);
  if (HAS_SLEEP) tellWoken();
  if (its_ready) its_ready(why, time_ms);
}

/** Takes the answer to one step and goes on: to the next, to the same again, or to the end. @seldom */
function takeStep(answer: Reason, lines: string[]): void {
  const now = step;
  if (now === Step.Restart) {
    // One that does not restart when told so is cut off.
    if (answer) power(Power.Off);
    pause();
    goTo(answer ? Step.Probe : Step.Echo);
  } else if (now === Step.Probe) {
    // The key toggles: it would switch off a modem that answers, be it late or with an error.
    if (answer === Reason.ModemSilent) {
      power(Power.On);
      pause();
    }
    goTo(Step.Echo);
  } else if (HAS_SLEEP && now === Step.Wake) {
    // It said that it started, or the key was not felt.
    goTo(Step.Probe);
  } else if (now > Step.Echo && modemLost(answer)) {
    // Begun again, as what was set is gone.
    if (answer === Reason.ModemSilent || ++restarts > Limit.Restarts) end(answer);
    else if (HAS_SLEEP && config.power === "save" && answer === Reason.ModemPoweredDown) {
      // As it may be left in PSM, into which it goes by itself; but not again and again. What it is about is not heard.
      if (restarts > 1) wakeful = Limit.Wakeful;
      pause();
      pressKey();
    } else {
      pause();
      goTo(Step.Echo);
    }
  } else {
    const row = commandOf(now, config, 0);
    const trouble = read(now, answer, valueIn(lines), config.pin);
    if (needsPerson(trouble)) end(trouble);
    else if (!trouble || !row.otherwise_) {
      if (row.otherwise_ && now >= failing) {
        failures = 0;
        reason = Reason.None;
      }
      const next = following(now, trouble, valueIn(lines), rung === Rung.Radio, time_ms);
      if (HAS_SLEEP && now === Step.PowerSaving) tellWoken();
      // Nobody wants the network.
      if (HAS_SLEEP && now >= Step.PowerSaving && !ready) {
        step = Step.None;
        lteIs(Lte.Calm);
        reason = Reason.NotStarted;
      } else if (next === Step.Up) end(Reason.None);
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
