/** One position, WGS-84. What the receiver did not say, or what cannot be, is absent, never 0. No more decimals than it knows. */
export interface Fix {
  /** UTC of the fix, milliseconds since 1970; 0: the receiver does not know date and time. */
  time_ms: number;
  /** Degrees, north positive. */
  latitude: number;
  /** Degrees, east positive. */
  longitude: number;
  /** Metres above mean sea level. */
  altitude_m?: number | undefined;
  speed_kmh?: number | undefined;
  /** Course over ground, degrees from true north, 0 to 360. */
  course_deg?: number | undefined;
  /** Horizontal dilution of precision. */
  hdop?: number | undefined;
  /** Satellites used in the solution. */
  satellites?: number | undefined;
}

/** What can be. */
const enum Most {
  Latitude = 90,
  Longitude = 180,
  /** The Dead Sea's shore is at -440 m; a poor first fix may be hundreds of metres off. */
  Depth_m = 1000,
  /** Receivers that may be exported end at 18 km, or at 50 km; balloons reach 53 km. */
  Altitude_m = 50000,
  /** 1,000 knots: there receivers that may be exported end (COCOM). */
  Speed_kmh = 1852,
  Course_deg = 360,
  /** 99.9, 99.99 and 500 stand for "unknown". */
  Hdop = 99,
  Satellites = 99,
}

/** Whether there is such a place; not so for NaN and undefined. */
export function isPlace(latitude: number | undefined, longitude: number | undefined): boolean {
  return Math.abs(latitude as number) <= Most.Latitude && Math.abs(longitude as number) <= Most.Longitude;
}

/** Takes out of a fix what is undefined or cannot be; the place stays. */
export function leaveOutWrong(fix: Fix): Fix {
  keepWithin(fix, "altitude_m", -Most.Depth_m, Most.Altitude_m);
  keepWithin(fix, "speed_kmh", 0, Most.Speed_kmh);
  keepWithin(fix, "course_deg", 0, Most.Course_deg);
  keepWithin(fix, "hdop", 0, Most.Hdop);
  keepWithin(fix, "satellites", 0, Most.Satellites);
  return fix;
}

function keepWithin(
  fix: Fix,
  name: "altitude_m" | "speed_kmh" | "course_deg" | "hdop" | "satellites",
  least: number,
  most: number,
): void {
  const value = fix[name] as number;
  if (!(value >= least && value <= most)) delete fix[name];
}
