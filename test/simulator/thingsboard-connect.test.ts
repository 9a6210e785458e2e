import assert from "node:assert/strict";
import { test } from "node:test";
import { generate } from "mqtt-packet";
import { connectPacket, setup } from "./mqtt-peer.ts";

const BASIC = { client_id: "c1", username: "u1", password: "secret" };

test("1. CONNECT with a known token, whatever client identifier and password, is accepted", async () => {
  const { open } = setup();
  for (const fields of [{}, { clientId: "" }, { clientId: "x".repeat(60), password: Buffer.from("wrong") }]) {
    const peer = open();
    await peer.connect(fields);
    assert.deepEqual(peer.segments, [Buffer.from([0x20, 2, 0, 0])]);
  }
});

test("2. without clean session the first CONNACK says session present, and no subscription is remembered", async () => {
  const { server, open, timers } = setup();
  const first = open();
  await first.connect({ clean: false });
  assert.deepEqual(first.segments, [Buffer.from([0x20, 2, 1, 0])]);
  await first.subscribe({ "v1/devices/me/rpc/request/+": 1 });
  await first.drop();

  const second = open();
  assert.equal((await second.connect({ clean: false })).sessionPresent, true);
  const reply = server.rpc("T1", "hello");
  await second.expectSilence();
  timers.tick(10_000);
  await assert.rejects(reply, { status: 409 });
});

test("3. an unknown token gets code 5 and a close", async () => {
  const { open, closes } = setup();
  const peer = open();
  const connack = await peer.connect({ username: "nobody", clean: false });
  assert.equal(connack.returnCode, 5);
  assert.equal(connack.sessionPresent, true, "session present follows the flag even on refusal");
  await peer.expectClose();
  assert.deepEqual(closes, ["CONNECT of nobody refused with code 5"]);
});

test("4. neither user name nor password: code 2 for an unknown client identifier, 5 for a blank one", async () => {
  const { open } = setup();
  for (const [clientId, code] of [
    ["who", 2],
    ["", 5],
    [" ", 5],
  ] as const) {
    const peer = open();
    assert.equal((await peer.connect({ clientId, username: undefined })).returnCode, code);
    await peer.expectClose();
  }
});

test("5. basic credentials: wrong password code 5, the right triple 0", async () => {
  const { open } = setup({
    devices: [
      { name: "triple", basic: BASIC },
      { name: "by client", basic: { client_id: "c2" } },
      { name: "by user", basic: { username: "u3", password: "p3" } },
      // A token that equals the triple's user name is no way round its password.
      { name: "token", token: "u1" },
    ],
  });
  const password = Buffer.from("secret");
  for (const [fields, code] of [
    [{ clientId: "c1", username: "u1", password }, 0],
    [{ clientId: "c1", username: "u1", password: Buffer.from("wrong") }, 5],
    [{ clientId: "c1", username: "u1" }, 5],
    [{ clientId: "other", username: "u1" }, 0],
    [{ clientId: "c2", username: undefined }, 0],
    [{ clientId: "any", username: "u3", password: Buffer.from("p3") }, 0],
    [{ clientId: "any", username: "u3", password: Buffer.from("p4") }, 5],
  ] as const)
    assert.equal((await open().connect(fields)).returnCode, code, JSON.stringify(fields));
});

test("6. protocol level 6, or a name that does not fit it: close without CONNACK", async () => {
  const { open, closes } = setup();
  const connect = generate(connectPacket());
  const level = (value: number): Buffer => {
    const bytes = Buffer.from(connect);
    bytes[8] = value;
    return bytes;
  };
  const reserved_flag = Buffer.from(connect);
  reserved_flag[9] = (reserved_flag[9] ?? 0) | 1;
  const bad = [
    level(6),
    level(3),
    level(0x84),
    reserved_flag,
    Buffer.from(connect.toString("latin1").replace("MQTT", "MQTX"), "latin1"),
    generate(connectPacket({ protocolId: "MQIsdp", protocolVersion: 3, clientId: "x".repeat(24) })),
  ];
  for (const bytes of bad) {
    const peer = open();
    peer.send(bytes);
    await peer.expectClose();
  }
  assert.equal(closes.length, bad.length);
  const old = open();
  assert.equal((await old.connect({ protocolId: "MQIsdp", protocolVersion: 3 })).returnCode, 0);
});

test("7. a second log-in of the device is accepted and closes the first", async () => {
  const { server, connect, closes } = setup();
  const first = await connect();
  const second = await connect();
  await first.expectClose();
  await second.expectSilence();
  assert.deepEqual(closes, ["a newer connection of the same device took its place"]);
  assert.equal(server.connections.length, 1);
});

test("a second CONNECT on the same connection is processed like the first", async () => {
  const { server, open } = setup({ devices: ["T1", "T2"].map((token) => ({ name: token, token })) });
  const peer = open();
  await peer.connect();
  assert.equal((await peer.connect({ username: "T2" })).returnCode, 0);
  peer.publish("v2/t", '{"a":1}');
  await peer.expect("puback");
  assert.deepEqual([server.telemetry("T1").length, server.telemetry("T2").length], [0, 1]);
  assert.equal((await peer.connect({ username: "nobody" })).returnCode, 5);
  await peer.expectClose();
  assert.deepEqual(server.connections, []);
});

test("8. keepalive is not enforced, the inactivity timeout is", async () => {
  const { connect, timers, closes } = setup({ inactivity_timeout_ms: 600_000 });
  const peer = await connect({ keepalive: 10 });
  timers.tick(599_999);
  await peer.expectSilence();
  peer.send({ cmd: "pingreq" });
  await peer.expect("pingresp");
  timers.tick(599_999);
  await peer.expectSilence();
  timers.tick(1);
  await peer.expectClose();
  assert.deepEqual(closes, ["nothing received for 600 s"]);
});

