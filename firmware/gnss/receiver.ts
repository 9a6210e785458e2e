import type { SerialPort } from "../modem/at.ts";
import type { Fix } from "./fix.ts";
import { feedNmea, flushNmea, type NmeaParser, nmeaParser } from "./nmea.ts";

/** A GNSS receiver that is always on and sends NMEA to a UART of its own: what gnss.ts is for the modem's engine. */
export interface Gnss {
  nmea_: NmeaParser;
  /** The newest fix, null when the receiver lost it, and when it came (`Date.now()`). */
  fix_: Fix | null;
  came_ms_: number;
  /** 1: the receiver told something, be it that it has no fix. */
  heard_: 0 | 1;
  /** Runs while the line is silent. */
  timer_: ReturnType<typeof setTimeout> | 0;
}

/** So long a silence ends an epoch: longer than any pause between two sentences of it. */
const SILENCE_MS = 200;
/** A position older than this is not where we are. */
const FRESH_MS = 2000;
/** 2020-01-01: a receiver that says less lost count of the GPS weeks, of which it knows 1,024. */
const FIRST_MS = 1577836800000;

/** `port`: the receiver's UART, set up. */
export function createGnss(port: SerialPort): Gnss {
  const gnss: Gnss = {
    nmea_: nmeaParser(function (fix) {
      gnss.heard_ = 1;
      gnss.fix_ = fix;
      gnss.came_ms_ = Date.now();
      if (fix) {
        // The position is right all the same
        if (!(fix.time_ms >= FIRST_MS)) fix.time_ms = Math.round(gnss.came_ms_);
        // Computed, and the interpreter prints 11 digits, with noise
        fix.longitude = Math.round(fix.longitude * 1e6) / 1e6;
        fix.latitude = Math.round(fix.latitude * 1e6) / 1e6;
        if (fix.speed_kmh) fix.speed_kmh = Math.round(fix.speed_kmh * 10) / 10;
      }
    }),
    fix_: null,
    came_ms_: 0,
    heard_: 0,
    timer_: 0,
  };
  port.on("data", function (bytes) {
    if (gnss.timer_) clearTimeout(gnss.timer_);
    gnss.timer_ = setTimeout(flushNmea, SILENCE_MS, gnss.nmea_);
    feedNmea(gnss.nmea_, bytes);
  });
  return gnss;
}

/** The receiver stays on: `done` gets "". */
export function gnssOff(_gnss: Gnss, done: (reason: string) => void): void {
  done("");
}

/**
 * Gets a fix no older than 2 s, waiting for one until `timeout_s` is over. `done` is called once, never from inside
 * this call, with the fix and "", or with null and the reason.
 */
export function getFix(gnss: Gnss, timeout_s: number, done: (fix: Fix | null, reason: string) => void): void {
  let left_ms = timeout_s * 1000;
  function poll(): void {
    // The clock may be set while we wait, to any time: a fix from the future is one from before that
    const age_ms = Date.now() - gnss.came_ms_;
    if (gnss.fix_ && age_ms >= 0 && age_ms <= FRESH_MS) done(gnss.fix_, "");
    else if (left_ms > 0) {
      setTimeout(poll, Math.min(left_ms, 500));
      left_ms -= 500;
    } else if (gnss.heard_) done(null, "no fix in " + timeout_s + " s: needs open sky");
    else if (gnss.nmea_.bad) done(null, "GNSS receiver garbled: check baud rate, wiring");
    else done(null, "GNSS receiver silent: check power, wiring");
  }
  gnss.heard_ = 0;
  gnss.nmea_.bad = 0;
  setTimeout(poll, 0);
}
