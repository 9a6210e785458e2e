import { type Channel, command } from "../modem/at.ts";
import { Reason, words } from "../reason.ts";
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
/** How often it is asked for yet, less one. */
let left: number;

/** Switches the engine off, to save power. `done` gets None or the reason; GnssOff: it was off already. */
export function gnssOff(_gnss: Gnss, done: (reason: Reason) => void): void {
  command("AT+QGPSEND", done, Limit.Command_ms);
}

/**
 * Gets a fix: asks each second until there is one or `timeout_s` is over, and switches the engine on whenever it
 * is off, as after a restart of the modem. `done` is called once, with the fix and "", or with null and the reason.
 * One call at a time.
 */
export function getFix(_gnss: Gnss, timeout_s: number, done: Located): void {
  located = done;
  left = timeout_s;
  command("AT+QGPSLOC=2", answered, Limit.Command_ms);
}

/** The codes are in section 3 of the manual. */
function answered(error: Reason, lines: string[]): void {
  const fix = readLocation(lines);
  // The channel's own reasons will be the same in a second.
  if (!fix && --left > 0 && error < Reason.OwnFirst)
    setTimeout(
      command,
      1000,
      error === Reason.GnssOff ? "AT+QGPS=1" : "AT+QGPSLOC=2",
      answered,
      Limit.Command_ms,
    );
  // No error: the engine was just switched on, or its answer could not be right.
  else located(fix, fix ? "" : words(error === Reason.ModemError ? Reason.NoGnss : error || Reason.NoFix));
}

/** The fix of the answer to AT+QGPSLOC=2 [Quectel BG96 GNSS manual, 2.3.4], null when it cannot be right. */
function readLocation(answer: string[]): Fix | null {
  // +QGPSLOC: hhmmss.s,latitude,longitude,hdop,altitude,2|3,course,km/h,knots,ddmmyy,satellites
  const texts = answer.join().split(/[ ,]/);
  const values = texts.map(function (text) {
    return text ? parseFloat(text) : undefined;
  });
  const latitude = values[2] as number;
  const longitude = values[3] as number;
  const course = values[7];
  // There is no Date.UTC in Espruino
  const time_ms = Date.parse(isoTime("" + texts[10], "" + texts[1]));
  // The squares of 90 and 180
  return texts[11] &&
    ((time_ms / Limit.Known_ms) | 0) === 1 &&
    latitude * latitude <= 8100 &&
    longitude * longitude <= 32400
    ? {
        time_ms: time_ms,
        latitude: latitude,
        longitude: longitude,
        hdop: values[4],
        altitude_m: values[5],
        // ddd.mm
        course_deg: course && (course | 0) + (course % 1) / 0.6,
        speed_kmh: values[8],
        satellites: values[11],
      }
    : null;
}

/** ddmmyy and hhmmss.s as a date that can be parsed. */
function isoTime(date: string, time: string): string {
  return (
    "20" +
    [date.substr(4, 2), date.substr(2, 2), date.substr(0, 2)].join("-") +
    "T" +
    [time.substr(0, 2), time.substr(2, 2), time.substr(4)].join(":") +
    "Z"
  );
}
