/** What was wrong with a life, as lines; none: nothing. */

import type { Point } from "../../scripts/simulator/thingsboard/store.ts";
import { AFTER_S, type Life } from "./life.ts";
import { INTERVAL_S, type Received, type Taken } from "./scene.ts";

/** MQTT packets go out in one TCP segment, and AT+QISEND takes no more. */
const LARGEST_PACKET = 1460;
/** Variables that may differ from a life without faults. */
const MEMORY_TOLERANCE = 3;
/** A line on the console that no fault of the world may bring about. */
const CRASH = /Uncaught|^Execution Interrupted|out of memory/i;
/** So many of a kind are named in full. */
const NAMED = 5;

/** `restMemory`: of a life without faults, at the same place. */
export function faultsOf(life: Life, restMemory: number): string[] {
  return [
    ...recovery(life),
    ...delivery(life),
    ...order(life.taken, life.received),
    ...sizes(life.received),
    ...memory(life.memory, restMemory),
    ...life.flags.map((flag) => `error flag ${flag}`),
    ...some(
      "line on the console",
      life.lines.filter((line) => CRASH.test(line)),
    ),
  ];
}

function recovery({ recovered_s, takenAfter, taken }: Life): string[] {
  if (recovered_s === undefined) return ["never online with an empty outbox again"];
  // The first round may begin at once, the last one is not over.
  const least = Math.floor(AFTER_S / INTERVAL_S) - 1;
  if (takenAfter >= least) return [];
  return [
    `${takenAfter} fixes in the ${AFTER_S} s after, of ${taken.length} in all: at least ${least} wanted`,
  ];
}

/** What was taken is what the server has: each ts, each key, each value. */
function delivery({ taken, points, dropped }: Life): string[] {
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
  return [
    ...(dropped ? [`${dropped} records dropped by a full outbox`] : []),
    ...some("lost", missing(found, wanted)),
    ...some("never taken, but on the server", missing(wanted, found)),
    ...some("changed on the way", changed),
  ];
}

type Value = Pick<Point, "ts" | "key" | "value">;

function byName(values: Value[]): Map<string, Value> {
  return new Map(values.map((value) => [`${value.key} at ${time(value.ts)}`, value]));
}

/**
 * A session's records come in the order they were taken, but the newest may go ahead of older ones, as the last of its
 * packet. (Of two that are taken within a second, a fix and a report, the ts may be the other way round: a fix's ts is the
 * receiver's.)
 */
function order(taken: Taken[], received: Received[]): string[] {
  const wrong: string[] = [];
  const places = placesOf(taken);
  let session_ms: number | undefined;
  let before_ms = 0;
  let backlog = -1;
  for (const packet of received) {
    if (packet.session_ms !== session_ms) {
      session_ms = packet.session_ms;
      // The first packet may be one that was put together in a session before.
      before_ms = 0;
      backlog = -1;
    }
    const stamps = [...new Set(packet.points.map(({ ts }) => ts))];
    let place = -1;
    stamps.forEach((ts, i) => {
      const { first = place, last = place } = places.get(ts) ?? {};
      if (last < Math.max(place, backlog))
        wrong.push(
          `${time(ts)} in the packet of ${time(packet.received_ms)} was taken before what was sent before`,
        );
      place = first;
      // One that was the newest when the packet was put together says nothing about those to come.
      const ahead = i === stamps.length - 1 && (taken[last + 1]?.at_ms ?? before_ms) >= before_ms;
      if (!ahead) backlog = Math.max(backlog, first);
    });
    before_ms = packet.received_ms;
  }
  return some("order", wrong);
}

/** Which records have a ts: the first and the last, as a fix may be taken twice. */
function placesOf(taken: Taken[]): Map<number, { first: number; last: number }> {
  const places = new Map<number, { first: number; last: number }>();
  taken.forEach(({ ts }, i) => {
    places.set(ts, { first: places.get(ts)?.first ?? i, last: i });
  });
  return places;
}

function sizes(received: Received[]): string[] {
  const large = received
    .map((packet) => ({ at_ms: packet.received_ms, bytes: bytesOf(packet) }))
    .filter(({ bytes }) => bytes > LARGEST_PACKET);
  return some(
    `PUBLISH over ${LARGEST_PACKET} bytes`,
    large.map(({ at_ms, bytes }) => `${bytes} bytes at ${time(at_ms)}`),
  );
}

/** [MQTT-3.3] Fixed header, topic, packet identifier, payload. */
function bytesOf({ topic, payload, qos }: Received): number {
  const remaining = 2 + topic.length + (qos ? 2 : 0) + Buffer.byteLength(payload);
  return 1 + (remaining < 128 ? 1 : remaining < 16384 ? 2 : 3) + remaining;
}

function memory(used: number, wanted: number): string[] {
  if (Math.abs(used - wanted) <= MEMORY_TOLERANCE) return [];
  return [`memory at rest: ${used} variables, without faults ${wanted}`];
}

function some(what: string, items: string[]): string[] {
  if (items.length === 0) return [];
  const more = items.length > NAMED ? `, and ${items.length - NAMED} more` : "";
  return [`${what}: ${items.slice(0, NAMED).join(", ")}${more}`];
}

const time = (ms: number): string => new Date(ms).toISOString();
