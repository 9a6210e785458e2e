import assert from "node:assert/strict";
import { test } from "node:test";
import { jsonOf, setup } from "./mqtt-peer.ts";

const REQUESTS = "v1/devices/me/rpc/request/+";
const responseTo = (id: number): string => `v1/devices/me/rpc/response/${id}`;

test("23. the listed filters are granted, QoS 2 as 1, one code each in order", async () => {
  const peer = await setup().connect();
  const granted = await peer.subscribe({
    [REQUESTS]: 2,
    "v1/devices/me/attributes": 0,
    "v1/devices/me/attributes/response/+": 1,
    "v1/devices/me/rpc/response/+": 2,
    "v2/r/req/+": 1,
    "v2/r/req/j/+": 0,
    "v2/a": 2,
    "v2/fw/response/+/chunk/+": 1,
    "v2/fw/error": 0,
  });
  assert.deepEqual(granted, [1, 0, 1, 1, 1, 0, 1, 1, 0]);
});

test("24. every other filter gets 0x80 and the connection stays", async () => {
  const peer = await setup().connect();
  const granted = await peer.subscribe({
    "#": 1,
    "v1/devices/me/#": 1,
    "v2/fw/response/+": 0,
    "v1/devices/me/rpc/request/1": 1,
    "/provision/response": 1,
    [REQUESTS]: 1,
  });
  assert.deepEqual(granted, [0x80, 0x80, 0x80, 0x80, 0x80, 1]);
  peer.send({ cmd: "pingreq" });
  await peer.expect("pingresp");
});

test("25. subscribing over the rate limit is granted and brings nothing", async () => {
  const { server, connect, timers } = setup();
  const peer = await connect();
  server.faults.rate_limited = true;
  assert.deepEqual(await peer.subscribe({ [REQUESTS]: 1 }), [1]);
  server.faults.rate_limited = false;
  const reply = server.rpc("T1", "hello");
  await peer.expectSilence();
  timers.tick(10_000);
  await assert.rejects(reply, { status: 409 });
});

test("26. after UNSUBSCRIBE requests stop", async () => {
  const { server, connect, timers } = setup();
  const peer = await connect();
  await peer.subscribe({ [REQUESTS]: 1 });
  peer.send({ cmd: "unsubscribe", messageId: 9, unsubscriptions: [REQUESTS] });
  assert.equal((await peer.expect("unsuback")).messageId, 9);
  const reply = server.rpc("T1", "hello");
  await peer.expectSilence();
  timers.tick(10_000);
  await assert.rejects(reply, { status: 409 });
});

test("32. a two-way call is published with QoS 1; the answer completes it and is PUBACKed", async () => {
  const { server, connect } = setup();
  const peer = await connect();
  await peer.subscribe({ [REQUESTS]: 1 });
  const reply = server.rpc("tracker", "setInterval", { s: 30 });
  const request = await peer.expect("publish");
  assert.equal(request.topic, "v1/devices/me/rpc/request/0");
  assert.equal(request.payload.toString(), '{"method":"setInterval","params":{"s":30}}');
  assert.deepEqual([request.qos, request.dup, request.retain], [1, false, false]);
  peer.send({ cmd: "puback", messageId: request.messageId });
  peer.publish(responseTo(0), '{"ok":true}', { messageId: 4 });
  assert.equal((await peer.expect("puback")).messageId, 4);
  assert.deepEqual(await reply, { ok: true });
  assert.equal(server.rpcHistory("T1")[0]?.state, "SUCCESSFUL");
});

test("32. an answer may come before the PUBACK, be empty, or not be JSON", async () => {
  const { server, connect } = setup();
  const peer = await connect();
  await peer.subscribe({ [REQUESTS]: 1 });
  const empty = server.rpc("T1", "a");
  peer.publish(responseTo(0), "");
  assert.equal(await empty, undefined);
  const text = server.rpc("T1", "b");
  peer.publish(responseTo(1), "hello");
  await assert.rejects(text, { status: 406 });
});

test("32. a one-way call resolves when it is sent and is never sent again", async () => {
  const { server, connect } = setup();
  const peer = await connect();
  await peer.subscribe({ [REQUESTS]: 1 });
  assert.equal(await server.rpc("T1", "beep", 1, { oneway: true }), undefined);
  assert.deepEqual(jsonOf(await peer.expect("publish")), { method: "beep", params: 1 });
  peer.publish(responseTo(0), "{}");
  await peer.expect("puback");
  await peer.subscribe({ [REQUESTS]: 1 });
  await peer.expectSilence();
});

