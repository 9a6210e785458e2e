/**
 * How much may go to the server at once, and how soon the next. Two rules:
 *
 * - The limits that the server tells (getSessionLimits): "100:1,7000:3600" is 100 a second and 7,000 an hour, of messages or
 *   of data points; n values in a packet are n data points. A packet never has more than four fifths of the smallest window,
 *   and goes when with it no more than four fifths of any window are used.
 * - Those it does not tell, such as the tenant's: it hangs up instead. A connection that ends while a packet has no answer
 *   halves the samples that the next ones may have, down to one; if it was the server that hung up, they also follow half as
 *   fast. After some packets that were acknowledged both are doubled again.
 */
import { decimal } from "../decimal.ts";
import { ran_ms } from "./clock.ts";

const enum Limit {
  /** Samples a packet: each takes about 9 variables, twice. */
  Samples = 8,
  /** Acknowledged packets until the next ones may have twice as much, after the server hung up; */
  GrowServer = 8,
  /** and after the network was lost, which says nothing of the packet. */
  GrowNetwork = 2,
  /** From packet to packet, after the server hung up for the first time, and at the most. */
  Gap_ms = 1000,
  MostGap_ms = 30000,
}

/** Of a window, what we use: the server's clock is not ours, and others may use it, too. */
const SHARE = 0.8;

/** A limit of the server. */
interface Window {
  /** What one message or data point is worth of its time. */
  each_ms_: number;
  /** In so long all that was used is free again. */
  span_ms_: number;
  /** When, by our clock, all will be free. */
  free_ms_: number;
  /** It counts data points, not messages. */
  of_points_: boolean;
}

let windows: Window[] = [];
/** Samples a packet may have. */
let most: number = Limit.Samples;
/** From packet to packet, and since when. */
let gap_ms = 0;
let went_ms = 0;
/** Packets that were acknowledged since `most` changed, and at how many it grows. */
let acknowledged = 0;
let grows_at: number;

/** The windows in a server's text; undefined: it is none. */
function readWindows(text: string, of_points: boolean): Window[] | undefined {
  const found: Window[] = [];
  const fits = text.split(",").every(function (part) {
    const numbers = part.split(":");
    const count = decimal(numbers[0]) || 0;
    const span_ms = (decimal(numbers[1]) || 0) * 1000;
    if (count > 0 && span_ms > 0)
      found.push({ each_ms_: span_ms / count, span_ms_: span_ms, free_ms_: 0, of_points_: of_points });
    return count > 0 && span_ms > 0;
  });
  return fits ? found : undefined;
}

/**
 * Takes the answer to getSessionLimits, whatever came as that. A kind of limit it says nothing of, or no sense, stays as it
 * was; null and "" are none.
 *
 * @seldom
 */
export function setLimits(answer: any): void {
  const told = answer && answer.rateLimits;
  const before = windows;
  if (!told || typeof told !== "object") return;
  windows = [];
  ["telemetryMessages", "telemetryDataPoints"].forEach(function (name, i) {
    const text = told[name];
    const of_points = i > 0;
    const old = before.filter(function (window) {
      return window.of_points_ === of_points;
    });
    const found =
      text === null || text === "" ? [] : typeof text === "string" ? readWindows(text, of_points) : undefined;
    (found || old).forEach(function (window, k) {
      // Told again at each connection: what was used stays used.
      if (old[k]) window.free_ms_ = (old[k] as Window).free_ms_;
      windows.push(window);
    });
  });
}

/** Samples that the next packet may have. */
export function mostSamples(): number {
  return most;
}

/** Data points that a packet may have. */
export function mostPoints(): number {
  let points = Infinity;
  windows.forEach(function (window) {
    if (window.of_points_) points = Math.min(points, (SHARE * window.span_ms_) / window.each_ms_);
  });
  // Four fifths in whole, which SHARE times may be just below.
  return points + 0.001;
}

/** How much of a window is used. The clock may have been set back since: then it is as much as may be. */
function used_ms(window: Window): number {
  const ran = ran_ms();
  if (window.free_ms_ > ran + window.span_ms_) window.free_ms_ = ran + SHARE * window.span_ms_;
  return Math.max(window.free_ms_ - ran, 0);
}

function cost_ms(window: Window, points: number): number {
  return window.each_ms_ * (window.of_points_ ? points : 1);
}

/** How long a packet with so many data points has to wait, ms; 0: it may go now. */
export function pause_ms(points: number): number {
  const ran = ran_ms();
  went_ms = Math.min(went_ms, ran);
  let pause = Math.max(went_ms + gap_ms - ran, 0);
  windows.forEach(function (window) {
    // What is more than four fifths alone goes when the window is free.
    pause = Math.max(pause, used_ms(window) - Math.max(SHARE * window.span_ms_ - cost_ms(window, points), 0));
  });
  return Math.ceil(pause);
}

/** A packet with so many data points goes now. */
export function spend(points: number): void {
  went_ms = ran_ms();
  windows.forEach(function (window) {
    window.free_ms_ = went_ms + used_ms(window) + cost_ms(window, points);
  });
}

/** The server acknowledged a packet. */
export function packetTaken(): void {
  if ((most < Limit.Samples || gap_ms) && ++acknowledged >= grows_at) {
    acknowledged = 0;
    most = Math.min(2 * most, Limit.Samples);
    gap_ms = gap_ms > Limit.Gap_ms ? gap_ms / 2 : 0;
  }
}

/** It was a record that the server refuses, and not the pace. */
export function paceCleared(): void {
  most = Limit.Samples;
  gap_ms = acknowledged = 0;
}

/** The connection ended before the server acknowledged a packet with so many samples. `hung_up`: the server ended it. */
export function packetLost(samples: number, hung_up: boolean): void {
  acknowledged = 0;
  most = Math.max(samples >> 1, 1);
  grows_at = hung_up ? Limit.GrowServer : Limit.GrowNetwork;
  if (hung_up) gap_ms = Math.min(Math.max(2 * gap_ms, Limit.Gap_ms), Limit.MostGap_ms);
}
