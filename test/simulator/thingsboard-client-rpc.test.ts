import assert from "node:assert/strict";
import { test } from "node:test";
import { jsonOf, setup } from "./mqtt-peer.ts";

const REPLIES = "v1/devices/me/rpc/response/+";
const requestTo = (id: number | string): string => `v1/devices/me/rpc/request/${id}`;
const SESSION_LIMITS = '{"method":"getSessionLimits","params":{}}';
const TIMEOUT_MS = 60_000;

test("37. getSessionLimits: PUBACK, then at once the limits, null where there are none", async () => {
  const peer = await setup().connect();
  await peer.subscribe({ [REPLIES]: 1 });
  peer.publish(requestTo(5), SESSION_LIMITS, { messageId: 9 });
  assert.equal((await peer.expect("puback")).messageId, 9);
  const reply = await peer.expect("publish");
  assert.deepEqual([reply.topic, reply.qos, reply.retain], ["v1/devices/me/rpc/response/5", 1, false]);
  assert.deepEqual(jsonOf(reply), {
    maxPayloadSize: 65536,
    maxInflightMessages: 100,
    rateLimits: { messages: null, telemetryMessages: null, telemetryDataPoints: null },
  });
});

test("37. the limits are the device's, and asking for them costs nothing", async () => {
  const rate_limits = {
    messages: "2:1,6000:60",
    telemetry_messages: "100:1",
    telemetry_data_points: "200:1",
  };
  const { server, connect } = setup({ devices: [{ name: "tracker", token: "T1", rate_limits }] });
  const peer = await connect();
  server.faults.rate_limited = true;
  for (const id of [1, 2, 3]) {
    peer.publish(requestTo(id), '{"method":"getSessionLimits"}', { qos: 0 });
    const { rateLimits } = jsonOf(await peer.expect("publish")) as { rateLimits: object };
    assert.deepEqual(rateLimits, {
      messages: "2:1,6000:60",
      telemetryMessages: "100:1",
      telemetryDataPoints: "200:1",
    });
  }
});

test("37. a reply comes with the QoS of the filter, and with QoS 1 to a device that subscribed to none", async () => {
  const peer = await setup().connect();
  peer.publish(requestTo(1), SESSION_LIMITS, { qos: 0 });
  assert.equal((await peer.expect("publish")).qos, 1);
  await peer.subscribe({ [REPLIES]: 0 });
  peer.publish(requestTo(1), SESSION_LIMITS, { qos: 0 });
  assert.equal((await peer.expect("publish")).qos, 0);
});

test("37. any other method times out after 60 s, as does getSessionLimits on a v2 topic", async () => {
  for (const [topic, method, reply_topic] of [
    [requestTo(7), "getTime", "v1/devices/me/rpc/response/7"],
    ["v2/r/req/7", "getSessionLimits", "v2/r/res/7"],
    ["v2/r/req/j/7", "getSessionLimits", "v2/r/res/j/7"],
  ] as const) {
    const { connect, timers } = setup();
    const peer = await connect();
    peer.publish(topic, JSON.stringify({ method }));
    await peer.expect("puback");
    timers.tick(TIMEOUT_MS - 1);
    await peer.expectSilence();
    timers.tick(1);
    const reply = await peer.expect("publish");
    assert.equal(reply.topic, reply_topic);
    assert.deepEqual(jsonOf(reply), { error: "timeout" });
  }
});

test("37. a timeout belongs to the session: none reaches the next one", async () => {
  const { connect, timers } = setup();
  const first = await connect();
  first.publish(requestTo(1), '{"method":"getTime"}');
  await first.expect("puback");
  await first.drop();
  const second = await connect();
  await second.subscribe({ [REPLIES]: 1 });
  timers.tick(TIMEOUT_MS);
  await second.expectSilence();
  assert.equal(timers.countTimers(), 1, "only the inactivity timeout");
});

test("38. no method, an id that is no number, or a payload that is no object closes", async () => {
  for (const [id, payload] of [
    [1, "{}"],
    ["x", SESSION_LIMITS],
    ["", SESSION_LIMITS],
    [1, ""],
    [1, "[]"],
    [1, '{"method":'],
  ] as const) {
    const { connect } = setup();
    const peer = await connect();
    peer.publish(requestTo(id), payload);
    await peer.expectClose();
  }
});

test("a call over the rate limit closes without PUBACK", async () => {
  const { server, connect, closes } = setup();
  const peer = await connect();
  server.faults.rate_limited = true;
  peer.publish(requestTo(1), '{"method":"getTime"}');
  await peer.expectClose();
  assert.deepEqual(closes, ["over the rate limit"]);
});
