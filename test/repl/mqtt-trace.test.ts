import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { generate, type Packet } from "mqtt-packet";
import { createMqttTrace } from "../../scripts/repl/mqtt-trace.ts";

const bytesOf = (packet: Packet): string => generate(packet).toString("latin1");
const publish = (payload: string, messageId = 5): string =>
  bytesOf({
    cmd: "publish",
    topic: "v1/devices/me/telemetry",
    payload,
    qos: 1,
    messageId,
    dup: false,
    retain: false,
  });

/** What one chunk after another makes of it. */
function follow(...chunks: [">" | "<", string][]): string[] {
  const feed = createMqttTrace();
  return chunks.flatMap(([direction, bytes]) => feed({ direction, bytes }));
}

const sent = (bytes: string): [">" | "<", string][] => [
  [">", `AT+QISEND=0,${bytes.length}\r`],
  ["<", "> "],
  [">", bytes],
  ["<", "\r\nSEND OK\r\n"],
];
const read = (bytes: string): string => `+QIRD: ${bytes.length}\r\n${bytes}\r\n\r\nOK\r\n`;

describe("MQTT in the modem's trace", () => {
  test("a telemetry message and its acknowledgement", () => {
    const lines = follow(...sent(publish('{"a":1}')), [
      "<",
      read(bytesOf({ cmd: "puback", messageId: 5 } as Packet)),
    ]);
    assert.deepEqual(lines, ['MQTT > PUBLISH #5 QoS 1 v1/devices/me/telemetry {"a":1}', "MQTT < PUBACK #5"]);
  });

  test("connecting, without the secrets", () => {
    const connect = bytesOf({
      cmd: "connect",
      protocolId: "MQTT",
      protocolVersion: 4,
      clean: true,
      clientId: "tracker-1",
      keepalive: 120,
      username: "SECRET-TOKEN",
      password: Buffer.from("SECRET-PASSWORD"),
    });
    const subscribe = bytesOf({
      cmd: "subscribe",
      messageId: 1,
      subscriptions: [{ topic: "v1/devices/me/rpc/request/+", qos: 1 }],
    } as Packet);
    const lines = follow(
      [">", 'AT+QIOPEN=1,0,"TCP","host",1883,0,0\r'],
      ...sent(connect),
      ["<", read(bytesOf({ cmd: "connack", returnCode: 5, sessionPresent: false }))],
      ...sent(subscribe),
      ["<", read(bytesOf({ cmd: "suback", messageId: 1, granted: [1] }))],
    );
    assert.deepEqual(lines, [
      'MQTT > CONNECT client_id "tracker-1", keep alive 120 s, username ***, password ***',
      "MQTT < CONNACK 5: not authorised",
      "MQTT > SUBSCRIBE #1 v1/devices/me/rpc/request/+ QoS 1",
      "MQTT < SUBACK #1 granted 1",
    ]);
  });

  test("a payload in any pieces, whatever it holds", () => {
    const payload = '{"x":"\r\n+QIRD: 5\r\nOK\r\n> "}';
    const bytes = `\r\n+QIURC: "recv",0\r\n${read(publish(payload, 7))}`;
    const expected = [`MQTT < PUBLISH #7 QoS 1 v1/devices/me/telemetry ${payload}`];
    assert.deepEqual(follow(["<", bytes]), expected);
    assert.deepEqual(follow(...[...bytes].map((byte): ["<", string] => ["<", byte])), expected);
  });

  test("packets over two reads, and two in one", () => {
    const first = publish("1".repeat(600), 1);
    const both = first + publish("2", 2);
    const lines = follow(["<", read(both.slice(0, 512))], ["<", read("")], ["<", read(both.slice(512))]);
    assert.deepEqual(
      lines.map((line) => line.slice(0, 17)),
      ["MQTT < PUBLISH #1", "MQTT < PUBLISH #2"],
    );
  });

  test("what is no MQTT, and goes on with the next connection", () => {
    const lines = follow(
      ["<", read("HTTP/1.1 400 Bad Request\r\n\r\n")],
      [">", 'AT+QIOPEN=1,0,"TCP","host",1883,0,0\r'],
      ...sent(publish("1")),
    );
    assert.match(lines[0] ?? "", /^MQTT < not understood: /);
    assert.equal(lines.at(-1), "MQTT > PUBLISH #5 QoS 1 v1/devices/me/telemetry 1");
  });
});
