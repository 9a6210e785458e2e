/** What was wrong with a life, as lines; none: nothing. */
import { delivery } from "./delivery.ts";
import { harmOf } from "./harm.ts";
import { AFTER_S, type Life, type Rest } from "./life.ts";
import { some, time } from "./naming.ts";
import { order } from "./order.ts";
import { places } from "./places.ts";
import { answers, progress } from "./progress.ts";
import { calm_s, promiseOf } from "./saving.ts";
import { INTERVAL_S, type Received, type Taken } from "./scene.ts";
import { events, wakes } from "./wakes.ts";

/** MQTT packets go out in one TCP segment, and AT+QISEND takes no more. */
const LARGEST_PACKET = 1460;
const RECORDS_A_PACKET = 8;
/** Variables more or less than without faults. */
const MEMORY_TOLERANCE = 3;
/** Of one that saves power: what it measures, its trip and its zones may be known or not. */
const SAVING_TOLERANCE = 24;
/** IMEI, ICCID and signal, which a modem with a fault may not have told. */
const UNTOLD = 6;
/** A line on the console that no fault of the world may bring about. */
const CRASH = /Uncaught|^Execution Interrupted|out of memory/i;

export function faultsOf(life: Life, rest: Rest): string[] {
  return [
    ...recovery(life),
    ...some("harm", harmOf(life.seen)),
    ...progress(life),
    ...answers(life),
    ...delivery(life),
    ...places(life.taken),
    ...events(life.taken),
    ...wakes(life),
    ...order(life.taken, life.received),
    ...sizes(life.received),
    ...repeats(life.received),
    ...memory(life, rest),
    ...some("crash reported", crashes(life.taken)),
    ...life.flags.map((flag) => `error flag ${flag}`),
    ...some(
      "line on the console",
      life.lines.filter((line) => CRASH.test(line)),
    ),
  ];
}

function recovery({ recovered_s, takenAfter, taken, saving }: Life): string[] {
  if (recovered_s === undefined) return ["never online with an empty outbox again"];
  // The first round may begin at once, the last one is not over.
  const after_s = saving ? calm_s(saving) : AFTER_S;
  const least = Math.floor(after_s / (saving ? promiseOf(saving).longest_s : INTERVAL_S)) - 1;
  if (takenAfter >= least) return [];
  return [
    `${takenAfter} fixes in the ${after_s} s after, of ${taken.length} in all: at least ${least} wanted`,
  ];
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

/** What the end of a session left in doubt is sent again: a packet's records, no more. */
function repeats(received: Received[]): string[] {
  const seen = new Set<number>();
  const sessions = new Set(received.map(({ session_ms }) => session_ms)).size;
  let again = 0;
  for (const { points } of received)
    for (const ts of new Set(points.map((point) => point.ts)))
      if (seen.has(ts)) again++;
      else seen.add(ts);
  return again > sessions * RECORDS_A_PACKET ? [`${again} records sent again in ${sessions} sessions`] : [];
}

/** [MQTT-3.3] Fixed header, topic, packet identifier, payload. */
function bytesOf({ topic, payload, qos }: Received): number {
  const remaining = 2 + topic.length + (qos ? 2 : 0) + Buffer.byteLength(payload);
  return 1 + (remaining < 128 ? 1 : remaining < 16384 ? 2 : 3) + remaining;
}

/** The tracker restarted itself for a fault of its own. */
function crashes(taken: Taken[]): string[] {
  return taken.flatMap(({ ts, values: { crash } }) =>
    crash === undefined ? [] : [`${JSON.stringify(crash)} at ${time(ts)}`],
  );
}

function memory({ memory: used, saving }: Life, { young, old }: Rest): string[] {
  const tolerance = saving ? SAVING_TOLERANCE : MEMORY_TOLERANCE;
  if (used >= young - UNTOLD - tolerance && used <= old + tolerance) return [];
  return [`memory at rest: ${used} variables, without faults ${young} to ${old}`];
}
