/** What ends connections that were accepted, and calls that come twice, in bursts or too large. */
import assert from "node:assert/strict";
import { test } from "node:test";
import type { Packet } from "mqtt-packet";
import { jsonOf, setup } from "./mqtt-peer.ts";

const TELEMETRY = "v1/devices/me/telemetry";
const REQUESTS = "v1/devices/me/rpc/request/+";
const requestTopic = (id: number): string => `v1/devices/me/rpc/request/${id}`;
const responseTo = (id: number): string => `v1/devices/me/rpc/response/${id}`;
const points = (count: number): string =>
  JSON.stringify(Object.fromEntries(Array.from({ length: count }, (_, i) => [`k${i}`, i])));

const askLimits = async (peer: Awaited<ReturnType<ReturnType<typeof setup>["connect"]>>) => {
  peer.publish("v1/devices/me/rpc/request/1", '{"method":"getSessionLimits"}');
  await peer.expect("puback");
  return (jsonOf(await peer.expect("publish")) as { rateLimits: Record<string, string | null> }).rateLimits;
};

test("told_limits are told, and a packet over them closes without PUBACK, each time", async () => {
  const { server, connect } = setup();
  server.faults.told_limits = { telemetry_data_points: "20:60" };
  for (let i = 0; i < 3; i++) {
    const peer = await connect();
    assert.deepEqual(await askLimits(peer), {
      messages: null,
      telemetryMessages: null,
      telemetryDataPoints: "20:60",
    });
    peer.publish(TELEMETRY, points(32));
    await peer.expectClose();
  }
  const peer = await connect();
  peer.publish(TELEMETRY, points(20));
  await peer.expect("puback");
  peer.publish(TELEMETRY, points(1));
  await peer.expectClose();
});

test("each window of a limit counts: 20:1,600:60", async () => {
  const { server, connect, timers } = setup();
  server.faults.told_limits = { telemetry_data_points: "20:1,600:60" };
  let peer = await connect();
  peer.publish(TELEMETRY, points(21));
  await peer.expectClose();
  peer = await connect();
  // The first window refills by 20 a second, the second one by 10.
  let taken = 0;
  for (; taken < 100; taken++) {
    peer.publish(TELEMETRY, points(20));
    const puback = await peer.expect("puback").catch(() => undefined);
    if (!puback) break;
    timers.tick(1000);
  }
  assert.ok(taken >= 58 && taken <= 61, `${taken}`);
});

test("untold_limits are not told; connecting costs too, and when nothing is left CONNACK is 3", async () => {
  const { server, open, connect, timers } = setup();
  server.faults.untold_limits = { messages: "6:60", telemetry_messages: "2:60" };
  const peer = await connect();
  assert.deepEqual(Object.values(await askLimits(peer)), [null, null, null]);
  for (let i = 0; i < 2; i++) {
    peer.publish(TELEMETRY, points(1));
    await peer.expect("puback");
  }
  peer.publish(TELEMETRY, points(1));
  await peer.expectClose();
  for (let left = 4; left > 0; left -= 2) {
    const again = await connect();
    again.send({ cmd: "disconnect" });
    await again.expectClose();
  }
  assert.equal((await open().connect()).returnCode, 3);
  timers.tick(20_000);
  assert.equal((await open().connect()).returnCode, 0);
});

test("a tenant's limits of the options are not told either", async () => {
  const { connect } = setup({
    devices: [{ name: "tracker", token: "T1", tenant_limits: { telemetry_data_points: "5:60" } }],
  });
  const peer = await connect();
  assert.deepEqual(Object.values(await askLimits(peer)), [null, null, null]);
  peer.publish(TELEMETRY, points(6));
  await peer.expectClose();
});

test("max_string_value_length and refused_keys: closed each time one is in a packet", async () => {
  const { server, connect } = setup();
  server.faults.max_string_value_length = 100;
  server.faults.refused_keys = ["crash"];
  for (const values of [{ a: "x".repeat(101) }, { crash: 1 }]) {
    const peer = await connect();
    peer.publish(
      TELEMETRY,
      JSON.stringify([
        { ts: 1, values: { a: 1 } },
        { ts: 2, values },
      ]),
    );
    await peer.expectClose();
  }
  const peer = await connect();
  peer.publish(TELEMETRY, JSON.stringify({ a: "x".repeat(100) }));
  await peer.expect("puback");
  assert.equal(server.telemetry("T1").length, 1);
});

test("forbidden_topics: a bare close", async () => {
  const { server, connect, closes } = setup();
  server.faults.forbidden_topics = ["v1/devices/me/rpc/request/"];
  const peer = await connect();
  peer.publish(TELEMETRY, points(1));
  await peer.expect("puback");
  peer.publish("v1/devices/me/rpc/request/1", '{"method":"getSessionLimits"}');
  await peer.expectClose();
  assert.match(closes[0] ?? "", /forbidden/);
});

