/**
 * Brings the modem up: power, SIM, registration, PDP context; and its identity, signal and clock.
 * BG96, BG95, EC21, EC25. Clauses: Quectel BG96 AT Commands Manual (AT), TCP/IP Application Note (TCP).
 */
import type { Board, OutputPin, PinSteps } from "../../board/board.ts";
import { command, type Done, explain, finish, listen, type SerialPort } from "./at.ts";
import { fail, open, SocketState, type Sockets, socketStep } from "./socket.ts";

/** What the modem is up to; `status().state` has the words, in this order. */
const enum State {
  /** Sockets can be opened. */
  Up,
  /** Not usable; the reason says why. */
  Down,
  /** Power key, restart, looking for an answer to AT. */
  Starting,
  /** Basic settings, SIM. */
  Sim,
  /** Waiting for the network. */
  Registering,
  /** Activating the PDP context. */
  Attaching,
}

/** The steps of bringing up: COMMANDS has their commands, in this order. */
const enum Step {
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
  Context,
  Deactivate,
  Configure,
  Activate,
  Signal,
  Probe,
  Restart,
  Pins,
}

/** How often a step is tried, 2 s apart. */
const enum Tries {
  /** A modem may take 30 s to boot; each takes 6 s. */
  Probe = 5,
  /** The SIM may take 20 s (AT 5.3). */
  Sim = 12,
  /** Each takes 4 s more. */
  Context = 2,
  /** 90 s for the cell and 60 s for packet service (TCP 1.3), and some. */
  Network = 90,
}

/** The SIM's access point and PIN; none of them may hold a quote. */
export interface SimConfig {
  apn: string;
  apn_user: string;
  apn_password: string;
  pin: string;
}

/** One bringing up, while it lasts. */
interface Run {
  modem_: Modem;
  /** The step whose result comes next; its complement: the step to take after a pause. */
  step_: number;
  tries_: number;
  /** 1: the power key was pressed, or a restart asked for. */
  started_?: 0 | 1;
  pins_: PinSteps;
  waiting_: ((reason: string) => void)[];
}

export interface ModemStatus {
  state: string;
  /** Why it is in this state, "" when all is well. */
  reason: string;
  /** Absent until known, as are the two below. */
  imei: string | undefined;
  iccid: string | undefined;
  /** Received signal strength. */
  signal_dbm: number | undefined;
}

export interface Modem extends Sockets {
  power_: Board["powerSteps"];
  config_: SimConfig;
  state_: State;
  reason_: string;
  /** 0: it is not being brought up. */
  run_?: Run | 0;
  /** 1: the PIN was entered, and the SIM was not ready since. A wrong PIN is never tried twice. */
  pinned_?: 0 | 1;
  imei_?: string;
  iccid_?: string;
  signal_?: number | undefined;
  /** Told why a modem that was up no longer is. */
  onDown_?: (reason: string) => void;
  /** What it is doing and why. */
  status(): ModemStatus;
  /** One AT command by hand. `done`, else `log_`, gets its error ("": OK) and its lines, as `print` might. */
  at(text: string, done?: Done): void;
  log_?: Done | 0;
}

/** Makes the modem of a board; nothing is sent before `bringUp`. */
export function createModem(serial: SerialPort, power: Board["powerSteps"], config: SimConfig): Modem {
  const modem: Modem = {
    open: open,
    status: status,
    at: at,
    port_: serial,
    urc_: urc,
    queue_: [],
    buffer_: "",
    owed_: 0,
    sync_: 0,
    noise_: 0,
    sockets_: [],
    power_: power,
    config_: config,
    state_: State.Down,
    reason_: "",
  };
  listen(modem);
  return modem;
}

function at(this: Modem, text: string, done?: Done): void {
  command(this, text, 180000, done || this.log_ || String);
}

function status(this: Modem): ModemStatus {
  return {
    state: "up,down,starting,SIM,registering,attaching".split(",")[this.state_] as string,
    reason: this.reason_,
    imei: this.imei_,
    iccid: this.iccid_,
    signal_dbm: this.signal_,
  };
}

/**
 * The only place where the state changes. Down and Up end the bringing up; a modem that was up takes its sockets
 * along. `restarted`: what was sent to it will not be answered.
 */
function enter(modem: Modem, state: State, reason: string, restarted?: unknown): void {
  const run = modem.run_;
  const sockets = modem.sockets_;
  const wasUp = modem.state_ === State.Up && state;
  modem.state_ = state;
  modem.reason_ = reason;
  if (wasUp) {
    modem.sockets_ = [];
    while (sockets.length) {
      const socket = sockets.shift();
      if (socket) fail(socket, reason);
    }
    if (modem.onDown_) modem.onDown_(reason);
  }
  if (state < State.Starting) {
    modem.run_ = 0;
    if (restarted) finish(modem, 99, reason);
    if (run) while (run.waiting_.length) (run.waiting_.shift() as (reason: string) => void)(reason);
  }
}

