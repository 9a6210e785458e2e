/**
 * `#modem` of Quectel BG96, BG95, EC21, EC25: the commands of the way up, and what their answers mean; and their socket. Clauses:
 * BG96 AT Commands Manual (AT), TCP/IP Application Note (TCP).
 */
import { HAS_DTR } from "#board";
import { edrxText } from "#edrx";
import { HAS_SLEEP } from "#sleep";
import { decimal } from "../decimal.ts";
import { Reason } from "../reason.ts";
import { dayOf, timeOfDay, Utc } from "../utc.ts";
import { begins } from "./at.ts";
import { type Row, row, type SimConfig, Step } from "./way.ts";

export { endSocket, open, socketUrc } from "./socket.ts";

const enum Limit {
  /** "300 ms" in the manual, for most commands; a modem that starts is slower. */
  Short_ms = 5000,
  /** How often it is asked whether it is registered, 3 s apart. */
  Tries = 60,
  SavingTries = 40,
  /** The farthest zone, UTC+14. */
  Zone = 56,
  Quarter_ms = 900000,
}

/** How the access point is told user and password (TCP 2.1.1). */
const enum Login {
  None = 0,
  PapOrChap = 3,
}

/** The command of a step. Made when it is sent, so that the table takes no RAM. */
export function commandOf(step: Step, sim: SimConfig, wakeful: number): Row {
  switch (step) {
    // No command, but how long it may take to start: 5 s (BG96 Hardware Design 3.7.1), and some.
    case Step.Wake:
      return row("", 12000);
    // Answered before it restarts; 15 s (AT 2.22).
    case Step.Restart:
      return row("AT+CFUN=1,1", 15000);
    case Step.Probe:
      return row("AT", 1000);
    // A modem may take 30 s to start, and between RDY and APP RDY commands can fail.
    case Step.Echo:
      return row("ATE0", 1000, Reason.ModemSilent, 12);
    case Step.Errors:
      return row("AT+CMEE=1", Limit.Short_ms, Reason.ModemError, 3);
    // URCs go to USB by default on EC2x (AT 2.25).
    case Step.UrcPort:
      return row('AT+QURCCFG="urcport","uart1"', Limit.Short_ms);
    // Else it gives back what is sent (TCP 2.1.16).
    case Step.SendEcho:
      return row("AT+QISDE=0", Limit.Short_ms);
    // Both may be left from somebody before us, and look as if the modem died (AT 11.5). Where we have DTR, it may sleep while
    // that is high.
    case Step.Sleep:
      return row(HAS_DTR ? "AT+QSCLK=1" : "AT+QSCLK=0", Limit.Short_ms);
    case Step.PowerSaving:
      // T3412, from one registration of its own to the next, is 30 h: longer than any interval, so that it wakes by our key
      // and not by itself. T3324, how long it stays awake once nothing goes, counts 2 s: so long we wait for what the
      // server has for us, and then some seconds more, as it begins when the network lets go of the connection (PSM 3.1).
      return row(
        (HAS_SLEEP && sim.power === "save" && !wakeful
          ? 'AT+CPSMS=1,,,"01000011","000' +
            (32 + Math.ceil((sim.window_s as number) / 2)).toString(2).substr(1) +
            '"'
          : "AT+CPSMS=0") + edrxText(sim),
        Limit.Short_ms,
      );
    // 15 s (AT 2.22). On: whoever had the modem before may have left it off.
    case Step.RadioOff:
      return row("AT+CFUN=4", 15000);
    case Step.RadioOn:
      return row("AT+CFUN=1", 15000, Reason.ModemError, 2);
    // 5 s. A SIM may take 20 s to be ready (AT 5.3).
    case Step.Sim:
      return row("AT+CPIN?", 5000, Reason.SimBusy, 8);
    case Step.PinTries:
      return row('AT+QPINC="SC"', Limit.Short_ms);
    // 5 s (AT 5.3).
    case Step.Pin:
      return row('AT+CPIN="' + sim.pin + '"', 5000, Reason.SimBusy, 3);
    case Step.Imei:
      return row("AT+CGSN", Limit.Short_ms);
    case Step.Iccid:
      return row("AT+QCCID", Limit.Short_ms);
    // 90 s for the cell and 60 s for packet service (TCP 1.3), and some. Who saves power gives a hole in the coverage two minutes.
    case Step.Registered:
      return row("AT+CEREG?", Limit.Short_ms);
    case Step.RegisteredPacket:
      return row("AT+CGREG?", Limit.Short_ms);
    case Step.RegisteredCircuit:
      return row(
        "AT+CREG?",
        Limit.Short_ms,
        Reason.NoNetwork,
        HAS_SLEEP && sim.power === "save" ? Limit.SavingTries : Limit.Tries,
      );
    // An active one would make Activate fail. 40 s (TCP 2.1.3).
    case Step.Deactivate:
      return row("AT+QIDEACT=1", 40000);
    case Step.Context: {
      const login = sim.apn_user ? Login.PapOrChap : Login.None;
      return row(
        'AT+QICSGP=1,1,"' + [sim.apn, sim.apn_user, sim.apn_password].join('","') + '",' + login,
        Limit.Short_ms,
        Reason.NoContext,
      );
    }
    // 150 s (TCP 2.1.2).
    case Step.Activate:
      return row("AT+QIACT=1", 150000, Reason.NoContext, 3);
    case Step.Signal:
      return row("AT+QCSQ", Limit.Short_ms);
    // The time the network told, as UTC (AT 6.16).
    case Step.NetworkTime:
      return row("AT+QLTS=1", Limit.Short_ms);
    // Whether the modem's clock has local time (AT 6.15), and that clock (AT 6.7).
    case Step.ClockMode:
      return row("AT+CTZU?", Limit.Short_ms);
    default:
      return row("AT+CCLK?", Limit.Short_ms);
  }
}

