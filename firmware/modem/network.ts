/**
 * Brings the modem up: power, SIM, registration, PDP context; and its identity, signal and clock.
 * BG96, BG95, EC21, EC25. Clauses: Quectel BG96 AT Commands Manual (AT), TCP/IP Application Note (TCP).
 */
import type { Board } from "../../board/board.ts";
import type { Network } from "../socket.ts";
import { type Channel, command, type Done, explain, finish, listen, type SerialPort } from "./at.ts";
import { endSocket, open, socketUrc } from "./socket.ts";

/** How far a try to connect goes back, each further than the one before. */
export const enum Way {
  /** A new connection of the same PDP context: nothing for the modem to do. */
  Socket,
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

/** The steps of bringing up, in order; `takeStep` has their commands. */
const enum Step {
  /** It is up, or it is not usable and the reason says why. */
  None,
  /** Nothing is sent for it: a restart is next. */
  Begin,
  Restart,
  /** Nothing is sent for it: no restart. */
  Skip,
  /** Is it on? */
  Probe,
  Echo,
  UrcPort,
  SendEcho,
  Sleep,
  PowerSaving,
  /** On, or off and on: whoever had the modem before may have left it off. */
  Radio,
  Sim,
  Pin,
  Identity,
  Network,
  /** Whatever became of the context: an active one would make Activate fail. */
  Deactivate,
  Activate,
  /** Signal, the modem's own clock, and the time the network told. */
  Time,
}

/** How often a step is tried again, Limit.Pause_ms apart. */
const enum Tries {
  /** A modem may take 30 s to boot. Each takes 10 s; a restart and the power key count, too. */
  Echo = 5,
  /** The SIM may take 20 s (AT 5.3). */
  Sim = 8,
  /** 90 s for the cell and 60 s for packet service (TCP 1.3), and some. */
  Network = 60,
  /** Each takes 4 s more. */
  Context = 2,
}

const enum Limit {
  /** A modem that was told to switch off no longer answers. */
  Pause_ms = 3000,
}

/** The SIM's access point and PIN; none of them may hold a quote. */
export interface SimConfig {
  apn: string;
  apn_user: string;
  apn_password: string;
  pin: string;
}

/** Gets "" or the reason why the modem is not up, and the time: ms since 1970, UTC, none (not a number, 0) while nobody knows. */
type Ready = (reason: string, time_ms?: number) => void;

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
  /** One command by hand; `done`, perhaps `print`, gets its error ("": OK) and its lines. False: too many wait. */
  at(text: string, done?: Done): boolean;
}

let power: Board["power"];
let config: SimConfig;
/** The step under way; before its command there may be a pause. At first undefined, which is as good as None. */
let step: Step;
let reason = "off";
let ready: Ready;
let way: Way;
let tries: number;
/** The error that the entered PIN got, and the SIM was not ready since. A wrong PIN is never tried twice. */
let pinned: string | undefined;
let imei: string | undefined;
let iccid: string | undefined;
let signal_dbm: number | undefined;

