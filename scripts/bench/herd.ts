import { Evidence, ladder, wait_s } from "../../firmware/tracker/recovery.ts";
import { BUDGETS } from "../budgets.ts";
import { seededRandom } from "../simulator/modem/options.ts";
import type { Row } from "./row.ts";

const TRACKERS = 1000;
/** How long the server is away, s: it dropped its connections, restarted, or was down for a while. */
const OUTAGES = [0, 60, 1800];

/**
 * A thousand trackers lose the server at the same second: how they come back, by the delays of the firmware itself. They
 * are told no at once, which is the worst case for the server.
 */
export function herdRows(): Row[] {
  return OUTAGES.flatMap((outage_s) => {
    const seconds = comeBack(outage_s);
    const after = (share: number) => (seconds[Math.ceil(TRACKERS * share) - 1] as number) - outage_s;
    const name = `of 1,000 trackers that lost a server for ${outage_s} s`;
    return [
      {
        name: `${name}, most in one second`,
        figure: mostInASecond(seconds),
        unit: "trackers",
        budget: BUDGETS.herd_per_second,
      },
      {
        name: `${name}, half are back after (95 %: ${after(0.95)} s, all: ${after(1)} s)`,
        figure: after(0.5),
        unit: "s",
        budget: BUDGETS.herd_half_s,
      },
    ];
  });
}

/** When each is back, s, in order. */
export function comeBack(outage_s: number): number[] {
  const { random } = Math;
  Math.random = seededRandom(1);
  try {
    return Array.from({ length: TRACKERS }, () => {
      let at_s = 0;
      for (let failures = 1; ; failures++) {
        at_s += wait_s(failures, ladder(Evidence.Open));
        if (at_s >= outage_s) return at_s;
      }
    }).sort((a, b) => a - b);
  } finally {
    Math.random = random;
  }
}

function mostInASecond(seconds: number[]): number {
  const count = new Map<number, number>();
  for (const second of seconds) count.set(second, (count.get(second) ?? 0) + 1);
  return Math.max(...count.values());
}
