/** Distances on the earth, as a sphere. */

const enum Earth {
  Radius_m = 6371000,
}

export const DEGREE = Math.PI / 180;
/** Of a great circle. */
export const METRES_A_DEGREE = Earth.Radius_m * DEGREE;

/** Where there is one. */
export interface Place {
  latitude: number;
  longitude: number;
}

/** The same longitude, or difference of two, from -180 to below 180. */
export function wrapped(degrees: number): number {
  return degrees - 360 * Math.floor((degrees + 180) / 360);
}

/**
 * From one place to another, straight, metres: at 300 km 0.01 % less than along the ground. Nothing is special about
 * the antimeridian or a pole.
 */
export function distance_m(a: Place, b: Place): number {
  const north = Math.sin(((b.latitude - a.latitude) * DEGREE) / 2);
  const east = Math.sin(((b.longitude - a.longitude) * DEGREE) / 2);
  return (
    2 *
    Earth.Radius_m *
    Math.sqrt(north * north + Math.cos(a.latitude * DEGREE) * Math.cos(b.latitude * DEGREE) * east * east)
  );
}

/** How far off a fix may be, metres: an error of 5 m in range, times its HDOP; without one as if that were 2. */
export function accuracy_m(hdop: number | undefined): number {
  return 5 * (hdop || 2);
}
