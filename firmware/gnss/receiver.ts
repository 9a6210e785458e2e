import type { SerialPort } from "../modem/at.ts";
import { Reason } from "../reason.ts";
import type { Fix } from "./fix.ts";
import { feedNmea, flushNmea, nmeaParser } from "./nmea.ts";
import type { Located } from "./source.ts";
import { rightWeeks } from "./weeks.ts";

/** A GNSS receiver that is always on and sends NMEA to a UART of its own. There is one. */

const enum Heard {
  Nothing,
  /** Bytes, and no sentence in them. */
  Noise,
  /** The receiver told something, be it that it has no fix. */
  Sentences,
}

const enum Limit {
  /** So long a silence ends an epoch: longer than any pause between two sentences of it. */
  Silence_ms = 200,
  /** A position older than this is not where we are. */
  Fresh_ms = 2000,
  Again_ms = 500,
}

/** The newest fix, null when the receiver lost it, and when it came (`Date.now()`). */
export let newest: Fix | null = null;
let came_ms = 0;
/** What came since a fix was asked for. */
let heard = Heard.Nothing;
/** Who waits for a fix, and how long yet. */
let located: Located;
let left_ms: number;

/** `port`: the receiver's UART, set up. */
export function listenTo(port: SerialPort): void {
  const nmea = nmeaParser(takeEpoch);
  /** Runs while the line is silent. */
  let timer: ReturnType<typeof setTimeout> | 0 = 0;
  port.on("data", function (bytes) {
    if (timer) clearTimeout(timer);
    timer = setTimeout(flushNmea, Limit.Silence_ms, nmea);
    if (heard === Heard.Nothing) heard = Heard.Noise;
    feedNmea(nmea, bytes);
  });
}

/** The parser tells it. */
export function takeEpoch(fix: Fix | null): void {
  heard = Heard.Sentences;
  newest = fix;
  came_ms = Date.now();
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
  heard = Heard.Nothing;
  setTimeout(poll, 0);
}

function poll(): void {
  // The clock may be set while we wait, to any time: a fix from the future is one from before that
  const age_ms = Date.now() - came_ms;
  const fix = newest;
  if (fix && age_ms >= 0 && age_ms <= Limit.Fresh_ms) {
    newest = null;
    located(fix, Reason.None);
  } else if (left_ms > 0) {
    setTimeout(poll, Math.min(left_ms, Limit.Again_ms));
    left_ms -= Limit.Again_ms;
  } else if (heard === Heard.Sentences) located(null, Reason.NoFix);
  else if (heard === Heard.Noise) located(null, Reason.ReceiverGarbled);
  else located(null, Reason.ReceiverSilent);
}
