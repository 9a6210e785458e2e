import { type At, command, explain } from "../modem/at.ts";
import type { Fix } from "./fix.ts";

/**
 * The GNSS engine in the modem: no state of its own. receiver.ts has the same functions for a receiver with a UART
 * of its own; which of the two a board gets is the build's matter, and those who use it see no difference.
 */
export type Gnss = At;

/** GNSS commands are answered in 300 ms (Quectel BG96 GNSS manual, 2.3). */
const COMMAND_MS = 5000;
/** Session not active. The codes are in section 3 of the manual. */
const OFF = "CME 505";
/** 2020-01-01: an engine that says less does not know the date yet. */
const FIRST_MS = 1577836800000;
/** 2065: one that starts at GPS time 0, 1980, comes out as 2080. */
const LAST_MS = 3e12;

/** The engine of the modem behind the AT channel `at`. */
export function createGnss(at: At): Gnss {
  return at;
}

/** Switches the engine on; it refuses just after boot, so this tries 15 times. `done` gets "" or the reason. */
export function gnssOn(gnss: Gnss, done: (reason: string) => void): void {
  let tries = 15;
  function step(error: string | 0): void {
    // 504: it is on already
    if (error === 0) command(gnss, "AT+QGPS=1", COMMAND_MS, step);
    else if (!error || error === "CME 504") done("");
    else if (--tries) setTimeout(step, 1000, 0);
    else done(explain(error));
  }
  step(0);
}

/** Switches the engine off, to save power. `done` gets "", or the error; "CME 505" is that it was off already. */
export function gnssOff(gnss: Gnss, done: (error: string) => void): void {
  command(gnss, "AT+QGPSEND", COMMAND_MS, done);
}

/**
 * Gets a fix: asks each second until there is one or `timeout_ms` is over, and switches the engine on whenever it
 * is off, as after a restart of the modem. `done` is called once, with the fix and "", or with null and the reason.
 */
export function getFix(
  gnss: Gnss,
  timeout_ms: number,
  done: (fix: Fix | null, reason: string) => void,
): void {
  let reason = "GNSS: modem busy";
  let off: boolean;
  let deadline: ReturnType<typeof setTimeout> | 0 = 0;
  /** What happened: a number from the timers, 0 to ask, 1 that the time is over; else the answer to a command. */
  function step(event: string | number, lines?: string[]): void {
    // It was over before this came
    if (!deadline) return;
    const fix = event === "" ? readLocation(lines as string[]) : null;
    if (event === 0) command(gnss, off ? "AT+QGPS=1" : "AT+QGPSLOC=2", COMMAND_MS, step);
    else if (fix || event === 1) {
      clearTimeout(deadline);
      deadline = 0;
      done(fix, fix ? "" : reason || "no fix in " + timeout_ms / 1000 + " s: needs open sky");
    } else {
      off = event === OFF;
      // 516: no fix yet. The same when the engine has just been switched on, or its answer cannot be right
      reason =
        !event || event === "CME 516"
          ? ""
          : event === "ERROR"
            ? "no GNSS in this modem"
            : explain(event as string);
      setTimeout(step, 1000, 0);
    }
  }
  deadline = setTimeout(step, timeout_ms, 1);
  step(0);
}

type Values = [number, number, number, number, number, number, number, number, number, number, number];

/** The fix of the answer to AT+QGPSLOC=2 [Quectel BG96 GNSS manual, 2.3.4], null when it cannot be right. */
function readLocation(lines: string[]): Fix | null {
  // +QGPSLOC: hhmmss.s,latitude,longitude,hdop,altitude,2|3,course,km/h,knots,ddmmyy,satellites
  const texts = lines.join().substr(10).split(",");
  const values = texts.map(parseFloat) as Values;
  const names = "time_ms,latitude,longitude,hdop,altitude_m,,course_deg,speed_kmh,,,satellites".split(",");
  const fix: Record<string, number> = {};
  // There is no Date.UTC in Espruino
  values[0] = Date.parse(
    ("" + texts[9] + texts[0]).replace(/(..)(..)(..)(..)(..)/, "20$3-$2-$1T$4:$5:") + "Z",
  );
  // The engine says 2 (2-D) of good fixes too, with a right altitude: a 2-D one has three satellites, or 0 m
  if (values[5] < 3 && (values[10] < 4 || !values[4])) values[4] = NaN;
  // ddd.mm
  if (values[6] % 1 < 0.6) values[6] = (values[6] | 0) + (values[6] % 1) / 0.6;
  for (let i = 0; i < 11; i++)
    if (names[i] && (values[i] as number) * 0 === 0) fix[names[i] as string] = values[i] as number;
  // The squares of 90 and 180
  return texts.length === 11 &&
    values[0] > FIRST_MS &&
    values[0] < LAST_MS &&
    values[1] * values[1] <= 8100 &&
    values[2] * values[2] <= 32400
    ? (fix as unknown as Fix)
    : null;
}
