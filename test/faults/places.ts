import { readFileSync } from "node:fs";
import { readFixes } from "../../scripts/simulator/gnss-log.ts";
import { TRACK } from "../blob/peers.ts";
import { some, time } from "./naming.ts";
import type { Taken } from "./scene.ts";

interface There {
  altitude: (number | undefined)[];
  speed: (number | undefined)[];
}

/** Where the tracker was, how high and how fast, as the receiver's log has it and the modem tells it. */
const TRACK_PLACES = new Map<string, There>();
for (const fix of readFixes(readFileSync(TRACK, "latin1"))) {
  const there = TRACK_PLACES.get(placeOf(fix)) ?? { altitude: [], speed: [] };
  TRACK_PLACES.set(placeOf(fix), there);
  there.altitude.push(Number((fix.altitude_m ?? 0).toFixed(1)));
  there.speed.push(Number((fix.speed_kmh ?? 0).toFixed(1)));
}

const HOUR_MS = 3_600_000;

/** Five decimals are what the modem tells. */
function placeOf({ latitude, longitude }: { latitude: number; longitude: number }): string {
  return `${latitude.toFixed(5)},${longitude.toFixed(5)}`;
}

/** What came over a noisy line, or from an odd receiver, is right, or is not taken. */
export function places(taken: Taken[]): string[] {
  const wrong = taken.flatMap(({ ts, values: { Latitude: latitude, Longitude: longitude } }) => {
    if (latitude === undefined) return [];
    const place = placeOf({ latitude: Number(latitude), longitude: Number(longitude) });
    return TRACK_PLACES.has(place) ? [] : [`${place} at ${time(ts)}`];
  });
  return [
    ...some("never there", wrong),
    ...some("never so", taken.flatMap(odd)),
    ...some("dated wrong", taken.flatMap(misdated)),
  ];
}

/** Height and speed are those of the place, or are left out. */
function odd({ ts, values }: Taken): string[] {
  const { Latitude: latitude, Longitude: longitude, Altitude: altitude, Speed: speed } = values;
  const there = TRACK_PLACES.get(placeOf({ latitude: Number(latitude), longitude: Number(longitude) }));
  if (latitude === undefined || !there) return [];
  return Object.entries({ altitude, speed }).flatMap(([name, value]) =>
    value === undefined || there[name as keyof There].includes(value as number)
      ? []
      : [`${name} ${value} at ${time(ts)}`],
  );
}

/** The simulated board's clock is right, and so is the receiver's, unless it is made not to be. */
function misdated({ ts, at_ms }: Taken): string[] {
  return Math.abs(ts - at_ms) < HOUR_MS ? [] : [`${time(ts)}, taken at ${time(at_ms)}`];
}
