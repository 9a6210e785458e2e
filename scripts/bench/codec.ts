import assert from "node:assert/strict";
import { generate, parser } from "mqtt-packet";
import { BUDGETS } from "../budgets.ts";
import type { Codec } from "./codec-entry.ts";
import { buildPart } from "./part.ts";
import type { Row } from "./row.ts";

const TOPIC = "v1/devices/me/telemetry";
const MESSAGES = 2_000;
const ROUNDS = 9;
const LARGEST = 4_096;

/** The codec as the blob has it against mqtt-packet, in turns: how many times as many packets a second. */
export async function codecRows(): Promise<Row[]> {
  const codec = load((await buildPart("codec-entry.ts")).code);
  const messages = Array.from({ length: MESSAGES }, (_, i) => ({
    id: i + 1,
    payload: JSON.stringify({
      Longitude: 8.541694 + i / 1e6,
      Latitude: 47.376888,
      Altitude: 408.1,
      Speed: i % 130,
    }),
  }));

  // From and to Buffers, as a socket has them.
  const ours = () =>
    messages.map(({ id, payload }) => Buffer.from(codec.encodePublish(id, TOPIC, payload), "latin1"));
  const theirs = () =>
    messages.map(({ id, payload }) =>
      generate({ cmd: "publish", topic: TOPIC, payload, qos: 1, messageId: id, dup: false, retain: false }),
    );
  const packets = theirs();
  assert.deepEqual(ours(), packets);

  const decodeOurs = () => {
    const payloads: string[] = [];
    const take = (_first: number, _id: number, _topic: string, payload = "") => {
      payloads.push(payload);
      return undefined;
    };
    for (const packet of packets) codec.decode(packet.toString("latin1"), LARGEST, take);
    return payloads;
  };
  const decodeTheirs = () => {
    const payloads: string[] = [];
    const decoder = parser();
    decoder.on("packet", (packet) =>
      payloads.push(packet.cmd === "publish" ? packet.payload.toString("latin1") : ""),
    );
    for (const packet of packets) decoder.parse(packet);
    return payloads;
  };
  assert.deepEqual(decodeOurs(), decodeTheirs());

  const row = (what: string, figure: number): Row => {
    const name = `codec under Node against mqtt-packet, ${what}`;
    return { name, figure, unit: "x speed", budget: BUDGETS.codec_speed_ratio, least: true };
  };
  return [row("encoding", speedRatio(ours, theirs)), row("decoding", speedRatio(decodeOurs, decodeTheirs))];
}

function load(code: string): Codec {
  const global: { codec?: Codec } = {};
  new Function("global", code)(global);
  return global.codec as Codec;
}

/** How many times as fast `ours` is: the best round of each, taken in turns. */
function speedRatio(ours: () => unknown, theirs: () => unknown): number {
  const best = { ours: Number.POSITIVE_INFINITY, theirs: Number.POSITIVE_INFINITY };
  for (let round = 0; round < ROUNDS; round++) {
    best.ours = Math.min(best.ours, timeOf(ours));
    best.theirs = Math.min(best.theirs, timeOf(theirs));
  }
  return best.theirs / best.ours;
}

function timeOf(work: () => unknown): number {
  const start = performance.now();
  for (let i = 0; i < 5; i++) work();
  return performance.now() - start;
}
