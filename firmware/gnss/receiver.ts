import type { SerialPort } from "../modem/at.ts";
import { Reason } from "../reason.ts";
import type { Fix } from "./fix.ts";
import { feedNmea, flushNmea, type NmeaParser, nmeaParser } from "./nmea.ts";
import { rightWeeks } from "./weeks.ts";

/** A GNSS receiver that is always on and sends NMEA to a UART of its own: what gnss.ts is for the modem's engine. */
export interface Gnss {
  nmea_: NmeaParser;
  /** The newest fix, null when the receiver lost it, and when it came (`Date.now()`). */
  fix_: Fix | null;
  came_ms_: number;
  /** What came since a fix was asked for. */
  heard_: Heard;
  /** Runs while the line is silent. */
  timer_: ReturnType<typeof setTimeout> | 0;
}

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

/** `port`: the receiver's UART, set up. */
export function createGnss(port: SerialPort): Gnss {
  const gnss: Gnss = {
    nmea_: nmeaParser(function (fix) {
      gnss.heard_ = Heard.Sentences;
      gnss.fix_ = fix;
      gnss.came_ms_ = Date.now();
      if (fix) {
        fix.time_ms = fix.time_ms ? rightWeeks(fix.time_ms) : 0;
        // Computed, and the interpreter prints 11 digits, with noise
        fix.longitude = Math.round(fix.longitude * 1e6) / 1e6;
        fix.latitude = Math.round(fix.latitude * 1e6) / 1e6;
        if (fix.speed_kmh) fix.speed_kmh = Math.round(fix.speed_kmh * 10) / 10;
      }
    }),
    fix_: null,
    came_ms_: 0,
    heard_: Heard.Nothing,
    timer_: 0,
  };
  port.on("data", function (bytes) {
    if (gnss.timer_) clearTimeout(gnss.timer_);
    gnss.timer_ = setTimeout(flushNmea, Limit.Silence_ms, gnss.nmea_);
    if (gnss.heard_ === Heard.Nothing) gnss.heard_ = Heard.Noise;
    feedNmea(gnss.nmea_, bytes);
  });
  return gnss;
}

/** The receiver stays on: `done` gets None. */
export function gnssOff(_gnss: Gnss, done?: (reason: Reason) => void): void {
  if (done) done(Reason.None);
}

/**
 * Gets a fix no older than 2 s, waiting for one until `timeout_s` is over. `done` is called once, never from inside
 * this call, with the fix and None, or with null and the reason.
 */
export function getFix(gnss: Gnss, timeout_s: number, done: (fix: Fix | null, reason: Reason) => void): void {
  let left_ms = timeout_s * 1000;
  function poll(): void {
    // The clock may be set while we wait, to any time: a fix from the future is one from before that
    const age_ms = Date.now() - gnss.came_ms_;
    if (gnss.fix_ && age_ms >= 0 && age_ms <= Limit.Fresh_ms) done(gnss.fix_, Reason.None);
    else if (left_ms > 0) {
      setTimeout(poll, Math.min(left_ms, Limit.Again_ms));
      left_ms -= Limit.Again_ms;
    } else if (gnss.heard_ === Heard.Sentences) done(null, Reason.NoFix);
    else if (gnss.heard_ === Heard.Noise) done(null, Reason.ReceiverGarbled);
    else done(null, Reason.ReceiverSilent);
  }
  gnss.heard_ = Heard.Nothing;
  setTimeout(poll, 0);
}
