import { Released } from "../released.ts";
import { Utc } from "../utc.ts";

/** GPS tells the week in ten bits: it begins anew after 1,024 [IS-GPS-200, 20.3.3.3.1.1]. */
const ROLLOVER_MS = 1024 * 7 * Utc.Day_ms;

/**
 * A receiver's time with the weeks right: it knows them but for whole 1,024, and an old one takes the wrong ones. Ours are
 * those that begin with the day of this version; right for 19 years from then on.
 */
export function rightWeeks(time_ms: number): number {
  return time_ms - Math.floor((time_ms - Released.Ms) / ROLLOVER_MS) * ROLLOVER_MS;
}