/** Makes the modem of a board, once; nothing is sent before `bringUp`. */
export function createModem(serial: SerialPort, its_power: Board["power"], settings: SimConfig): Modem {
  power = its_power;
  config = settings;
  return listen({ open: open, status: status, at: command, port_: serial, urc_: urc });
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

/** Lines that are no answers; see `Channel.urc_`. */
function urc(line: string): unknown {
  const gone = /(RDY|DOWN|NOT READY|UART)$/.test(line);
  socketUrc(line);
  // What a modem says that starts. APP RDY and +CPIN (they are less than "B") can come until it is up.
  if (gone && (step ? step > Step.Echo && line > "B" : !reason)) {
    // Only the channel's own line is lower case. A modem that is down has no connection.
    reason = line > "a" ? line : "modem says " + line + ": check power";
    endSocket(reason);
    // What was sent to it will not be answered. While it was starting, `takeStep` is told so.
    finish(99, reason);
  } else if (/pdpdeact/.test(line)) endSocket("PDP context lost");
  return gone;
}

/** Brings the modem up from whatever state it is in, one call at a time. */
export function bringUp(done: Ready, its_way: Way): void {
  ready = done;
  if (!step) {
    way = its_way;
    tries = Tries.Echo;
    step = way === Way.Modem ? Step.Begin : Step.Skip;
    if (way === Way.Power) {
      power(0);
      command("", 0, Limit.Pause_ms);
    }
    takeStep("", []);
  }
}

/** Takes the answer to one step of bringing up and goes on. */
function takeStep(error: string, lines: string[]): void {
  const all = lines.join();
  // +NAME: value,value
  const parts = (all + ",").split(/: |F*,/) as [string, string, string];
  const word = parts[1];
  /** Why it takes longer: what is wrong if that does not help. */
  let again = error > "a" ? error : "";
  const now = step;
  let next = now;
  // It fell silent or restarted in the middle.
  if (again && now > Step.Echo) tries = 0;
  else if (now === Step.Restart) {
    again = "restart";
    next = error ? Step.Probe : Step.Echo;
    if (error) power(0);
  } else if (now === Step.Probe) {
    // PWRKEY toggles: only a modem that does not answer gets it.
    if (again) {
      power(1);
      next++;
    }
  } else if (now === Step.Echo) {
    // Between RDY and APP RDY commands can fail.
    if (error) again = explain(error);
    else tries = Tries.Sim;
  } else if (now === Step.Sim) {
    // +CPIN: SIM PIN,+QPINC: "SC",3,10
    if (word === "READY") {
      pinned = "";
      tries = Tries.Network;
      next++;
    } else if (word > "O") {
      // SIM PIN, SIM PUK, PH-NET PIN …
      if (!config.pin || word !== "SIM PIN") again = word + ": use a phone or set pin";
      else if (pinned) again = explain("16");
      else if (/"SC",[01]/.test(all)) again = "one PIN try left: use a phone";
      if (again) tries = 0;
    }
    // "SIM busy", NOT READY and even "not inserted" are normal at first (AT 5.3).
    else again = explain(error || "14");
  } else if (now === Step.Pin) {
    // A modem that restarted meanwhile does not come here, and wants it again; one that did not answer may have tried it.
    pinned = error;
    again = explain(error || "14");
    next--;
  } else if (now === Step.Identity) {
    imei = parts[0];
    iccid = parts[2];
  } else if (now === Step.Network) {
    // Any of the three counts: on LTE-M CGREG stays 0 or 4. Signal strength proves nothing.
    if (/REG: \d,[15]/.test(all)) tries = Tries.Context;
    else again = /REG: \d,3/.test(all) ? "SIM denied: check plan" : explain("30");
  } else if (now === Step.Activate) {
    if (error) {
      again = explain(error, "561");
      next--;
    }
  } else if (now === Step.Time) {
    // +QCSQ: "CAT-M1",-52,… AT+CSQ says 99, unknown, on some LTE-M modems.
    signal_dbm = +parts[2];
  }
  reason = again;
  if (again ? tries-- < 1 : now > Step.Activate) {
    step = Step.None;
    endSocket(again);
    // +CCLK: "17/01/13,03:41:22+32" and +QLTS: "2017/01/13,03:41:22+32,0": UTC both, whatever zone follows. The last
    // that says 2020 or later: an unset clock shows 1980 or so (AT 6.7, 6.16).
    ready(again, Date.parse(all.replace(/.*([2-6].)\/(..)\/(..),(........).*/, "20$1-$2-$3T$4Z")));
  } else {
    if (again) command("", 0, Limit.Pause_ms);
    else next++;
    step = next;
    command(
      "AT" +
        (next === Step.Radio && way === Way.Radio ? "+CFUN=4;" : "") +
        '||+CFUN=1,1|||E0;+CMEE=1|+QURCCFG="urcport","uart1"|+QISDE=0|+QSCLK=0|+CPSMS=0|+CFUN=1|+CPIN?;+QPINC="SC"|+CPIN="|+CGSN;+QCCID|+CEREG?;+CGREG?;+CREG?|+QIDEACT=1|+QICSGP=1,1,"|+QCSQ;+CCLK?;+QLTS=1'.split(
          "|",
        )[next] +
        (next === Step.Activate
          ? [config.apn, config.apn_user, config.apn_password].join('","') +
            '",' +
            (config.apn_user ? 3 : 0) +
            ";+QIACT=1"
          : next === Step.Pin
            ? config.pin + '"'
            : ""),
      takeStep,
      next > Step.Network ? 150000 : next > Step.Echo || next < Step.Skip ? 40000 : 1000,
    );
  }
}
