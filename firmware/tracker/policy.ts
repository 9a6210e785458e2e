/**
 * `#policy`: when a position is looked at, and which are kept, and why. One fix has one why; where several things happen at once
 * it is kept for each, a millisecond apart, as a server has one value a key and time.
 */
import { addExtras } from "#extras";
import { crossings } from "#zones";
import type { DeviceConfig } from "../device-config.ts";
import type { Located } from "../gnss/source.ts";
import { json } from "../mqtt/text.ts";
import { ran_ms } from "./clock.ts";
import { keepCourse, tooFast, turned } from "./driving.ts";
import { goodFix } from "./good-fix.ts";
import { append, keyed } from "./outbox.ts";
import type { Sample } from "./sample.ts";
import { alarm, keepTrip, resumeTrip, Trip, travel, trip } from "./trip.ts";
import { Why } from "./why.ts";

export const HAS_POLICY: boolean = true;

let config: DeviceConfig;
/** How long the board ran when a fix was kept last; undefined: none was. */
let kept_ms: number | undefined;
/** 1: the accelerometer asked for the next one. */
let alarmed: 0 | 1 = 0;

export function startPolicy(its_config: DeviceConfig): void {
  config = its_config;
  resumeTrip(config);
}

/** Gets a fix for a round, as `getFix` does. */
export function findFix(done: Located): void {
  goodFix(config.fix_timeout_s, config.hdop_max || 0, done);
}

/** From the beginning of a round to that of the next, seconds. */
export function period_s(): number {
  // Without heartbeats, since the settings changed, it is to be looked at.
  return (trip === Trip.Still && config.heartbeat_s) || config.watch_s || config.interval_s;
}

/** The accelerometer moved. True: a fix is wanted at once. */
export function moved(): boolean {
  const wanted = alarm();
  if (wanted) alarmed = 1;
  return wanted;
}

/** Whether `interval_s` is over, or will be before half of `watch_s` is. */
function isDue(): boolean {
  const watch_s = config.watch_s || 0;
  return kept_ms === undefined || !watch_s || ran_ms() - kept_ms >= (config.interval_s - watch_s / 2) * 1000;
}

/** What the fix's place is in an event about a zone: all values in one record. */
function zoneText(sample: Sample, why: Why, zone: string): string {
  const values = keyed([sample.longitude, sample.latitude, sample.altitude_m, sample.speed_kmh]);
  values.zone = zone;
  return json(addExtras(values, sample, why));
}

/** Keeps a fix as often as it has to be. `cause`: why it was taken. True: there was an event, of which the server is to know at once. */
export function judge(sample: Sample, cause: Why): boolean {
  let time_ms = sample.time_ms;
  const was = trip;
  const event = travel(config, sample);

  function keep(why: Why, zone?: string): void {
    if (zone) append(time_ms++, 0, zoneText(sample, why, zone));
    else append(time_ms++, sample, "", why);
  }

  if (event) {
    keep(event);
    keepTrip();
    // Where a trip begins there is no turn.
    keepCourse(sample);
  }
  if (turned(config, sample)) keep(Why.Turn);
  if (tooFast(config, sample)) keep(Why.Overspeed);
  crossings(config.zones, sample, keep);
  const happened = time_ms > sample.time_ms;
  if (!happened) {
    if (alarmed) keep(Why.Motion);
    else if (cause) keep(cause);
    else if (was === Trip.Still) keep(Why.Heartbeat);
    else if (isDue()) keep(Why.Interval);
  }
  alarmed = 0;
  if (time_ms > sample.time_ms) {
    kept_ms = ran_ms();
    keepCourse(sample);
  }
  return happened;
}
