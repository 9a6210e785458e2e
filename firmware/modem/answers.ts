/**
 * What the modem's answers tell while it is brought up: of the SIM and its PIN, the registration, who the modem is, its
 * signal and its clock.
 *
 * The PIN:
 *
 *   +CPIN? ──SIM PIN──► how many tries? ──────────────► enter it ──whatever it answers──► +CPIN? ──READY──► on, and New
 *                          │ fewer than two: PinLastTry                                       │ SIM PIN, still
 *                          │                                                                  ▼
 *                          │◄──────────────────────────────────────────────────────── how many tries?
 *                          │ as many as before: the SIM was busy, it is entered again (three times in all, then SimBusy)
 *                          │ fewer: WrongPin, and it is not entered again. Not told: PinUnsure
 *
 * CME ERROR 16 to entering it is WrongPin, too; 14, 13, 3 and OK say nothing yet.
 */
import { pinTries, registration, signal, simState, timeOf } from "#modem";
import { Reason } from "../reason.ts";
import { Step } from "./way.ts";

/** What became of the PIN of the settings. */
const enum Pin {
  /** Not entered since the SIM was ready. */
  New,
  /** Entered, and the SIM was not ready since. */
  Entered,
  /** The SIM said that it is wrong: it is not entered again before the next start. */
  Wrong,
}

const enum Limit {
  /** So many tries left are for a person, who knows whether the PIN is right. */
  LastTry = 1,
  /** How often it is entered on one way up. */
  Entries = 3,
}

let pin = Pin.New;
/** How often it was entered on this way up. */
let entries: number;
/** How often it could be entered before it was; undefined: the SIM did not say. */
let pin_tries: number | undefined;
/** The network turned the SIM down, in one of the three answers. */
let denied: boolean;
/** The modem's clock has local time. */
let zoned: boolean;
/** Milliseconds since 1970, UTC; 0 while nobody knows. */
export let time_ms: number;
/** Undefined until known, as are the next. */
export let imei: string | undefined;
export let iccid: string | undefined;
/** Received signal strength. */
export let signal_dbm: number | undefined;

/** Another try to bring the modem up begins. */
export function askAnew(): void {
  time_ms = entries = 0;
  denied = zoned = false;
}

/** What the answer to a step tells, kept here; and what is wrong, None: nothing. `its_pin`: that of the settings. */
export function read(now: Step, answer: Reason, value: string, its_pin: string): Reason {
  switch (now) {
    case Step.Sim: {
      const state = answer || simState(value);
      if (state !== Reason.PinMissing) {
        // One that was wrong stays wrong, should the right one be entered by hand.
        if (!state && pin === Pin.Entered) pin = Pin.New;
        return state;
      }
      if (!its_pin) return Reason.PinMissing;
      if (pin === Pin.Wrong) return Reason.WrongPin;
      // It was entered often enough: what is left is to ask, until the step's tries are over.
      return entries >= Limit.Entries ? Reason.SimBusy : Reason.None;
    }
    case Step.PinTries: {
      const before = pin_tries;
      pin_tries = answer ? undefined : pinTries(value);
      if (pin === Pin.Entered) {
        // Only a count that fell says that the SIM took it, and took it for wrong: "SIM busy" and the like do not.
        if (pin_tries === undefined || before === undefined) return Reason.PinUnsure;
        if (pin_tries < before) pin = Pin.Wrong;
      }
      if (pin === Pin.Wrong) return Reason.WrongPin;
      return pin_tries !== undefined && pin_tries <= Limit.LastTry ? Reason.PinLastTry : Reason.None;
    }
    case Step.Pin:
      entries++;
      pin = answer === Reason.WrongPin ? Pin.Wrong : Pin.Entered;
      // After OK, too, only +CPIN tells whether it was the right one, and the SIM takes a moment until it does.
      return answer || Reason.SimBusy;
    case Step.Imei:
      imei = answer ? imei : value;
      return answer;
    case Step.Iccid:
      // The end may be filled up with F.
      iccid = answer ? iccid : (value.split("F")[0] as string);
      return answer;
    case Step.Registered:
    case Step.RegisteredPacket:
    case Step.RegisteredCircuit: {
      // Any of the three counts: on LTE-M CGREG stays 0 or 4.
      const state = answer || registration(value);
      if (now === Step.Registered) denied = false;
      if (state === Reason.RegistrationDenied) denied = true;
      return state === Reason.NoNetwork && denied ? Reason.RegistrationDenied : state;
    }
    case Step.Context:
    case Step.Activate:
      return answer && Reason.NoContext;
    case Step.Signal:
      signal_dbm = signal(value);
      return Reason.None;
    case Step.NetworkTime:
      time_ms = timeOf(value, false);
      return Reason.None;
    case Step.ClockMode:
      zoned = value === "3";
      return answer;
    case Step.Clock:
      time_ms = timeOf(value, zoned);
      return Reason.None;
    default:
      return answer;
  }
}
