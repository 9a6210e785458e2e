import type { Fix } from "../gnss/fix.ts";

/** A fix, and what the tracker knew when it came, for `extras`. What is not known is absent. */
export interface Sample extends Fix {
  /** Percent, and volts. */
  battery?: number | undefined;
  battery_v?: number | undefined;
  signal_dbm?: number | undefined;
  /** `course_deg`, by the name that telemetry has for it. */
  course?: number | undefined;
  /** Degrees Celsius. */
  temperature?: number | undefined;
  /** How long it took, seconds; */
  fix_s?: number | undefined;
  /** and how long the board has been awake. */
  awake_s?: number | undefined;
}
