import { type At, command, explain } from "../modem/at.ts";
import type { Fix } from "./fix.ts";

/**
 * The GNSS engine in the modem: no state of its own. receiver.ts has the same functions for a receiver with a UART
 * of its own; which of the two a board gets is the build's matter, and those who use it see no difference.
 */
export type Gnss = At;

const enum Limit {
  /** GNSS commands are answered in 300 ms (Quectel BG96 GNSS manual, 2.3). */
  Command_ms = 5000,
  /** 2020-01-01: an engine that says less does not know the date yet. */
  First_ms = 1577836800000,
  /** 2065: one that starts at GPS time 0, 1980, comes out as 2080. */
  Last_ms = 3e12,
}

/** What one call of `getFix` is about. */
interface Request {
  gnss_: Gnss;
  /** How often it will ask once more. */
  left_: number;
  done_: (fix: Fix | null, reason: string) => void;
  /** 1: the engine is off. */
  off_: number;
}

/** Switches the engine off, to save power. `done` gets "", or the error; "CME 505" is that it was off already. */
export function gnssOff(gnss: Gnss, done: (error: string) => void): void {
  command(gnss, "AT+QGPSEND", Limit.Command_ms, done);
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
  ask({ gnss_: gnss, left_: timeout_ms / 1000, done_: done, off_: 0 });
}

function ask(request: Request): void {
  command(request.gnss_, request.off_ ? "AT+QGPS=1" : "AT+QGPSLOC=2", Limit.Command_ms, answered, request);
}

function answered(error: string, lines: string[], request: Request): void {
  const fix = error ? null : readLocation(lines);
  // 505: session not active. The codes are in section 3 of the manual.
  request.off_ = error === "CME 505" ? 1 : 0;
  // A reason in words is the channel's: it will be the same in a second.
  if (!fix && --request.left_ > 0 && error.length < 9) setTimeout(ask, 1000, request);
  else
    request.done_(
      fix,
      fix
        ? ""
        : // 516: no fix yet. No error: the engine was just switched on, or its answer could not be right.
          !error || error === "CME 516"
          ? "no fix: needs open sky"
          : error === "ERROR"
            ? "no GNSS in this modem"
            : error.length < 9
              ? explain(error)
              : error,
    );
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
    values[0] > Limit.First_ms &&
    values[0] < Limit.Last_ms &&
    values[1] * values[1] <= 8100 &&
    values[2] * values[2] <= 32400
    ? (fix as unknown as Fix)
    : null;
}
