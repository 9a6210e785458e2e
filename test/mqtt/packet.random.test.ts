/** The codec against mqtt-packet. `MQTT_RUNS=100000` for the number of packets the project promises. */
import assert from "node:assert/strict";
import { it } from "node:test";
import fc from "fast-check";
import { generate, type Packet as MqttPacket, parser } from "mqtt-packet";
import {
  ConnectFlag,
  encodeConnect,
  First,
  field,
  PublishFlag,
  packet as packetOf,
  uint16 as word,
} from "../../firmware/mqtt/packet.ts";
import { fromBuffer, latin1, RUNS, utf8 } from "./bytes.ts";
import { toReceive } from "./fixtures.ts";
import { encodePublish } from "./publish.ts";
import { stream } from "./stream.ts";

const LIMIT = 70_000;

const text = (constraints: { minLength?: number; maxLength: number }) =>
  fc.string({ ...constraints, unit: "binary" }).filter((it) => !it.includes("\0"));
const topic = text({ minLength: 1, maxLength: 30 }).filter((it) => !/[+#]/.test(it));
// Mostly short, at times long enough for two and three digits of the remaining length.
const bytes = fc.oneof(
  { weight: 20, arbitrary: fc.uint8Array({ maxLength: 40 }) },
  { weight: 2, arbitrary: fc.integer({ min: 100, max: 300 }).map((n) => new Uint8Array(n).fill(n)) },
  { weight: 1, arbitrary: fc.integer({ min: 16_300, max: 16_500 }).map((n) => new Uint8Array(n).fill(n)) },
);
const id = fc.integer({ min: 1, max: 65_535 });
const uint16 = fc.integer({ min: 0, max: 65_535 });
const qos = fc.integer({ min: 0, max: 2 });
const publish = fc
  .record({ topic, payload: bytes, qos, retain: fc.boolean(), dup: fc.boolean(), messageId: id })
  .map((packet) => ({ ...packet, dup: packet.dup && packet.qos > 0 }));

const flagsOf = ({ dup, qos, retain }: { dup: boolean; qos: number; retain: boolean }) =>
  (dup ? PublishFlag.DUP : 0) | (qos << 1) | (retain ? PublishFlag.RETAIN : 0);

/** What mqtt-packet reads, as plain data. */
function parse(packet: string): Record<string, unknown> {
  const decoder = parser();
  const found: MqttPacket[] = [];
  decoder.on("packet", (it) => found.push(it));
  decoder.on("error", (error) => {
    throw error;
  });
  assert.equal(decoder.parse(latin1(packet)), 0);
  assert.equal(found.length, 1);
  return { ...found[0] } as Record<string, unknown>;
}

function check<T>(arbitrary: fc.Arbitrary<T>, predicate: (value: T) => void, share = 1): void {
  fc.assert(fc.property(arbitrary, predicate), { numRuns: Math.ceil(RUNS * share) });
}

it("mqtt-packet reads every CONNECT we write", () => {
  const will = fc.record({ topic, payload: bytes, qos, retain: fc.boolean() });
  const options = fc.record({
    clientId: text({ maxLength: 40 }),
    keepalive: uint16,
    clean: fc.boolean(),
    username: fc.option(text({ maxLength: 40 }), { nil: undefined }),
    password: bytes,
    with_password: fc.boolean(),
    will: fc.option(will, { nil: undefined }),
  });
  check(
    // A password needs a user name [MQTT-3.1.2-22].
    options.map((it) => ({ ...it, with_password: it.with_password && it.username !== undefined })),
    ({ clientId, keepalive, clean, username, password, with_password, will }) => {
      const fields = [utf8(clientId)];
      let flags = clean ? ConnectFlag.CLEAN_SESSION : 0;
      if (will) {
        fields.push(utf8(will.topic), fromBuffer(will.payload));
        flags |=
          ConnectFlag.WILL |
          (will.qos * ConnectFlag.WILL_QOS_1) |
          (will.retain ? ConnectFlag.WILL_RETAIN : 0);
      }
      if (username !== undefined) {
        fields.push(utf8(username));
        flags |= ConnectFlag.USERNAME;
      }
      if (with_password) {
        fields.push(fromBuffer(password));
        flags |= ConnectFlag.PASSWORD;
      }
      const read = parse(encodeConnect(flags, keepalive, fields));
      assert.deepEqual(
        [read.cmd, read.clientId, read.keepalive, read.clean, read.username, read.protocolVersion],
        ["connect", clientId, keepalive, clean, username, 4],
      );
      assert.deepEqual(read.password, with_password ? Buffer.from(password) : undefined);
      assert.deepEqual(
        read.will ? { ...(read.will as object) } : undefined,
        will && { ...will, payload: Buffer.from(will.payload) },
      );
    },
    0.2,
  );
});

it("mqtt-packet reads every PUBLISH we write, and writes the same", () => {
  check(
    publish,
    (packet) => {
      const written = encodePublish(
        packet.messageId,
        utf8(packet.topic),
        fromBuffer(packet.payload),
        flagsOf(packet),
      );
      const read = parse(written);
      assert.deepEqual(
        [read.topic, read.qos, read.retain, read.dup, read.messageId],
        [packet.topic, packet.qos, packet.retain, packet.dup, packet.qos ? packet.messageId : undefined],
      );
      assert.deepEqual(read.payload, Buffer.from(packet.payload));
      const theirs = generate({
        ...packet,
        cmd: "publish",
        payload: Buffer.from(packet.payload),
      } as MqttPacket);
      assert.deepEqual(latin1(written), theirs);
    },
    0.5,
  );
});

it("mqtt-packet reads every other packet we write", () => {
  const filters = fc.array(
    fc.record({ topic: text({ minLength: 1, maxLength: 20 }), qos }, { noNullPrototype: true }),
    {
      minLength: 1,
      maxLength: 5,
    },
  );
  check(
    fc.record({ messageId: id, filters }),
    ({ messageId, filters }) => {
      const subscriptions = filters.map(({ topic, qos }) => field(utf8(topic)) + String.fromCharCode(qos));
      const subscribe = parse(packetOf(First.SUBSCRIBE, word(messageId) + subscriptions.join("")));
      assert.deepEqual([subscribe.messageId, subscribe.subscriptions], [messageId, filters]);
      const unsubscriptions = filters.map(({ topic }) => topic);
      const fields = unsubscriptions.map((it) => field(utf8(it))).join("");
      const unsubscribe = parse(packetOf(First.UNSUBSCRIBE, word(messageId) + fields));
      assert.deepEqual([unsubscribe.messageId, unsubscribe.unsubscriptions], [messageId, unsubscriptions]);
      assert.equal(parse(packetOf(First.PUBACK, word(messageId))).messageId, messageId);
    },
    0.3,
  );
});

it("we read every packet mqtt-packet writes, in any pieces", () => {
  const packets = fc.oneof(
    {
      weight: 6,
      arbitrary: publish.map((it) => ({ ...it, cmd: "publish", payload: Buffer.from(it.payload) })),
    },
    {
      weight: 1,
      arbitrary: fc.record({
        cmd: fc.constant("connack"),
        returnCode: fc.integer({ min: 0, max: 5 }),
        sessionPresent: fc.boolean(),
      }),
    },
    { weight: 1, arbitrary: fc.record({ cmd: fc.constantFrom("puback", "unsuback"), messageId: id }) },
    {
      weight: 1,
      arbitrary: fc.record({
        cmd: fc.constant("suback"),
        messageId: id,
        granted: fc.array(fc.constantFrom(0, 1, 2, 128), { minLength: 1, maxLength: 9 }),
      }),
    },
    { weight: 1, arbitrary: fc.constant({ cmd: "pingresp" }) },
  );
  // biome-ignore lint/suspicious/noExplicitAny: one of many kinds
  const asOurs = (it: any) => ({
    topic: it.topic ? utf8(it.topic) : "",
    payload:
      it.cmd === "suback" ? String.fromCharCode(...it.granted) : it.payload ? fromBuffer(it.payload) : "",
    flags: it.cmd === "publish" ? flagsOf(it) : 0,
    id:
      it.cmd === "connack"
        ? it.returnCode + (it.sessionPresent ? 256 : 0)
        : it.qos === 0
          ? 0
          : (it.messageId ?? 0),
  });
  check(
    fc.record({
      packets: fc.array(packets, { minLength: 1, maxLength: 4 }),
      sizes: fc.infiniteStream(fc.integer({ min: 1, max: 50 })),
    }),
    ({ packets, sizes }) => {
      const sent = fromBuffer(Buffer.concat(packets.map((it) => generate(it as unknown as MqttPacket))));
      const received = stream(LIMIT);
      for (let at = 0; at < sent.length; ) {
        const size = sent.length > 1_000 ? 1_000 : (sizes.next().value as number);
        received.feed(sent.slice(at, at + size));
        at += size;
      }
      assert.equal(received.error, "");
      const found = received.packets.map(({ first, ...it }) => ({ ...it, flags: first & 15 }));
      assert.deepEqual(found, packets.map(asOurs));
    },
    0.5,
  );
});

it("mutated packets end in a packet or a named error, never in an exception or a growing buffer", () => {
  const errors = new Set(["", "type", "flags", "length", "size", "id", "code"]);
  const valid = toReceive.map(({ bytes }) => latin1(bytes));
  const mutation = fc.record({ at: fc.nat(300), byte: fc.integer({ min: 0, max: 255 }), kind: fc.nat(3) });
  check(
    fc.record({
      packet: fc.constantFrom(...valid),
      mutations: fc.array(mutation, { minLength: 1, maxLength: 4 }),
      split: fc.nat(300),
    }),
    ({ packet, mutations, split }) => {
      const mutated = [...packet];
      for (const { at, byte, kind } of mutations) {
        const place = at % (mutated.length + 1);
        if (kind === 0) mutated[place] = byte;
        else if (kind === 1) mutated[place] = (mutated[place] ?? 0) ^ (1 << (byte & 7));
        else if (kind === 2) mutated.splice(place, 1);
        else mutated.splice(place, 0, byte);
      }
      const sent = fromBuffer(Buffer.from(mutated));
      const received = stream(256);
      for (const piece of [sent.slice(0, split), sent.slice(split)]) received.feed(piece);
      for (const found of received.packets)
        assert.ok((found.payload ?? "").length + found.topic.length <= 256);
      assert.ok(errors.has(received.error), received.error);
      assert.ok(received.packets.length <= sent.length / 2);
      assert.ok(received.buffer.length <= 260);
    },
    10,
  );
});