test("32. requests use the last subscribed flavour, its QoS, and count packet identifiers through QoS 0", async () => {
  const { server, connect } = setup();
  const peer = await connect();
  await peer.subscribe({ [REQUESTS]: 1, "v2/r/req/+": 0 });
  const first = server.rpc("T1", "a");
  const request = await peer.expect("publish");
  assert.deepEqual([request.topic, request.qos], ["v2/r/req/0", 0]);
  assert.equal(server.rpcHistory("T1")[0]?.state, "DELIVERED");
  peer.publish("v2/r/res/0", "1");
  await peer.expect("puback");
  assert.equal(await first, 1);
  await peer.subscribe({ [REQUESTS]: 1 });
  void server.rpc("T1", "b");
  assert.equal((await peer.expect("publish")).messageId, 2);
});

test("32. an answer whose id is no number closes", async () => {
  const { connect, closes } = setup();
  const peer = await connect();
  peer.publish("v1/devices/me/rpc/response/x", "{}");
  await peer.expectClose();
  assert.deepEqual(closes, ["bad payload on v1/devices/me/rpc/response/x: the request id is no number"]);
});

test("33. without an answer the caller gets a timeout; a late answer is PUBACKed and ignored", async () => {
  const { server, connect, timers } = setup();
  const peer = await connect();
  await peer.subscribe({ [REQUESTS]: 1 });
  const reply = server.rpc("T1", "slow", {}, { timeout_ms: 7000 });
  await peer.expect("publish");
  timers.tick(7000);
  await assert.rejects(reply, { status: 408 });
  peer.publish(responseTo(0), "{}");
  await peer.expect("puback");
  assert.equal(server.rpcHistory("T1")[0]?.state, "EXPIRED");
});

test("34. every unanswered, unexpired call is sent again with the same id at each SUBSCRIBE", async () => {
  const { server, connect, timers } = setup();
  const first = await connect();
  await first.subscribe({ [REQUESTS]: 1 });
  const short = server.rpc("T1", "short", {}, { timeout_ms: 5000 });
  const long = server.rpc("T1", "long", {}, { timeout_ms: 60_000 });
  for (const id of [0, 1]) {
    const { topic, messageId } = await first.expect("publish");
    assert.equal(topic, `v1/devices/me/rpc/request/${id}`);
    first.send({ cmd: "puback", messageId });
  }
  await first.subscribe({ [REQUESTS]: 1 });
  for (const id of [0, 1])
    assert.equal((await first.expect("publish")).topic, `v1/devices/me/rpc/request/${id}`);
  timers.tick(5000);
  await assert.rejects(short, { status: 408 });

  const second = await connect();
  await second.expectSilence();
  await second.subscribe({ [REQUESTS]: 1 });
  assert.equal((await second.expect("publish")).topic, "v1/devices/me/rpc/request/1");
  await second.expectSilence();
  second.publish(responseTo(1), '"done"');
  assert.equal(await long, "done");
  assert.equal(server.rpcHistory("T1")[1]?.sent, 3);
});

test("35. without PUBACK nothing is retransmitted; the state is TIMEOUT after 10 s and an answer still counts", async () => {
  const { server, connect, timers } = setup();
  const peer = await connect();
  await peer.subscribe({ [REQUESTS]: 1 });
  const reply = server.rpc("T1", "quiet", {}, { timeout_ms: 60_000 });
  await peer.expect("publish");
  timers.tick(9999);
  assert.equal(server.rpcHistory("T1")[0]?.state, "SENT");
  timers.tick(1);
  assert.equal(server.rpcHistory("T1")[0]?.state, "TIMEOUT");
  await peer.expectSilence();
  peer.publish(responseTo(0), "1");
  assert.equal(await reply, 1);
});

test("36. a call to an offline device is delivered after its next SUBSCRIBE, unless expired", async () => {
  const { server, connect, timers } = setup();
  const expired = server.rpc("T1", "early", {}, { timeout_ms: 5000 });
  const waiting = server.rpc("T1", "later", {}, { timeout_ms: 60_000 });
  timers.tick(5000);
  await assert.rejects(expired, { status: 409 });
  const peer = await connect();
  await peer.expectSilence();
  await peer.subscribe({ [REQUESTS]: 1 });
  assert.equal((await peer.expect("publish")).topic, "v1/devices/me/rpc/request/1");
  peer.publish(responseTo(1), "true");
  assert.equal(await waiting, true);
});

test("36. ids count from 0 for each device and begin at 0 again after a server restart", async () => {
  const { server, connect } = setup();
  const before = await connect();
  await before.subscribe({ [REQUESTS]: 1 });
  const lost = server.rpc("T1", "a");
  server.rpc("T1", "b").catch(() => {});
  await before.expect("publish");
  assert.equal((await before.expect("publish")).topic, "v1/devices/me/rpc/request/1");
  server.faults.restart();
  await assert.rejects(lost, { status: 503 });
  await before.expectClose();

  const after = await connect();
  await after.subscribe({ [REQUESTS]: 1 });
  await after.expectSilence();
  void server.rpc("T1", "c");
  assert.equal((await after.expect("publish")).topic, "v1/devices/me/rpc/request/0");
});
