import { CALLS, kinds as common, type Kind, PASSABLE, type Step } from "./kinds.ts";
import { count, pick, type Random, shuffle, spread } from "./random.ts";

export interface Plan {
  /** In the order of time; `at_ms` from the start of the life. */
  steps: Step[];
  end_ms: number;
  /** When samples get through all the same. */
  passable: Span[];
}

export interface Span {
  from_ms: number;
  to_ms: number;
  /** All that happened was calls. */
  calls: boolean;
}

const MINUTE_MS = 60_000;
const DAY_MS = 24 * 60 * MINUTE_MS;

/** What is most likely to lose records, so most episodes have one of these. */
const POWER = ["powerCuts", "powerCutsOfBoth", "flashCuts", "tornFlash"];
const PASSABLE_SHARE = 0.25;

/**
 * A day of episodes (`only`: of this kind alone), each of some kinds of faults, with healthy time between them. It ends with the
 * last. `more`: kinds that this world has besides. `mild`: nothing but these.
 */
export function drawPlan(
  random: Random,
  only?: string,
  more: Record<string, Kind> = {},
  mild?: string[],
): Plan {
  const kinds = { ...common, ...more };
  const among = (names: string[]): string[] => (mild ? names.filter((name) => mild.includes(name)) : names);
  const steps: Step[] = [];
  const passable: Span[] = [];
  // From a fault in the first second on.
  let at_ms = spread(random, 1000, 60 * MINUTE_MS);
  let over_ms = 0;
  while (at_ms < DAY_MS) {
    const passes = only ? PASSABLE.includes(only) : random() < PASSABLE_SHARE;
    const names = only
      ? [only]
      : shuffle(random, among(passes ? PASSABLE : Object.keys(kinds))).slice(
          0,
          pick(random, [1, 1, 2, 2, 3]),
        );
    if (!only && !passes && random() < 0.5) names.push(pick(random, among(POWER)));
    let from_ms = at_ms;
    let end_ms = at_ms;
    for (const name of new Set(names)) {
      // Minutes mostly, and up to four hours.
      const length_ms = passes
        ? count(random, 60, 240) * MINUTE_MS
        : spread(random, MINUTE_MS / 2, count(random, 10, 240) * MINUTE_MS);
      for (const step of kinds[name]?.(random, length_ms) ?? [])
        steps.push({ ...step, at_ms: Math.round(from_ms + step.at_ms) });
      end_ms = Math.max(end_ms, from_ms + length_ms);
      from_ms += random() * length_ms;
    }
    const calls = names.every((name) => CALLS.includes(name));
    if (passes) passable.push({ from_ms: at_ms, to_ms: Math.min(end_ms, DAY_MS), calls });
    over_ms = Math.min(end_ms, DAY_MS);
    at_ms = end_ms + spread(random, MINUTE_MS, 90 * MINUTE_MS);
  }
  const within = steps.filter((step) => step.at_ms < DAY_MS).sort((a, b) => a.at_ms - b.at_ms);
  return { steps: within, end_ms: over_ms, passable };
}
