/** One position, WGS-84. What the receiver did not say is absent, never 0. No more decimals than it knows. */
export interface Fix {
  /** UTC of the fix, milliseconds since 1970; the board's own while the receiver does not know date and time. */
  time_ms: number;
  /** Degrees, north positive. */
  latitude: number;
  /** Degrees, east positive. */
  longitude: number;
  /** Metres above mean sea level. */
  altitude_m?: number;
  speed_kmh?: number;
  /** Course over ground, degrees from true north, 0 to 360. */
  course_deg?: number;
  /** Horizontal dilution of precision. */
  hdop?: number;
  /** Satellites used in the solution. */
  satellites?: number;
}
