/** What was wrong with a life, as lines; none: nothing. */
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
  const expected = new Map<string, unknown>();
  for (const { ts, values } of taken)
    for (const [key, value] of Object.entries(values)) expected.set(`${key} at ${time(ts)}`, value);
  const found = new Map(points.map(({ key, ts, value }) => [`${key} at ${time(ts)}`, value]));
  const lost = [...expected.keys()].filter((name) => !found.has(name));
  const invented = [...found.keys()].filter((name) => !expected.has(name));
  const changed = [...expected].filter(([name, value]) => found.has(name) && !same(found.get(name), value));
  return [
    ...(dropped ? [`${dropped} records dropped by a full outbox`] : []),
    ...some("lost", lost),
    ...some("never taken, but on the server", invented),
    ...some(
      "changed on the way",
      changed.map(
        ([name, value]) => `${name}: ${JSON.stringify(value)} became ${JSON.stringify(found.get(name))}`,
      ),
    ),
  ];
}

const same = (a: unknown, b: unknown): boolean => JSON.stringify(a) === JSON.stringify(b);

/** The ts of a session ascend, but the newest record may go ahead of older ones, as the last of its packet. */
function order(taken: Taken[], received: Received[]): string[] {
  const wrong: string[] = [];
  let session_ms: number | undefined;
  let before_ms = 0;
  let backlog_ts = 0;
  for (const packet of received) {
    if (packet.session_ms !== session_ms) {
      session_ms = packet.session_ms;
      before_ms = session_ms;
      backlog_ts = 0;
    }
    const stamps = [...new Set(packet.points.map(({ ts }) => ts))];
    const what = `in the packet of ${time(packet.received_ms)}`;
    stamps.forEach((ts, i) => {
      const last = i === stamps.length - 1;
      if (i > 0 && ts < (stamps[i - 1] as number))
        wrong.push(`${time(ts)} after ${time(stamps[i - 1] as number)} ${what}`);
      else if (ts < backlog_ts) wrong.push(`${time(ts)} ${what}, ${time(backlog_ts)} was sent before`);
      // One that was the newest when the packet was put together says nothing about those to come.
      if (!last || !mayBeNewest(taken, ts, before_ms)) backlog_ts = Math.max(backlog_ts, ts);
    });
    before_ms = packet.received_ms;
  }
  return some("order", wrong);
}

/** Was this record the newest at some time since `since_ms`? */
function mayBeNewest(taken: Taken[], ts: number, since_ms: number): boolean {
  const newer = taken.find((record) => record.ts > ts);
  return !newer || newer.at_ms >= since_ms;
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
