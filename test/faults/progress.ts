import type { Life } from "./life.ts";
import { some, time } from "./naming.ts";
import { promiseOf, type Saving } from "./saving.ts";
import type { Call, Received, Taken } from "./scene.ts";

/** The longest wait of the way back is an hour. */
const NOTHING_NEW_MS = 90 * 60_000;
/** A battery that is low makes intervals so much longer. */
const STRETCHED = 4;

/** Besides, one that saves power sends nothing before an upload is due, nor without a fix. */
function nothingNew_ms(saving: Saving | undefined): number {
  if (!saving) return NOTHING_NEW_MS;
  const { upload_s, longest_s } = promiseOf(saving);
  return NOTHING_NEW_MS + (upload_s + STRETCHED * longest_s) * 1000;
}

/** While samples can get through, some do. */
export function progress({ received, passable, saving }: Life): string[] {
  const arrivals = [...firstArrivals(received).values()];
  const stuck = passable.flatMap(({ from_ms, to_ms }) => {
    const within = [from_ms, ...arrivals.filter((at_ms) => at_ms > from_ms && at_ms < to_ms), to_ms];
    return within.flatMap((at_ms, i) => {
      const until_ms = within[i + 1] ?? at_ms;
      return until_ms - at_ms > nothingNew_ms(saving) ? [`from ${time(at_ms)} to ${time(until_ms)}`] : [];
    });
  });
  return some("nothing new got through", stuck);
}

/** Each call that waits is answered in the end, if the server does not give it up; where all is well that is no excuse. */
export function answers({ calls, passable }: Life): string[] {
  const spans = passable.filter((span) => span.calls);
  const named = ({ method, at_ms }: Call): string => `${method} of ${time(at_ms)}`;
  const waiting = calls.filter(({ outcome }) => outcome === undefined);
  const failed = calls.filter(
    ({ outcome, at_ms, over_ms }) =>
      outcome === "failed" &&
      spans.some(({ from_ms, to_ms }) => at_ms >= from_ms && (over_ms ?? at_ms) <= to_ms),
  );
  return [
    ...some("never answered", waiting.map(named)),
    ...some("given up by the server, not acknowledged", failed.map(named)),
  ];
}

/**
 * Liveness: from the end of the faults until the last of what was taken before it had arrived, s. Undefined: some of it never
 * did; what a full outbox let go, or the server refused, is not counted.
 */
export function delivered_s(taken: Taken[], received: Received[], healed_ms: number): number {
  const arrived = firstArrivals(received);
  const last_ms = taken
    .filter(({ at_ms }) => at_ms <= healed_ms)
    .reduce((last, { ts }) => Math.max(last, arrived.get(ts) ?? healed_ms), healed_ms);
  return (last_ms - healed_ms) / 1000;
}

/** When each ts came first. */
function firstArrivals(received: Received[]): Map<number, number> {
  const arrived = new Map<number, number>();
  for (const { points, received_ms } of received)
    for (const { ts } of points) if (!arrived.has(ts)) arrived.set(ts, received_ms);
  return arrived;
}
