import assert from "node:assert/strict";
import { test } from "node:test";
import { connectPacket, setup } from "./mqtt-peer.ts";

const TELEMETRY = "v1/devices/me/telemetry";
const PAYLOAD = '{"ts":1,"values":{"a":1}}';

test("refuse answers every CONNECT with the code", async () => {
  const { server, open } = setup();
  server.faults.refuse = 4;
  const peer = open();
  assert.equal((await peer.connect()).returnCode, 4);
  await peer.expectClose();
  server.faults.reset();
  assert.equal((await open().connect()).returnCode, 0);
});

test("down closes new connections without a byte and leaves the others", async () => {
  const { server, open, connect } = setup();
  const living = await connect();
  server.faults.down = true;
  await open().expectClose();
  await living.expectSilence();
});

test("drop closes one device's connections, or all", async () => {
  const { server, open } = setup({ devices: ["A", "B", "C"].map((token) => ({ name: `d${token}`, token })) });
  const peers = ["A", "B", "C"].map(() => open());
  for (const [i, peer] of peers.entries()) await peer.connect({ username: "ABC"[i] ?? "" });
  server.faults.drop("A");
  await peers[0]?.expectClose();
  await peers[1]?.expectSilence();
  server.faults.drop();
  await peers[1]?.expectClose();
  await peers[2]?.expectClose();
});

test("puback_delay_ms delays the PUBACK of stored telemetry", async () => {
  const { server, connect, timers } = setup();
  server.faults.puback_delay_ms = 3000;
  const peer = await connect();
  peer.publish(TELEMETRY, PAYLOAD);
  await peer.expectSilence();
  assert.equal(server.telemetry("T1").length, 1);
  timers.tick(2999);
  await peer.expectSilence();
  timers.tick(1);
  await peer.expect("puback");
});

test("drop_pubacks loses so many PUBACKs and no more", async () => {
  const { server, connect } = setup();
  server.faults.drop_pubacks = 2;
  const peer = await connect();
  for (const messageId of [1, 2, 3]) peer.publish(TELEMETRY, PAYLOAD, { messageId });
  assert.equal((await peer.expect("puback")).messageId, 3);
  assert.equal(server.telemetry("T1")[0]?.received, 3);
});

test("close_before_pubacks stores the message and closes", async () => {
  const { server, connect } = setup();
  server.faults.close_before_pubacks = 1;
  const first = await connect();
  first.publish(TELEMETRY, PAYLOAD);
  await first.expectClose();
  const second = await connect();
  second.publish(TELEMETRY, PAYLOAD, { dup: true });
  await second.expect("puback");
  assert.equal(server.telemetry("T1")[0]?.received, 2);
});

test("withhold_pingresp leaves PINGREQ unanswered", async () => {
  const { server, connect } = setup();
  server.faults.withhold_pingresp = true;
  const peer = await connect();
  peer.send({ cmd: "pingreq" });
  await peer.expectSilence();
});

test("cut_next sends half of the packet and closes", async () => {
  const { server, open } = setup();
  server.faults.cut_next = "connack";
  const peer = open();
  peer.send(connectPacket());
  await peer.expectClose();
  assert.deepEqual(peer.segments, [Buffer.from([0x20, 2])]);
  assert.equal(server.faults.cut_next, undefined);
  assert.deepEqual(server.connections, []);
});

test("segment_bytes splits what goes to the device, 1 ms apart, in order", async () => {
  const { server, connect, timers } = setup();
  const peer = await connect();
  server.faults.segment_bytes = 3;
  for (const messageId of [1, 2, 3]) peer.publish(TELEMETRY, PAYLOAD, { messageId });
  await peer.expectSilence();
  for (let i = 0; i < 5; i++) timers.tick(1);
  for (const messageId of [1, 2, 3]) assert.equal((await peer.expect("puback")).messageId, messageId);
  assert.deepEqual(
    peer.segments.slice(1).map((segment) => segment.length),
    [3, 1, 3, 1, 3, 1],
  );
});

test("merge_ms holds packets and sends them in one segment", async () => {
  const { server, connect, timers } = setup();
  const peer = await connect();
  server.faults.merge_ms = 50;
  peer.publish(TELEMETRY, PAYLOAD, { messageId: 1 });
  peer.send({ cmd: "pingreq" });
  await peer.expectSilence();
  timers.tick(50);
  await peer.expect("puback");
  await peer.expect("pingresp");
  assert.equal(peer.segments.length, 2);
});

test("a close waits for what is held back, then the socket goes", async () => {
  const { server, connect, timers } = setup();
  const peer = await connect();
  server.faults.segment_bytes = 1;
  peer.publish(TELEMETRY, PAYLOAD);
  peer.publish(TELEMETRY, "not JSON");
  await peer.expectSilence();
  timers.tick(3);
  await peer.expect("puback");
  await peer.expectClose();
  timers.runAll();
  assert.equal(timers.countTimers(), 0);
});

test("random_close closes at the same packets for the same seed", async () => {
  const run = async (seed: number): Promise<string> => {
    const { server, connect } = setup();
    let outcome = "";
    for (let i = 0; i < 40; i++) {
      server.faults.random_close = 0;
      const peer = await connect();
      Object.assign(server.faults, { random_close: 0.5, seed: seed + i });
      const before = server.telemetry("T1")[0]?.received ?? 0;
      peer.publish(TELEMETRY, PAYLOAD);
      const open = await peer.expect("puback").then(
        () => true,
        () => false,
      );
      if (!open) await peer.expectClose();
      const after = server.telemetry("T1")[0]?.received ?? 0;
      outcome += open ? "." : after > before ? "a" : "b";
    }
    return outcome;
  };
  const outcome = await run(7);
  assert.equal(await run(7), outcome);
  assert.notEqual(await run(1000), outcome);
  for (const kind of [".", "a", "b"]) assert.ok(outcome.includes(kind), `${kind} in ${outcome}`);
});

test("a simulated day of telemetry leaves no timers behind", async () => {
  const { server, connect, timers } = setup();
  const peer = await connect();
  const day_ms = 86_400_000;
  for (let at = 0; at < day_ms; at += 60_000) {
    timers.tick(60_000);
    peer.publish("v2/t", `{"ts":${timers.now},"values":{"a":${at}}}`);
    await peer.expect("puback");
  }
  assert.equal(server.telemetry("T1").length, 1440);
  assert.equal(timers.countTimers(), 1);
  peer.send({ cmd: "disconnect" });
  await peer.expectClose();
  assert.equal(timers.countTimers(), 0);
});
