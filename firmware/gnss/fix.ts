/** One position, WGS-84. What the receiver did not say is absent or undefined, never 0. No more decimals than it knows. */
export interface Fix {
  /** UTC of the fix, milliseconds since 1970; the board's own while the receiver does not know date and time. */
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