/** Lines that are no answers; see `At.urc_`. */
function urc(modem: Modem, line: string, silent?: number): unknown {
  const head = line.substr(0, 4);
  const kind = line.split('"')[1];
  const reason = silent
    ? line
    : kind === "pdpdeact"
      ? explain("570")
      : /RDY$|DOWN$|NOT READY/.test(line)
        ? "modem says " + line + ": check supply, SIM"
        : "";
  const socket = modem.sockets_[+((head === "+QIU" ? line.split(",")[1] : line[9]) as string)];
  if (reason) {
    if (kind) modem.broken_ = 1;
    // RDY and POWERED DOWN are expected while it starts; APP RDY and +CPIN (they are less than "B") until it is up.
    if (!modem.state_ || modem.state_ > (line < "B" ? State.Attaching : State.Starting)) {
      enter(modem, State.Down, reason, !kind);
      return 1;
    }
  } else if (socket && head === "+QIU") {
    socket.unread_ = 1;
    if (kind === "closed") socket.end_ = "closed by server";
    if (socket.state_ === SocketState.Idle) socketStep("", [], socket);
  } else if (socket && head === "+QIO") {
    // It can come before the OK of AT+QIOPEN.
    socket.end_ = line;
    if (socket.state_ === SocketState.Opening) socketStep("", [], socket);
  }
  return reason && !silent;
}

/**
 * Brings the modem up from whatever state it is in; of one that is up it checks that it still is. `done` gets "" or
 * the reason why not. Several may wait for the same.
 */
export function bringUp(modem: Modem, done: (reason: string) => void, first?: Step): void {
  if (modem.run_) modem.run_.waiting_.push(done);
  else {
    modem.run_ = {
      modem_: modem,
      step_: ~(first || Step.Probe),
      // A modem that does not answer is looked for during 4 s, and again after 2.
      tries_: Tries.Probe,
      pins_: [],
      waiting_: [done],
    };
    step("", [], modem.run_);
  }
}

/** Restarts the modem, if need be by its supply or power key, and brings it up. `done` as in `bringUp`. */
export function powerCycle(modem: Modem, done: (reason: string) => void): void {
  enter(modem, State.Down, "modem restart");
  bringUp(modem, done, Step.Restart);
}

