/** What a stored sample says, under the telemetry keys that hold. */
import type { SampleTold, SettingOffered } from "./events.ts";

/** Telemetry keys; undefined: it is not sent. */
export interface Keys {
  longitude?: string;
  latitude?: string;
  altitude?: string;
  speed?: string;
}

/** Degrees, WGS-84. */
export type Place = [latitude: number, longitude: number];

/** One sample as the page shows it; what it does not say is undefined. */
export interface Shown {
  tracker: string;
  time_ms: number;
  /** Only of a fix: a cell's place is none of the track. */
  place: Place | undefined;
  speed_kmh: number | undefined;
  altitude_m: number | undefined;
  /** Charge in %. */
  battery: number | undefined;
  battery_v: number | undefined;
  signal_dbm: number | undefined;
  why: string;
}

const DEFAULT_KEYS = "Longitude,Latitude,Altitude,Speed";

/** By the setting `keys`, the default where it is not offered. */
export function keysIn(settings: readonly SettingOffered[]): Keys {
  const setting = settings.find(({ name }) => name === "keys");
  const [longitude, latitude, altitude, speed] =
    `${setting?.value ?? setting?.default ?? DEFAULT_KEYS}`.split(",");
  return { longitude, latitude, altitude, speed };
}

/** Numbers only: a value that is none is as good as missing. */
export function readSample({ tracker, ts, values }: SampleTold, keys: Keys): Shown {
  const number = (key: string | undefined): number | undefined => {
    const value = key ? values[key] : undefined;
    return typeof value === "number" ? value : undefined;
  };
  const latitude = number(keys.latitude);
  const longitude = number(keys.longitude);
  return {
    tracker,
    time_ms: ts,
    place: latitude === undefined || longitude === undefined ? undefined : [latitude, longitude],
    speed_kmh: number(keys.speed),
    altitude_m: number(keys.altitude),
    battery: number("battery"),
    battery_v: number("battery_v"),
    signal_dbm: number("signal_dbm"),
    why: typeof values.why === "string" ? values.why : "",
  };
}
