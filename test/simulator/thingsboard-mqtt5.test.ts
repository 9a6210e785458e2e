/** MQTT 5: what a client of 3.1.1 is only closed for has a reason code; the client's properties are ignored. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { setup } from "./mqtt-peer.ts";

const TELEMETRY = "v1/devices/me/telemetry";

async function connected(options: Parameters<typeof setup>[0] = {}) {
  const world = setup(options);
  const peer = world.open(5);
  const connack = await peer.connect({
    properties: { sessionExpiryInterval: 100, receiveMaximum: 3, topicAliasMaximum: 5 },
  });
  assert.deepEqual([connack.reasonCode, connack.properties], [0, undefined]);
  return { ...world, peer };
}

test("CONNACK has no properties, byte by byte", async () => {
  const { peer } = await connected();
  assert.equal(peer.segments[0]?.toString("hex"), "2003000000");
});

test("a log-in is refused with its reason, told again by DISCONNECT", async () => {
  for (const [fields, code] of [
    [{ username: "nobody" }, 0x86],
    [{ username: undefined, clientId: "nobody" }, 0x85],
    [{ username: undefined, clientId: "" }, 0x87],
  ] as const) {
    const { open, closes } = setup();
    const peer = open(5);
    assert.equal((await peer.connect(fields)).reasonCode, code);
    assert.equal(closes.length, 1);
    const hex = code.toString(16);
    assert.equal(Buffer.concat(peer.segments).toString("hex"), `200300${hex}00e002${hex}00`);
  }
});

test("a bad payload: PUBACK 0x99 with QoS 1, DISCONNECT 0x99 with QoS 0, 0x8b for what the server fails on", async () => {
  const { peer } = await connected();
  peer.publish(TELEMETRY, "hello");
  assert.equal((await peer.expect("puback")).reasonCode, 0x99);
  await peer.expectSilence();
  peer.publish(TELEMETRY, "hello", { qos: 0 });
  assert.equal((await peer.expect("disconnect")).reasonCode, 0x99);
  await peer.expectClose();
  for (const [topic, payload] of [
    [TELEMETRY, '{"ts":"x","values":{}}'],
    ["v1/devices/me/rpc/request/1", '{"params":1}'],
    ["v1/devices/me/rpc/request/x", '{"method":"a"}'],
  ] as const) {
    const { peer } = await connected();
    peer.publish(topic, payload);
    assert.equal((await peer.expect("disconnect")).reasonCode, 0x8b, payload);
    await peer.expectClose();
  }
});

test("an unknown topic and an unknown filter have codes; telemetry and requests go as ever", async () => {
  const { peer, server } = await connected();
  peer.publish("nothing", "x");
  assert.equal((await peer.expect("puback")).reasonCode, 0x90);
  assert.deepEqual(await peer.subscribe({ "#": 1, "v1/devices/me/rpc/request/+": 2 }), [0x8f, 1]);
  peer.publish(TELEMETRY, '{"a":1}', { properties: { contentType: "json" } });
  assert.equal((await peer.expect("puback")).reasonCode, 0);
  assert.equal(server.telemetry("T1")[0]?.value, 1);
  server.rpc("T1", "m").catch(() => {});
  const request = await peer.expect("publish");
  assert.equal(request.topic, "v1/devices/me/rpc/request/0");
  peer.send({ cmd: "unsubscribe", messageId: 9, unsubscriptions: ["v1/devices/me/rpc/request/+"] });
  assert.deepEqual((await peer.expect("unsuback")).granted, [0]);
});

test("why the server ends it: another session, a changed token, the rate, silence; DISCONNECT is answered", async () => {
  const taken = await connected();
  await taken.connect();
  assert.equal((await taken.peer.expect("disconnect")).reasonCode, 0x8e);
  const changed = await connected();
  changed.server.changeCredentials("tracker", { token: "T2" });
  assert.equal((await changed.peer.expect("disconnect")).reasonCode, 0x98);
  const limited = await connected();
  limited.server.faults.rate_limited = true;
  limited.peer.publish(TELEMETRY, '{"a":1}');
  assert.equal((await limited.peer.expect("disconnect")).reasonCode, 0x83);
  const refused = limited.open(5);
  assert.equal((await refused.connect()).reasonCode, 0x9f);
  assert.equal((await refused.expect("disconnect")).reasonCode, 0x96);
  const silent = await connected({ inactivity_timeout_ms: 1000 });
  silent.timers.tick(1001);
  assert.equal((await silent.peer.expect("disconnect")).reasonCode, 0xa0);
  const leaving = await connected();
  leaving.peer.send({ cmd: "disconnect", reasonCode: 0 });
  assert.equal((await leaving.peer.expect("disconnect")).reasonCode, 0);
  await leaving.peer.expectClose();
  const garbled = await connected();
  garbled.peer.send(Buffer.from([0x00, 0x00]));
  assert.equal((await garbled.peer.expect("disconnect")).reasonCode, 0x81);
});