test("rival_ms: accepted, and closed so long after, each time", async () => {
  const { server, connect, timers } = setup();
  server.faults.rival_ms = 5000;
  for (let i = 0; i < 3; i++) {
    const peer = await connect();
    timers.tick(4999);
    await peer.expectSilence();
    timers.tick(1);
    await peer.expectClose();
  }
});

test("repeat_requests: the same id again, with a packet identifier of its own", async () => {
  const { server, connect } = setup();
  const peer = await connect();
  await peer.subscribe({ [REQUESTS]: 1 });
  server.faults.repeat_requests = 2;
  const reply = server.rpc("T1", "reboot");
  const identifiers = new Set<unknown>();
  for (let i = 0; i < 3; i++) {
    const request = await peer.expect("publish");
    assert.equal(request.topic, requestTopic(0));
    identifiers.add(request.messageId);
  }
  assert.equal(identifiers.size, 3);
  peer.publish(responseTo(0), "1");
  assert.equal(await reply, 1);
});

test("lose_rpc_answers: PUBACK, and at the next SUBSCRIBE the call comes again", async () => {
  const { server, connect } = setup();
  server.faults.lose_rpc_answers = 1;
  const first = await connect();
  await first.subscribe({ [REQUESTS]: 1 });
  const reply = server.rpc("T1", "reboot", {}, { timeout_ms: 3_600_000, persistent: true });
  await first.expect("publish");
  first.publish(responseTo(0), "1");
  await first.expect("puback");
  const second = await connect();
  await second.subscribe({ [REQUESTS]: 1 });
  assert.equal((await second.expect("publish")).topic, requestTopic(0));
  second.publish(responseTo(0), "2");
  await second.expect("puback");
  assert.equal(await reply, 2);
});

test("burst: so many requests in one segment; and what waits comes in one after SUBSCRIBE", async () => {
  const { server, connect } = setup();
  const replies = Array.from({ length: 100 }, (_, i) =>
    server.rpc("T1", `echo${i}`, {}, { timeout_ms: 3_600_000, persistent: true }),
  );
  const peer = await connect();
  const before = peer.segments.length;
  await peer.subscribe({ [REQUESTS]: 1 });
  assert.equal(peer.segments.length - before, 2, "SUBACK, and the requests");
  const identifiers: (number | undefined)[] = [];
  for (let i = 0; i < 100; i++) {
    const { topic, messageId } = await peer.expect("publish");
    assert.equal(topic, requestTopic(i));
    identifiers.push(messageId);
  }
  for (const [i, messageId] of identifiers.entries()) {
    peer.send({ cmd: "puback", messageId });
    peer.publish(responseTo(i), String(i));
    await peer.expect("puback");
  }
  assert.deepEqual(
    await Promise.all(replies),
    Array.from({ length: 100 }, (_, i) => i),
  );
  const segments = peer.segments.length;
  server.faults.burst(42);
  for (let i = 0; i < 42; i++) assert.equal((await peer.expect("publish")).qos, 1);
  assert.equal(peer.segments.length, segments + 1);
});

test("a persistent call outlives a restart of the server, and is FAILED without five PUBACKs", async () => {
  const { server, connect, timers } = setup();
  const reply = server.rpc("T1", "large", "y".repeat(4200), { timeout_ms: 3_600_000, persistent: true });
  server.faults.restart();
  for (let i = 0; i < 5; i++) {
    assert.notEqual(server.rpcHistory("T1")[0]?.state, "FAILED");
    const peer = await connect();
    await peer.subscribe({ [REQUESTS]: 1 });
    const request = (await peer.expect("publish")) as Packet & { cmd: "publish" };
    assert.ok(request.payload.length > 4200);
    await peer.drop();
    timers.tick(10_000);
  }
  await assert.rejects(reply, { status: 504 });
  assert.equal(server.rpcHistory("T1")[0]?.state, "FAILED");
  const peer = await connect();
  await peer.subscribe({ [REQUESTS]: 1 });
  await peer.expectSilence();
});

test("a one-way persistent call is delivered by its PUBACK, and SUCCESSFUL when it is answered all the same", async () => {
  const { server, connect } = setup();
  const call = server.rpc("T1", "beep", 1, { oneway: true, persistent: true, timeout_ms: 60_000 });
  const peer = await connect();
  await peer.subscribe({ [REQUESTS]: 1 });
  const { messageId } = await peer.expect("publish");
  peer.send({ cmd: "puback", messageId });
  assert.equal(await call, undefined);
  assert.equal(server.rpcHistory("T1")[0]?.state, "DELIVERED");
  peer.publish(responseTo(0), "{}");
  await peer.expect("puback");
  assert.equal(server.rpcHistory("T1")[0]?.state, "SUCCESSFUL");
});
