import { crc32 } from "node:zlib";
import { seedJitter } from "../../firmware/tracker/jitter.ts";
import { Evidence, ladder, wait_s } from "../../firmware/tracker/ladder.ts";
import { BUDGETS } from "../budgets.ts";
import { seededRandom } from "../simulator/modem/options.ts";
import type { Row } from "./row.ts";

const TRACKERS = 1000;
/** How long the server is away, s: it dropped its connections, restarted, or was down for a while. */
const OUTAGES = [0, 60, 1800];

const START_MS = Date.UTC(2026, 0, 1);

/**
 * A thousand trackers lose the server at the same second: how they come back, by the delays of the firmware itself. They
 * are told no at once, which is the worst case for the server, and all have the same `Math.random`, as on Espruino for
 * Linux, so that what differs is what the firmware makes of IMEI and clock.
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
  Object.assign(globalThis, { E: { CRC32: (text: string) => crc32(text) } });
  try {
    return Array.from({ length: TRACKERS }, (_, i) => {
      let at_s = 0;
      Math.random = seededRandom(1);
      for (let failures = 1; ; failures++) {
        // As recovery.ts does on the way to each try.
        seedJitter(`${866425031234000 + i} ${START_MS + at_s * 1000}`);
        at_s += wait_s(failures, ladder(Evidence.Open));
        if (at_s >= outage_s) return at_s;
      }
    }).sort((a, b) => a - b);
  } finally {
    Math.random = random;
    Reflect.deleteProperty(globalThis, "E");
  }
}

function mostInASecond(seconds: number[]): number {
  const count = new Map<number, number>();
  for (const second of seconds) count.set(second, (count.get(second) ?? 0) + 1);
  return Math.max(...count.values());
}
