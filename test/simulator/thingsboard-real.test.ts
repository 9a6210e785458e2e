/** Values that a real ThingsBoard CE 4.2.1 gave: requests whose answers the stand-in once had wrong. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { setup } from "./mqtt-peer.ts";

const TELEMETRY = "v1/devices/me/telemetry";

test("an empty user name with a client id is refused with 5, none with 2", async () => {
  const { open } = setup();
  assert.equal((await open().connect({ username: "" })).returnCode, 5);
  const peer = open();
  peer.send({ cmd: "connect", clientId: "peer", clean: true, keepalive: 60 });
  assert.equal((await peer.expect("connack")).returnCode, 2);
});

for (const payload of ['{"ts":99999999999999999,"values":{"a":1}}', '{"":1}', '{"ts":1,"values":{"":1}}'])
  test(`${payload}: PUBACK, not stored`, async () => {
    const { server, connect } = setup();
    const peer = await connect();
    peer.publish(TELEMETRY, payload);
    await peer.expect("puback");
    assert.deepEqual(server.telemetry("T1"), []);
  });

test("a NUL in a text is stripped", async () => {
  const { server, connect } = setup();
  const peer = await connect();
  peer.publish(TELEMETRY, '{"a":"x\\u0000y"}');
  await peer.expect("puback");
  assert.equal(server.telemetry("T1")[0]?.value, "xy");
});

test("a claim is an object, or nothing; else closed", async () => {
  const peer = await setup().connect();
  for (const payload of ['{"secretKey":"s3","durationMs":60000}', "{}", ""]) {
    peer.publish("v1/devices/me/claim", payload);
    await peer.expect("puback");
  }
  peer.publish("v1/devices/me/claim", "hello");
  await peer.expectClose();
});

test("a changed token, and a deleted device, close the session", async () => {
  const { server, open, connect } = setup();
  const first = await connect();
  server.changeCredentials("tracker", { token: "T2" });
  await first.expectClose();
  assert.equal((await open().connect()).returnCode, 5);
  const second = open();
  assert.equal((await second.connect({ username: "T2" })).returnCode, 0);
  server.changeCredentials("tracker", undefined);
  await second.expectClose();
  assert.equal((await open().connect({ username: "T2" })).returnCode, 5);
  assert.deepEqual(server.devices, []);
});

test("attributes asked for: what there is of them, without a subscription", async () => {
  const { server, connect } = setup();
  const peer = await connect();
  server.share("tracker", { interval_s: 30, name: "Bus 7", cfg: { a: [1, 2], b: null } });
  peer.publish("v1/devices/me/attributes", '{"fw":"0.1.0","n":"5"}');
  await peer.expect("puback");
  const cases: [string, string | undefined][] = [
    [
      '{"clientKeys":"fw,none","sharedKeys":"interval_s,cfg"}',
      '{"client":{"fw":"0.1.0"},"shared":{"interval_s":30,"cfg":{"a":[1,2],"b":null}}}',
    ],
    ['{"clientKeys":"x","sharedKeys":"y"}', "{}"],
    [
      "{}",
      '{"client":{"fw":"0.1.0","n":5},"shared":{"interval_s":30,"name":"Bus 7","cfg":{"a":[1,2],"b":null}}}',
    ],
    ['{"sharedKeys":"interval_s"}', '{"shared":{"interval_s":30}}'],
    ['{"sharedKeys":""}', undefined],
    ['{"sharedKeys":"interval_s, name"}', '{"shared":{"interval_s":30}}'],
  ];
  for (const [i, [request, response]] of cases.entries()) {
    peer.publish(`v1/devices/me/attributes/request/${i}`, request);
    await peer.expect("puback");
    if (response === undefined) {
      await peer.expectSilence();
      continue;
    }
    const { topic, payload } = await peer.expect("publish");
    assert.equal(topic, `v1/devices/me/attributes/response/${i}`);
    assert.equal(payload.toString(), response);
  }
  peer.publish("v2/a/req/7", "{}");
  await peer.expect("puback");
  assert.equal((await peer.expect("publish")).topic, "v2/a/res/7");
  peer.publish("v1/devices/me/attributes/request/x", "{}");
  await peer.expectClose();
});

test("shared attributes are told at the QoS subscribed, again when nothing changed, and their deletion", async () => {
  const { server, connect } = setup();
  const peer = await connect();
  server.share("tracker", { interval_s: 30 });
  await peer.expectSilence();
  await peer.subscribe({ "v1/devices/me/attributes": 1 });
  await peer.expectSilence();
  for (const values of [{ interval_s: 60 }, { interval_s: 60 }]) {
    server.share("tracker", values);
    const { topic, qos, payload } = await peer.expect("publish");
    assert.deepEqual([topic, qos, payload.toString()], ["v1/devices/me/attributes", 1, '{"interval_s":60}']);
  }
  server.share("tracker", { interval_s: undefined });
  assert.equal((await peer.expect("publish")).payload.toString(), '{"deleted":["interval_s"]}');
});

for (const kind of ["fw", "sw"])
  test(`${kind}: no package: NOT_FOUND on v2/fw/error, and closed without PUBACK`, async () => {
    const peer = await setup().connect();
    peer.publish(`v2/${kind}/request/x/chunk/0`, "1024");
    await peer.expect("puback");
    peer.publish(`v2/${kind}/request/0/chunk/0`, "1024");
    const { topic, payload } = await peer.expect("publish");
    assert.deepEqual([topic, payload.toString()], ["v2/fw/error", "NOT_FOUND"]);
    await peer.expectClose();
  });

test("changes come by the topic subscribed last, v2 too, and by none when that is taken back", async () => {
  const { server, connect } = setup();
  const peer = await connect();
  await peer.subscribe({ "v1/devices/me/attributes": 1, "v2/a": 0 });
  server.share("tracker", { a: 1 });
  const { topic, qos } = await peer.expect("publish");
  assert.deepEqual([topic, qos], ["v2/a", 0]);
  await peer.subscribe({ "v1/devices/me/attributes": 1 });
  server.share("tracker", { a: undefined, never: undefined });
  const deleted = await peer.expect("publish");
  assert.deepEqual(
    [deleted.topic, deleted.payload.toString()],
    ["v1/devices/me/attributes", '{"deleted":["a","never"]}'],
  );
  peer.send({ cmd: "unsubscribe", messageId: 9, unsubscriptions: ["v1/devices/me/attributes"] });
  await peer.expect("unsuback");
  server.share("tracker", { a: 2 });
  await peer.expectSilence();
});

test("an empty key among others: PUBACK and no response; at the end it does not count", async () => {
  const { server, connect } = setup();
  const peer = await connect();
  server.share("tracker", { a: 1 });
  for (const keys of ["a,,b", ",a", ""]) {
    peer.publish("v1/devices/me/attributes/request/1", JSON.stringify({ sharedKeys: keys }));
    await peer.expect("puback");
    await peer.expectSilence();
  }
  peer.publish("v1/devices/me/attributes/request/2", '{"sharedKeys":"a,"}');
  await peer.expect("puback");
  assert.equal((await peer.expect("publish")).payload.toString(), '{"shared":{"a":1}}');
});