test("9. a will is taken and never published", async () => {
  const { server, connect } = setup();
  const stored: unknown[] = [];
  server.on("telemetry", (message) => stored.push(message));
  const topic = "v1/devices/me/telemetry";
  const peer = await connect({ will: { topic, payload: '{"gone":1}', qos: 1, retain: true } });
  await peer.drop();
  assert.deepEqual(server.connections, []);
  assert.deepEqual(stored, []);
});

test("10. packets pipelined behind CONNECT are processed after the CONNACK, in order", async () => {
  const { server, open, timers } = setup();
  server.faults.connack_delay_ms = 2000;
  const peer = open();
  const subscriptions = [{ topic: "v1/devices/me/rpc/request/+", qos: 1 as const }];
  peer.send(connectPacket(), { cmd: "subscribe", messageId: 1, subscriptions });
  peer.publish("v1/devices/me/telemetry", '{"a":1}', { messageId: 2 });
  await peer.expectSilence();
  timers.tick(1999);
  await peer.expectSilence();
  timers.tick(1);
  await peer.expect("connack");
  await peer.expect("suback");
  assert.equal((await peer.expect("puback")).messageId, 2);
});

test("10. more than 100 packets before the CONNACK close", async () => {
  const peer = setup().open();
  for (let i = 0; i < 100; i++) peer.send({ cmd: "pingreq" });
  await peer.expectSilence();
  peer.send({ cmd: "pingreq" });
  await peer.expectClose();
});

test("11. PINGREQ gives PINGRESP, DISCONNECT a close", async () => {
  const { connect, closes } = setup();
  const peer = await connect();
  peer.send({ cmd: "pingreq" });
  await peer.expect("pingresp");
  peer.send({ cmd: "disconnect" });
  await peer.expectClose();
  assert.deepEqual(closes, ["the client disconnected"]);
});

test("12. a remaining length of 65536 is accepted, one more closes as soon as it is announced", async () => {
  const { connect, closes } = setup();
  const topic = "v1/devices/me/telemetry";
  const payload = (remaining: number): string => {
    const room = remaining - 2 - topic.length - 2 - '{"a":""}'.length;
    return `{"a":"${"x".repeat(room)}"}`;
  };
  const peer = await connect();
  peer.publish(topic, payload(65_536));
  await peer.expect("puback");
  peer.send(
    generate({
      cmd: "publish",
      topic,
      payload: payload(65_537),
      qos: 1,
      messageId: 2,
      dup: false,
      retain: false,
    }).subarray(0, 4),
  );
  await peer.expectClose();
  assert.deepEqual(closes, ["malformed packet: remaining length 65537 is over 65536"]);
});

test("13. over the rate limit CONNECT gets code 3 and a close", async () => {
  const { server, open } = setup();
  server.faults.rate_limited = true;
  const peer = open();
  assert.equal((await peer.connect()).returnCode, 3);
  await peer.expectClose();
});

test("13. a limit of 2 messages in 10 s is over at the third CONNECT and gone 5 s later", async () => {
  const { open, timers } = setup({
    devices: [{ name: "tracker", token: "T1", rate_limits: { messages: "2:10" } }],
  });
  const codes: unknown[] = [];
  for (const wait_ms of [0, 0, 0, 5000, 0]) {
    timers.tick(wait_ms);
    codes.push((await open().connect()).returnCode);
  }
  assert.deepEqual(codes, [0, 0, 3, 0, 3]);
});

test("what mqtt-packet would let pass but ThingsBoard's decoder refuses, closes", async () => {
  const { open, connect, closes } = setup();
  const trailing = generate(connectPacket());
  trailing[1] = (trailing[1] ?? 0) + 1;
  const connecting = open();
  connecting.send(trailing, Buffer.from([0]));
  await connecting.expectClose();

  const bad: Record<string, number[]> = {
    "PINGREQ with a body": [0xc0, 1, 0],
    "PUBACK with identifier 0": [0x40, 2, 0, 0],
    "PUBACK too long": [0x40, 3, 0, 1, 0],
    "PUBLISH QoS 1 with identifier 0": [0x32, 5, 0, 1, 0x61, 0, 0],
    "PUBLISH QoS 1 without identifier": [0x32, 3, 0, 1, 0x61],
    "PUBLISH with QoS 3": [0x36, 5, 0, 1, 0x61, 0, 1],
    "PUBLISH to a wildcard": [0x30, 3, 0, 1, 0x2b],
    "PUBLISH whose topic is longer than the packet": [0x30, 3, 0, 9, 0x61],
    "SUBSCRIBE with identifier 0": [0x82, 6, 0, 0, 0, 1, 0x61, 0],
    "SUBSCRIBE for QoS 3": [0x82, 6, 0, 1, 0, 1, 0x61, 3],
    "SUBSCRIBE with wrong flags": [0x80, 6, 0, 1, 0, 1, 0x61, 0],
    "remaining length of five bytes": [0x30, 0x80, 0x80, 0x80, 0x80, 1],
    "packet type 0": [0x00, 0],
    AUTH: [0xf0, 0],
  };
  for (const [name, bytes] of Object.entries(bad)) {
    const peer = await connect();
    const before = closes.length;
    // A good packet behind: the bad one must not borrow its bytes.
    peer.send(Buffer.from(bytes), generate({ cmd: "pingreq" }));
    await peer.expectClose();
    assert.match(closes[before] ?? "", /^malformed packet: /, name);
  }
});
