import assert from "node:assert/strict";
import { test } from "node:test";
import type { TelemetryMessage } from "../../scripts/simulator/thingsboard/thingsboard.ts";
import { START_MS, setup } from "./mqtt-peer.ts";

const TELEMETRY = "v1/devices/me/telemetry";

/** Values of all points of the device, by `key@ts`. */
function stored({ server }: ReturnType<typeof setup>): Record<string, unknown> {
  return Object.fromEntries(server.telemetry("T1").map((p) => [`${p.key}@${p.ts}`, p.value]));
}

test("14. QoS 1 telemetry, plain, with ts, and mixed in an array, is PUBACKed and recorded", async () => {
  const world = setup();
  const peer = await world.connect();
  peer.publish(TELEMETRY, '{"a":1,"b":null,"c":"25","d":true,"e":{"x":[1.5]},"f":"hello"}', { messageId: 7 });
  assert.equal((await peer.expect("puback")).messageId, 7);
  peer.publish(TELEMETRY, '{"ts":1000,"values":{"a":2}}', { messageId: 8 });
  peer.publish("v2/t", '[{"ts":"2000","values":{"a":3}},{"a":4},{"ts":3000.9,"values":{"a":5}}]', {
    messageId: 9,
  });
  assert.equal((await peer.expect("puback")).messageId, 8);
  assert.equal((await peer.expect("puback")).messageId, 9);
  await peer.expectSilence();
  assert.deepEqual(stored(world), {
    "a@1000": 2,
    "a@2000": 3,
    "a@3000": 5,
    [`a@${START_MS}`]: 4,
    [`c@${START_MS}`]: 25,
    [`d@${START_MS}`]: true,
    [`e@${START_MS}`]: { x: [1.5] },
    [`f@${START_MS}`]: "hello",
  });
  assert.equal(world.server.latest("tracker").find((p) => p.key === "a")?.ts, START_MS);
});

test("14. numbers are stored as ThingsBoard stores them", async () => {
  const world = setup();
  const peer = await world.connect();
  const cases: [string, unknown][] = [
    ["25.0", 25],
    ["1e3", 1000],
    ["-0.5", -0.5],
    ["9223372036854775807", 2 ** 63],
    ["9223372036854775808", "9223372036854775808"],
    ["0.1234567890123456", 0.1234567890123456],
    ["0.12345678901234567", "0.12345678901234567"],
    ["1e-20", "0.00000000000000000001"],
    ['"007"', 7],
    ['"-2.50"', -2.5],
    ['"1e3"', "1e3"],
    ['"0x1F"', "0x1F"],
    ['"+1"', "+1"],
    ['"1."', "1."],
    ['""', ""],
    ["NaN", "NaN"],
    ["007", 7],
    ["0x1F", "0x1F"],
  ];
  const text = cases.map(([literal], i) => `"k${i}":${literal}`).join();
  peer.publish(TELEMETRY, `{"ts":1,"values":{${text}}}`);
  await peer.expect("puback");
  for (const [i, [literal, value]] of cases.entries())
    assert.deepEqual(world.server.telemetry("T1", `k${i}`)[0]?.value, value, literal);
});

test("14. ts without values, or values without ts, are plain keys", async () => {
  const world = setup();
  const peer = await world.connect();
  peer.publish(TELEMETRY, '{"ts":5}');
  peer.publish(TELEMETRY, '{"values":{"a":1}}');
  await peer.expect("puback");
  await peer.expect("puback");
  assert.deepEqual(stored(world), { [`ts@${START_MS}`]: 5, [`values@${START_MS}`]: { a: 1 } });
});

test("15. QoS 0 telemetry is recorded and not answered", async () => {
  const world = setup();
  const peer = await world.connect();
  peer.publish(TELEMETRY, '{"ts":1,"values":{"a":1}}', { qos: 0 });
  await peer.expectSilence();
  assert.deepEqual(stored(world), { "a@1": 1 });
});

test("16. malformed JSON, a scalar or an empty payload closes without PUBACK, at any QoS", async () => {
  const bad = [
    "",
    " ",
    "25",
    "hello",
    "null",
    '{"a":1',
    '{"a":1} x',
    '{"a":1}{"b":2}',
    '{"a":1,}',
    '{"a"}',
    '{"a":',
    '{"a":"x}',
    '{"a":"\\x"}',
    "[1]",
    '[{"a":1},"b"]',
    '[{"a":1},]',
    '{"ts":1,"values":2}',
    "[".repeat(300),
  ];
  for (const payload of bad)
    for (const qos of [0, 1]) {
      const world = setup();
      const peer = await world.connect();
      peer.publish(TELEMETRY, payload, { qos });
      await peer.expectClose();
      assert.match(world.closes[0] ?? "", /^bad payload on v1\/devices\/me\/telemetry: ./, payload);
      assert.deepEqual(stored(world), {}, payload);
    }
});

