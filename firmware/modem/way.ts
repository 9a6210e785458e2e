/**
 * The way up of a modem, in the order its steps are taken, and what a family of modems (`#modem`) makes of it.
 *
 *                Wake ──it says that it started, or nothing──► Probe
 *   (Rung.Modem) Restart ─┐
 *                Probe ◄──┘──no answer: the power key
 *                  ▼
 *                Echo, Errors, UrcPort, SendEcho, Sleep, PowerSaving, (Rung.Radio: RadioOff) RadioOn
 *                  ▼
 *                Sim ──SIM PIN──► PinTries, Pin ──► Sim
 *                  │ READY
 *                Imei, Iccid
 *                  ▼
 *                Registered, RegisteredPacket, RegisteredCircuit ──none of the three──► Registered, after a pause
 *                  │ one of the three
 *                Deactivate, Context, Activate ──fails──► Deactivate, after a pause
 *                  ▼
 *                Signal, NetworkTime ──not told──► ClockMode, Clock
 *                  ▼
 *                up
 */
import type { Reason } from "../reason.ts";
import type { Network } from "../socket.ts";

/** The SIM's access point and PIN; none of them may hold a quote. */
export interface SimConfig {
  apn: string;
  apn_user: string;
  apn_password: string;
  pin: string;
  /** "save": between two reports it sleeps, and is to ask the network for that. */
  power?: string;
  /** s: then it waits for the server so long. */
  window_s?: number;
  /** s, at least 1: connected, it listens for the network so often; missing: as often as that says. */
  edrx_s?: number;
}

export const enum Step {
  /** The way is not being gone: the modem is up, or it is not and there is a reason. */
  None,
  /** Its key was pressed, as it slept: its first word is awaited. */
  Wake,
  Restart,
  /** Is it on? */
  Probe,
  Echo,
  /** Errors as numbers. */
  Errors,
  UrcPort,
  SendEcho,
  Sleep,
  PowerSaving,
  RadioOff,
  RadioOn,
  Sim,
  PinTries,
  Pin,
  Imei,
  Iccid,
  Registered,
  RegisteredPacket,
  RegisteredCircuit,
  Deactivate,
  Context,
  Activate,
  Signal,
  NetworkTime,
  ClockMode,
  Clock,
  Up,
}

/** Whether the modem takes commands, when the way is not being gone. */
export const enum Rest {
  None,
  /** It went to PSM by itself, as the next round was too near for us to send it there: its UART is open, its key wakes it. */
  ByItself,
  /** It was told to switch off, or sleeps in a moment: its last word is awaited. */
  Falling,
  /** It takes none before its key was pressed, and its UART is closed. */
  Asleep,
}

/** What the way up means for the network, `#turns`. */
export const enum Lte {
  /** The way is not being gone. */
  Calm,
  /** It is, and the network may be searched. */
  Searching,
  /** By commands that block the channel until the network answers. */
  Blocking,
}

/** One command of the way up. */
export interface Row {
  text_: string;
  /** How long its answer may take. */
  limit_ms_: number;
  /** Why the modem is not up when it never succeeded; None or missing: it may fail, and the way goes on. */
  otherwise_: Reason | undefined;
  /** How often it is sent until it succeeds, a pause between two. */
  tries_: number;
}

/** Without `otherwise` it may fail; without `tries` it is sent once. */
export function row(text: string, limit_ms: number, otherwise?: Reason, tries?: number): Row {
  return { text_: text, limit_ms_: limit_ms, otherwise_: otherwise, tries_: tries || 1 };
}

/**
 * Where the way goes on. `trouble`: the command failed, and may. `value`: what it answered; `radio`: that is to go off and on;
 * `time_ms`: 0 while nobody knows the time.
 */
export function following(now: Step, trouble: Reason, value: string, radio: boolean, time_ms: number): Step {
  switch (now) {
    case Step.PowerSaving:
      return radio ? Step.RadioOff : Step.RadioOn;
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
export function retriedFrom(now: Step): Step {
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

/** What a family of modems exports, as quectel.ts does. */
export interface Family {
  /** The command of a step. `wakeful`: it is not to sleep by itself. */
  commandOf(step: Step, sim: SimConfig, wakeful: number): Row;
  /** What stands behind the name of an answer's first line, or all of it; "" without one. */
  valueIn(lines: string[]): string;
  /** What the SIM says of itself: None: ready; PinMissing: it wants its PIN. */
  simState(value: string): Reason;
  /** How often the PIN may be entered yet; undefined: not told. */
  pinTries(value: string): number | undefined;
  /** Whether it is registered. */
  registration(value: string): Reason;
  /** dBm; undefined: none. */
  signal(value: string): number | undefined;
  /** Milliseconds since 1970; 0: none. `zoned`: it is local time. */
  timeOf(value: string, zoned: boolean): number;
  /** Its TCP connection. */
  open: Network["open"];
  /** Ends that, if there is one, for a reason its user is told. */
  endSocket(reason: Reason): void;
  /** Gets the lines that the modem says by itself. */
  socketUrc(line: string): void;
}