/** `+CPIN: READY` and the like: what stands behind the name of an answer's first line, or all of it. "" without one. */
export function valueIn(lines: string[]): string {
  const line = lines[0] || "";
  const colon = line.indexOf(":");
  return colon < 0 ? line : line.substr(colon + 2);
}

/** What `+CPIN` says about the SIM: None: ready; PinMissing: it wants its PIN. */
export function simState(value: string): Reason {
  if (value === "READY") return Reason.None;
  if (value === "SIM PIN") return Reason.PinMissing;
  // SIM PUK, PH-NET PIN …; NOT READY, as it starts.
  return begins(value, "SIM ") || begins(value, "PH-") ? Reason.SimLocked : Reason.SimBusy;
}

/** `"SC",3,10`: how often the PIN may be entered yet; undefined: not told. */
export function pinTries(value: string): number | undefined {
  const parts = value.split(",");
  const tries = parseInt(parts[1] as string, 10);
  return parts[0] === '"SC"' && tries >= 0 ? tries : undefined;
}

/** `0,1` and `2,5,"tac","ci",8`: whether it is registered. Signal strength proves nothing. */
export function registration(value: string): Reason {
  const stat = value.split(",")[1];
  if (stat === "1" || stat === "5") return Reason.None;
  return stat === "3" ? Reason.RegistrationDenied : Reason.NoNetwork;
}

/** `"CAT-M1",-52,-81,195,-10`: dBm. `AT+CSQ` says 99, unknown, on some LTE-M modems. Undefined: none. */
export function signal(value: string): number | undefined {
  const dbm = decimal(value.split(",")[1]);
  return dbm && dbm < 0 ? dbm : undefined;
}

/**
 * `"2017/01/13,03:41:22+32,0"` and `"17/01/13,03:41:22+32"` (AT 6.16, 6.7): ms since 1970; 0: none, or a clock that was never
 * set, which shows 1980 or 2008. `zoned`: it is local time, and the quarters of an hour behind it say of where.
 */
export function timeOf(value: string, zoned: boolean): number {
  const text = value.split('"')[1] || "";
  const days = (text.split(",")[0] as string).split("/");
  // hh:mm:ss+zz
  const clock = text.split(",")[1] || "";
  const hours = clock.substr(0, 8).split(":");
  const year = decimal(days[0]) as number;
  const day_ms = dayOf(
    year < 70 ? year + 2000 : year < 100 ? year + 1900 : year,
    decimal(days[1]),
    decimal(days[2]),
  );
  const time_ms = timeOfDay(hours.join(""));
  const zone = zoned ? (decimal(clock.substr(8)) as number) : 0;
  return day_ms >= Utc.Set_ms && hours.length === 3 && time_ms !== undefined && Math.abs(zone) <= Limit.Zone
    ? day_ms + time_ms - zone * Limit.Quarter_ms
    : 0;
}