test("17. unquoted names and single quotes are accepted", async () => {
  const world = setup();
  const peer = await world.connect();
  for (const payload of [
    "{temperature:25}",
    "{'a':1}",
    "{b:on;c=x, /* so */ d=>'it\\'s' # too\n}",
    '{e:[1,,"\\u00e9"]}',
  ]) {
    peer.publish(TELEMETRY, payload);
    await peer.expect("puback");
  }
  const values = Object.fromEntries(world.server.latest("T1").map((p) => [p.key, p.value]));
  assert.deepEqual(values, { temperature: 25, a: 1, b: "on", c: "x", d: "it's", e: [1, null, "é"] });
});

test("17. a ts that is no number closes", async () => {
  for (const ts of ['"x"', "null", "true", "{}", '"12.5"']) {
    const { connect, closes } = setup();
    const peer = await connect();
    peer.publish(TELEMETRY, `{"ts":${ts},"values":{}}`);
    await peer.expectClose();
    assert.deepEqual(closes, [`bad payload on ${TELEMETRY}: "ts" is no number`]);
  }
});

test("18. an empty array is neither answered nor closed; an empty object is answered", async () => {
  const { connect } = setup();
  const peer = await connect();
  peer.publish(TELEMETRY, "[]");
  await peer.expectSilence();
  peer.publish(TELEMETRY, "{}", { messageId: 2 });
  assert.equal((await peer.expect("puback")).messageId, 2);
});

test("19. a QoS 2 PUBLISH gets a PUBACK and is stored; PUBREL is ignored", async () => {
  const world = setup();
  const peer = await world.connect();
  peer.publish(TELEMETRY, '{"ts":1,"values":{"a":1}}', { qos: 2, messageId: 3 });
  assert.equal((await peer.expect("puback")).messageId, 3);
  peer.send({ cmd: "pubrel", messageId: 3 });
  await peer.expectSilence();
  assert.deepEqual(stored(world), { "a@1": 1 });
});

test("20. an unknown topic is PUBACKed and dropped; one of the gateway API gets nothing", async () => {
  const world = setup();
  const peer = await world.connect();
  for (const topic of ["v1/devices/me/telemetr", "foo", "v2/t/x"]) {
    peer.publish(topic, "not even JSON");
    await peer.expect("puback");
  }
  peer.publish("v1/gateway/telemetry", '{"A":[{"a":1}]}');
  await peer.expectSilence();
  assert.deepEqual(stored(world), {});
});

test("21. a DUP retransmission is processed again and PUBACKed", async () => {
  const world = setup();
  const messages: TelemetryMessage[] = [];
  world.server.on("telemetry", (message) => messages.push(message));
  const peer = await world.connect();
  peer.publish(TELEMETRY, '{"ts":1,"values":{"a":1}}', { messageId: 5 });
  peer.publish(TELEMETRY, '{"ts":1,"values":{"a":1}}', { messageId: 5, dup: true });
  await peer.expect("puback");
  await peer.expect("puback");
  assert.deepEqual(world.server.telemetry("T1"), [{ key: "a", ts: 1, value: 1, received: 2 }]);
  assert.deepEqual(
    messages.map((message) => message.points[0]?.received),
    [1, 2],
  );
});

test("22. over the message rate the connection closes without PUBACK", async () => {
  const world = setup({
    devices: [
      {
        name: "tracker",
        token: "T1",
        rate_limits: { telemetry_messages: "2:1", telemetry_data_points: "4:1" },
      },
    ],
  });
  const first = await world.connect();
  for (const messageId of [1, 2]) {
    first.publish(TELEMETRY, '{"a":1}', { messageId });
    await first.expect("puback");
  }
  first.publish(TELEMETRY, '{"a":1}', { messageId: 3 });
  await first.expectClose();

  const second = await world.connect();
  world.timers.tick(1000);
  second.publish(TELEMETRY, '{"a":1,"b":2,"c":3,"d":4,"e":5}');
  await second.expectClose();

  const third = await world.connect();
  world.timers.tick(1000);
  world.server.faults.rate_limited = true;
  third.publish(TELEMETRY, '{"a":1}');
  await third.expectClose();
  assert.deepEqual(new Set(world.closes), new Set(["over the rate limit"]));
});

test("27. attributes are PUBACKed, stored and not echoed", async () => {
  const { server, connect } = setup();
  const peer = await connect();
  await peer.subscribe({ "v1/devices/me/attributes": 1 });
  peer.publish("v1/devices/me/attributes", '{"fw":"1.0","n":null}');
  peer.publish("v2/a", "{imei:86}");
  await peer.expect("puback");
  await peer.expect("puback");
  await peer.expectSilence();
  assert.deepEqual(server.attributes("T1"), { fw: 1, imei: 86 });
  peer.publish("v1/devices/me/attributes", "[]");
  await peer.expectClose();
});
