import type { SerialPort } from "../modem/serial-port.ts";
import { Reason } from "../reason.ts";
import type { Fix } from "./fix.ts";
import { feedNmea, flushNmea, type NmeaParser, nmeaParser } from "./nmea.ts";
import type { Located } from "./source.ts";
import { rightWeeks } from "./weeks.ts";

/** A GNSS receiver that is always on and sends NMEA to a UART of its own. There is one. */

const enum Limit {
  /** So long a silence ends an epoch: longer than any pause between two sentences of it. */
  Silence_ms = 200,
  /** A position older than this is not where we are. */
  Fresh_ms = 2000,
  Again_ms = 500,
}

let nmea: NmeaParser;
/** When bytes came last (`Date.now()`). */
let last_ms = 0;
/** The newest fix, null when the receiver lost it, and when the last of it came. */
export let newest: Fix | null = null;
let came_ms = 0;
/** Who waits for a fix, since when and how long yet. */
let located: Located;
let asked_ms: number;
let left_ms: number;

/** `port`: the receiver's UART, set up. */
export function listenTo(port: SerialPort): void {
  nmea = nmeaParser(takeEpoch);
  port.on("data", function (bytes) {
    feedNmea(nmea, bytes);
    last_ms = Date.now();
  });
}

/** The parser tells it. */
export function takeEpoch(fix: Fix | null): void {
  newest = fix;
  came_ms = last_ms;
  if (fix) {
    fix.time_ms = fix.time_ms ? rightWeeks(fix.time_ms) : 0;
    // Computed, and the interpreter prints 11 digits, with noise
    fix.longitude = Math.round(fix.longitude * 1e6) / 1e6;
    fix.latitude = Math.round(fix.latitude * 1e6) / 1e6;
    if (fix.speed_kmh) fix.speed_kmh = Math.round(fix.speed_kmh * 10) / 10;
  }
}

/** The receiver stays on. */
export function gnssOff(): void {}

/** Gets a fix no older than 2 s, and each only once: whoever gets it may change it. */
export function getFix(timeout_s: number, done: Located): void {
  located = done;
  left_ms = timeout_s * 1000;
  asked_ms = Date.now();
  setTimeout(poll, 0);
}

function poll(): void {
  const now_ms = Date.now();
  // Not by a timer that each piece of a sentence would set anew. The next epoch ends this one, too.
  if (now_ms - last_ms >= Limit.Silence_ms) flushNmea(nmea);
  // The clock may be set while we wait, to any time: a fix from the future is one from before that
  const age_ms = now_ms - came_ms;
  const fix = newest;
  if (fix && age_ms >= 0 && age_ms <= Limit.Fresh_ms) {
    newest = null;
    located(fix, Reason.None);
  } else if (left_ms > 0) {
    setTimeout(poll, Math.min(left_ms, Limit.Again_ms));
    left_ms -= Limit.Again_ms;
  } else if (came_ms >= asked_ms) located(null, Reason.NoFix);
  // Bytes, and no sentence in them.
  else if (last_ms >= asked_ms) located(null, Reason.ReceiverGarbled);
  else located(null, Reason.ReceiverSilent);
}
