import { readFileSync } from "node:fs";
import { readFixes } from "../../scripts/simulator/gnss-log.ts";
import { TRACK } from "../blob/peers.ts";
import { some, time } from "./naming.ts";
import type { Taken } from "./scene.ts";

/** Where the tracker was, as the receiver's log has it. */
const TRACK_PLACES = new Set(readFixes(readFileSync(TRACK, "latin1")).map(placeOf));

/** Five decimals are what the modem tells. */
function placeOf({ latitude, longitude }: { latitude: number; longitude: number }): string {
  return `${latitude.toFixed(5)},${longitude.toFixed(5)}`;
}

/** What came over a noisy line is right, or is not taken. */
export function places(taken: Taken[]): string[] {
  const wrong = taken.flatMap(({ ts, values: { Latitude: latitude, Longitude: longitude } }) => {
    if (latitude === undefined) return [];
    const place = placeOf({ latitude: Number(latitude), longitude: Number(longitude) });
    return TRACK_PLACES.has(place) ? [] : [`${place} at ${time(ts)}`];
  });
  return some("never there", wrong);
}
