/**
 * Whether the tracker moves, by its places:
 *
 *            ┌──────── within radius_m for still_s: no event ───────┐
 *            ▼                                                      │
 *   Still ──the accelerometer moved──► Alert ◄── the board starts   │
 *     ▲ │                              │   └────────────────────────┘
 *     │ └──────┐                       │ left radius_m: Why.Start
 *     │        │ left radius_m:        ▼
 *     │        └────── Why.Start ──► Moving ◄── the board starts, and was on a trip
 *     └── within radius_m for still_s: Why.Stop ──┘
 *
 * Without `heartbeat_s` there are no trips: it is always Alert.
 */
import { motionWas } from "#motion";
import { ran_ms } from "./clock.ts";
import { keep, keptOf } from "./kept-text.ts";
import { accuracy_m, distance_m, type Place } from "./place.ts";
import type { Sample } from "./sample.ts";
import { Why } from "./why.ts";

export const enum Trip {
  Still,
  /** Perhaps it moves: it is looked at as on a trip. */
  Alert,
  Moving,
}

/** The settings that matter here. */
interface Settings {
  heartbeat_s?: number;
  radius_m?: number;
  still_s?: number;
}

export let trip = Trip.Alert;
/** Where it is, or was when it was last seen to move; and how long the board ran then. */
let anchor: Place | undefined;
let since_ms: number;
/** The accelerometer woke it. */
let alarmed: 0 | 1 = 0;

/** To be called at the start: a trip outlives it. */
export function resumeTrip(settings: Settings): void {
  if (settings.heartbeat_s && keptOf("trip")) trip = Trip.Moving;
  else keepTrip();
}

/** To be called when the event that begins or ends a trip is kept: where the power goes in between it is told twice. */
export function keepTrip(): void {
  keep("trip", trip === Trip.Moving ? 1 : undefined);
}

/** The accelerometer moved. True: that ends stillness, and a fix is wanted. */
export function alarm(): boolean {
  const was_still = trip === Trip.Still;
  if (was_still) {
    trip = Trip.Alert;
    alarmed = 1;
  }
  // Who shakes does not stand still, wherever it is.
  since_ms = ran_ms();
  return was_still;
}

/** Takes a place. Why it is an event; `Why.Interval`: it is none. */
export function travel(settings: Settings, sample: Sample): Why {
  const now_ms = ran_ms();
  const was = trip;
  if (!settings.heartbeat_s) {
    anchor = undefined;
    trip = Trip.Alert;
    return Why.Interval;
  }
  // What the fix may be off is no way that it went.
  const left = anchor && distance_m(anchor, sample) - accuracy_m(sample.hdop) > (settings.radius_m as number);
  if (!anchor || left) {
    anchor = { latitude: sample.latitude, longitude: sample.longitude };
    since_ms = now_ms;
  }
  if (left) {
    trip = Trip.Moving;
    if (alarmed) motionWas(true);
    alarmed = 0;
    return was === Trip.Moving ? Why.Interval : Why.Start;
  }
  if (trip === Trip.Still || now_ms - since_ms < (settings.still_s as number) * 1000) return Why.Interval;
  trip = Trip.Still;
  if (alarmed) motionWas(false);
  alarmed = 0;
  return was === Trip.Moving ? Why.Stop : Why.Interval;
}
