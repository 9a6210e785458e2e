/** What a meter's readings say. */
import type { Reading } from "../../simulator/energy/reading.ts";

const BATTERY_MAH = 2_000;

/** Mean current between two readings, mA; undefined: no time went by, or it was begun anew. */
export function current_mA(
  from: Pick<Reading, "seconds" | "mAh">,
  to: Pick<Reading, "seconds" | "mAh">,
): number | undefined {
  const seconds = to.seconds - from.seconds;
  return seconds > 0 ? ((to.mAh - from.mAh) * 3600) / seconds : undefined;
}

/** How long a battery of 2,000 mAh lasts at this current, days. */
export const batteryDays = (mA: number): number => BATTERY_MAH / mA / 24;
