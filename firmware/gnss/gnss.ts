import { type Channel, command, explain } from "../modem/at.ts";
import type { Fix } from "./fix.ts";

/**
 * The GNSS engine in the modem. receiver.ts has the same functions for a receiver with a UART of its own; which of
 * the two a board gets is the build's matter, and those who use it see no difference.
 */
export type Gnss = Channel;

const enum Limit {
  /** GNSS commands are answered in 300 ms (Quectel BG96 GNSS manual, 2.3). */
  Command_ms = 5000,
  /** January 2020: an engine that says less, or twice as much (GPS time 0, 1980, comes out as 2080), has no date yet. */
  Known_ms = 1580000000000,
}

type Located = (fix: Fix | null, reason: string) => void;

/** Who waits for a fix. */
let located: Located;
/** How long yet. */
let left_ms: number;

/** Switches the engine off, to save power. `done` gets "", or the error; "+CME 505" is that it was off already. */
export function gnssOff(_gnss: Gnss, done: (error: string) => void): void {
  command("AT+QGPSEND", Limit.Command_ms, done);
}

/**
 * Gets a fix: asks each second until there is one or `timeout_ms` is over, and switches the engine on whenever it
 * is off, as after a restart of the modem. `done` is called once, with the fix and "", or with null and the reason.
 * One call at a time.
 */
export function getFix(_gnss: Gnss, timeout_ms: number, done: Located): void {
  located = done;
  left_ms = timeout_ms;
  ask("");
}

/** `before`: the last answer's error. 505: session not active. The codes are in section 3 of the manual. */
function ask(before: string): void {
  command(before === "+CME 505" ? "AT+QGPS=1" : "AT+QGPSLOC=2", Limit.Command_ms, answered);
}

function answered(error: string, lines: string[]): void {
  const fix = error ? null : readLocation(lines);
  left_ms -= 1000;
  // A reason in words is the channel's: it will be the same in a second.
  if (!fix && left_ms > 0 && error < "a") setTimeout(ask, 1000, error);
  else
    located(
      fix,
      // 516: no fix yet. No error: the engine was just switched on, or its answer could not be right.
      fix ? "" : error === "ERROR" ? "modem has no GNSS" : explain(error || "516"),
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
  // ddd.mm
  if (values[6] % 1 < 0.6) values[6] = (values[6] | 0) + (values[6] % 1) / 0.6;
  for (let i = 0; i < 11; i++)
    if (names[i] && (values[i] as number) * 0 === 0) fix[names[i] as string] = values[i] as number;
  // The squares of 90 and 180
  return texts.length === 11 &&
    ((values[0] / Limit.Known_ms) | 0) === 1 &&
    values[1] * values[1] <= 8100 &&
    values[2] * values[2] <= 32400
    ? (fix as unknown as Fix)
    : null;
}
