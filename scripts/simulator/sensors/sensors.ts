/** What a board measures: its battery, its temperature, and how it is moved. Made for one board, and played with from outside. */
import type { Clock } from "../clock.ts";
import type { BoardSpec } from "../espruino/specs.ts";
import { type Accelerometer, createLis3dh } from "./lis3dh.ts";

export interface Sensors {
  /** At the battery's poles, V. */
  battery_v: number;
  /** What the board's divider shows of it, as a share of what it should: 1 is exact. */
  divider_error: number;
  /** Of the chip. */
  temperature_c: number;
  /** Absent: the board has none. */
  accelerometer?: Accelerometer;
}

/** A change of what a board measures. */
export type Play =
  /** Shaken so much, beside gravity, from now on. */
  { shaken_g: number; seconds: number } | { battery_v: number } | { temperature_c: number };

/** What a battery at rest has that is neither full nor low, V. */
export const BATTERY_V = 3.9;

export function createSensors(spec: BoardSpec, clock: Clock): Sensors {
  const { accelerometer } = spec;
  return {
    battery_v: BATTERY_V,
    divider_error: 1,
    temperature_c: 21.25,
    ...(accelerometer && { accelerometer: createLis3dh(accelerometer, clock) }),
  };
}

/** What `analogRead` of a pin gives, 0 to 1; undefined: nothing analog is wired to it. */
export function analogLevel(spec: BoardSpec, sensors: Sensors, pin: string): number | undefined {
  if (pin !== spec.battery?.pin) return undefined;
  const volts = (sensors.battery_v * sensors.divider_error) / spec.battery.divider;
  return Math.max(0, Math.min(1, volts / spec.reference_v));
}

export function playWith(sensors: Sensors, play: Play): void {
  if ("shaken_g" in play) sensors.accelerometer?.move(play.shaken_g, play.seconds);
  else Object.assign(sensors, play);
}
