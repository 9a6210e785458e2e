import type { Point } from "../../scripts/simulator/thingsboard/store.ts";
import type { Life } from "./life.ts";
import { some, time } from "./naming.ts";
import type { Refused } from "./scene.ts";

/** What was taken is what the server has: each ts, each key, each value. */
export function delivery(life: Life): string[] {
  const { taken, points, dropped, torn } = life;
  const wanted = byName(
    taken.flatMap(({ ts, values }) => Object.entries(values).map(([key, value]) => ({ ts, key, value }))),
  );
  const found = byName(points);
  const missing = (from: typeof wanted, these: typeof wanted): string[] => [
    ...new Set([...these].filter(([name]) => !from.has(name)).map(([, { ts }]) => time(ts))),
  ];
  const changed = [...wanted].flatMap(([name, { value }]) => {
    const there = found.get(name);
    if (!there || JSON.stringify(there.value) === JSON.stringify(value)) return [];
    return [`${name}: ${JSON.stringify(value)} became ${JSON.stringify(there.value)}`];
  });
  const missed = missing(found, wanted);
  // What the server never takes is given up, and counted.
  const refusals = givenUp(life.refused);
  const lost = missed.filter((ts) => !refusals.has(ts));
  // A torn record that was never whole looks like one that was, and is counted.
  const left = Math.max(0, dropped - (missed.length - lost.length) - torn);
  // The tracker counts what a full outbox lets go.
  const forgiven = left > 0 && lost.length <= left && isFull(life);
  const uncounted = missed.length > dropped ? [`${missed.length} records missing, ${dropped} counted`] : [];
  return [
    ...(forgiven ? [] : [...droppedIn(left), ...some("lost", lost)]),
    ...(lost.length > 0 ? [] : uncounted),
    ...some("never taken, but on the server", missing(wanted, found)),
    ...some("changed on the way", changed),
  ];
}

/** Refusals before a record may be given up; at least once it was alone in its packet. */
const REFUSALS = 3;

/** What was refused so often that it may be given up, by its time. */
function givenUp(refused: Refused[]): Set<string> {
  const stamps = new Set(refused.flatMap((packet) => packet.stamps));
  const may = [...stamps].filter((ts) => {
    const packets = refused.filter((packet) => packet.stamps.includes(ts));
    return packets.length >= REFUSALS && packets.some((packet) => new Set(packet.stamps).size === 1);
  });
  return new Set(may.map((ts) => time(ts ?? 0)));
}

const droppedIn = (dropped: number): string[] => (dropped ? [`${dropped} records dropped`] : []);

/** Slots that are filled, of the 170 of a block, whatever else is kept in it. */
const FILLED = 120;

/** Did so much wait that some may have been dropped? The block that comes next is always empty. */
function isFull({ taken, received, blocks }: Life): boolean {
  const arrived = new Map<number, number>();
  for (const { points, received_ms } of received)
    for (const { ts } of points) if (!arrived.has(ts)) arrived.set(ts, received_ms);
  const changes = taken.flatMap(({ ts, at_ms, slots }) => [
    { at_ms, slots },
    { at_ms: arrived.get(ts) ?? Number.POSITIVE_INFINITY, slots: -slots },
  ]);
  let waiting = 0;
  return changes
    .sort((a, b) => a.at_ms - b.at_ms)
    .some(({ slots }) => {
      waiting += slots;
      return waiting > (blocks - 1) * FILLED;
    });
}

type Value = Pick<Point, "ts" | "key" | "value">;

function byName(values: Value[]): Map<string, Value> {
  return new Map(values.map((value) => [`${value.key} at ${time(value.ts)}`, value]));
}
