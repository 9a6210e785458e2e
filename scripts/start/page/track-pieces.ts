/** A track in the pieces that were driven: where nobody can have come so fast, as when a replay begins anew, there is a gap. */
import type { Place, Shown } from "./sample.ts";

/** Faster than any car or train. */
const FASTEST_KMH = 400;
/** Noise of the receiver is none of it. */
const NEAR_KM = 0.5;
const DEGREE_KM = 111.2;

/** Between two places, as on a plain: near enough for what is nearer than a country. */
function distance_km([latitude, longitude]: Place, [to_latitude, to_longitude]: Place): number {
  const east = (to_longitude - longitude) * Math.cos((latitude * Math.PI) / 180);
  return Math.hypot(to_latitude - latitude, east) * DEGREE_KM;
}

/** `samples`: of one tracker, oldest first. */
export function trackPieces(samples: readonly (Shown & { place: Place })[]): Place[][] {
  const pieces: Place[][] = [];
  let before: (Shown & { place: Place }) | undefined;
  for (const sample of samples) {
    const km = before ? distance_km(before.place, sample.place) : 0;
    const hours = before ? (sample.time_ms - before.time_ms) / 3_600_000 : 0;
    const piece = pieces.at(-1);
    if (piece && (km < NEAR_KM || km <= FASTEST_KMH * hours)) piece.push(sample.place);
    else pieces.push([sample.place]);
    before = sample;
  }
  return pieces;
}