/** Takes the result of one step of bringing up, and the next step. */
function step(error: string, lines: string[], run: Run): void {
  const modem = run.modem_;
  const config = modem.config_;
  const line = lines[0] || "";
  const all = lines.join();
  const now = run.step_;
  let next = now < 0 ? ~now : now + 1;
  let pause_ms = 0;
  /** Why `next` is a repetition: what is wrong if that does not help. */
  let again = "";
  let failed = "";
  // It ended: the modem restarted, or the like.
  if (modem.run_ !== run) return;
  // Espruino takes a string or pattern that comes first in a case for an empty one; hence `word && word === …`.
  switch (now) {
    case Step.Echo:
    case Step.Errors:
      // Between RDY and APP RDY commands can fail.
      if (error) {
        next = now;
        again = explain(error);
      }
      break;
    case Step.Sim: {
      const word = line.substr(7);
      if (word && word === "READY") {
        modem.pinned_ = 0;
        run.tries_ = Tries.Network;
        next = Step.Imei;
      } else if (error || !word || word === "NOT READY") {
        // "SIM busy" and even "not inserted" are normal at first (AT 5.3).
        next = now;
        again = explain(error || "14");
      } else if (word !== "SIM PIN" || !config.pin) failed = "SIM wants " + word + ": use a phone or set pin";
      else if (modem.pinned_) failed = explain("16");
      break;
    }
    case Step.PinTries:
      // +QPINC: "SC",3,10
      if (+(all.split(",")[1] as string) < 2) failed = "one PIN try left: use a phone";
      else modem.pinned_ = 1;
      break;
    case Step.Pin:
      next = Step.Sim;
      pause_ms = 1000;
      break;
    case Step.Imei:
      if (+line) modem.imei_ = line;
      break;
    case Step.Iccid:
      if (line) modem.iccid_ = line.substr(8).split("F")[0];
      break;
    case Step.Network:
      // Any of the three counts: on LTE-M CGREG stays 0 or 4. Signal strength proves nothing.
      if (!all || !/REG: \d,[15]/.test(all)) {
        next = now;
        again = /REG: \d,3/.test(all)
          ? "network refuses SIM: check plan, roaming"
          : "no network: check antenna";
      }
      break;
    case Step.Context:
      run.tries_ = Tries.Context;
      if (!modem.broken_ && all.lastIndexOf("+QIACT: 1,1") >= 0) next = Step.Signal;
      else if (!modem.state_) {
        // It may have restarted unnoticed.
        enter(modem, State.Starting, explain("570"));
        next = Step.Probe;
      } else if (!modem.broken_) next = Step.Configure;
      break;
    case Step.Activate:
      modem.broken_ = error ? 1 : 0;
      if (error) {
        next = Step.Deactivate;
        again = error === "ERROR" ? explain("561") : explain(error);
      }
      break;
    case Step.Signal: {
      // +CSQ: 15,3 and +QCSQ: "CAT-M1",-52,…; the first is unknown, 99, on some LTE-M modems.
      const rssi = parseInt(line.substr(6), 10);
      modem.signal_ = +(all.split(",")[3] as string) || (rssi < 32 ? 2 * rssi - 113 : undefined);
      enter(modem, State.Up, "");
      return;
    }
    case Step.Probe:
      // PWRKEY toggles: only a modem that does not answer gets it.
      if (error && error[0] === "n") {
        next = now;
        again = error;
        if (!run.started_) {
          run.started_ = 1;
          run.pins_ = modem.power_(1);
          next = Step.Pins;
        }
      } else {
        run.tries_ = Tries.Sim;
        next = modem.state_ ? Step.Echo : Step.Network;
      }
      break;
    case Step.Restart:
      next = Step.Pins;
      if (error) run.pins_ = modem.power_(0);
      else run.started_ = 1;
      break;
  }
  if (again) {
    pause_ms = 2000;
    if (run.tries_-- < 1) failed = again;
  }
  if (failed) {
    enter(modem, State.Down, failed);
    return;
  }
  if (next === Step.Pins) {
    pause_ms = 2000;
    if (run.pins_.length) {
      (run.pins_.shift() as OutputPin).write(run.pins_.shift() as 0 | 1);
      pause_ms = (run.pins_.shift() as number) || 1;
    } else next = Step.Probe;
  }
  if (modem.state_)
    enter(
      modem,
      next < Step.Network
        ? State.Sim
        : next < Step.Context
          ? State.Registering
          : next < Step.Probe
            ? State.Attaching
            : State.Starting,
      again,
    );
  run.step_ = pause_ms ? ~next : next;
  command(
    modem,
    pause_ms
      ? ""
      : "AT" +
          'E0|+CMEE=1|+QURCCFG="urcport","uart1"|+QISDE=0|+QSCLK=0|+CPSMS=0|+CPIN?|+QPINC="SC"|+CPIN="|+CGSN|+QCCID|+CEREG?;+CGREG?;+CREG?|+QIACT?|+QIDEACT=1|+QICSGP=1,1,"|+QIACT=1|+CSQ;+QCSQ||+CFUN=1,1'.split(
            "|",
          )[next] +
          (next === Step.Configure
            ? [config.apn, config.apn_user, config.apn_password].join('","') +
              '",' +
              (config.apn_user ? 3 : 0)
            : next === Step.Pin
              ? config.pin + '"'
              : ""),
    pause_ms || (next === Step.Activate ? 150000 : next === Step.Probe ? 1000 : 40000),
    step,
    run,
  );
}

/**
 * Asks the modem for the time: what the network told it, else its own clock. `done` gets ms since 1970, UTC, or 0
 * while nobody knows: an unset clock shows 1980 or so, hence a year before 2020 is not believed (AT 6.7, 6.16).
 */
export function readClock(modem: Modem, done: (time_ms: number) => void, own?: number): void {
  command(modem, own ? "AT+CCLK?" : "AT+QLTS=1", 5000, function (_error, lines) {
    // +QLTS: "2017/01/13,03:41:22+32,0" and +CCLK: "17/01/13,03:41:22+32": UTC both, whatever zone follows.
    const all = lines.join();
    const comma = all.indexOf(",");
    const time_ms = Date.parse(
      "20" +
        all
          .substr(comma - 8, 8)
          .split("/")
          .join("-") +
        "T" +
        all.substr(comma + 1, 8) +
        "Z",
    );
    // From 2020 to 2065.
    if (time_ms > 1577836800000 && time_ms < 3e12) done(time_ms);
    else if (own) done(0);
    else readClock(modem, done, 1);
  });
}
