/** The modem's line as the page is told of it, and what it says of samples. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { generate, type Packet } from "mqtt-packet";
import type { Entry } from "../../scripts/simulator/modem/transcript.ts";
import { createDelivery } from "../../scripts/start/delivery.ts";
import { createLineTrace } from "../../scripts/start/line-trace.ts";
import type { TraceTold } from "../../scripts/start/page/events.ts";

const bytesOf = (packet: object): string => generate(packet as Packet).toString("latin1");
const telemetry = (messageId: number, payload: string): string =>
  bytesOf({ cmd: "publish", topic: "v2/t", payload, qos: 1, messageId, dup: false, retain: false });

function rig(secrets: string[] = []) {
  const delivery = createDelivery();
  const told: TraceTold[] = [];
  const time = { ms: 0 };
  const take = createLineTrace(
    delivery,
    secrets,
    (trace) => told.push(trace),
    () => time.ms,
  );
  const feed = (from: Entry["from"], bytes: string): void => take({ at_ms: 7, from, bytes });
  return {
    delivery,
    told,
    time,
    feed,
    /** As with TLS, whose commands have other names. */
    send(bytes: string): void {
      feed("host", `AT+QSSLSEND=0,${bytes.length}\r`);
      feed("modem", "\r\n> ");
      feed("host", bytes);
      feed("modem", "\r\nSEND OK\r\n");
    },
    receive: (bytes: string) => feed("modem", `\r\n+QSSLRECV: ${bytes.length}\r\n${bytes}\r\n\r\nOK\r\n`),
    texts: () => told.map(({ kind, way, text }) => `${kind} ${way} ${text}`),
  };
}

test("lines and packets in their order, without what they are made of", () => {
  const { feed, send, receive, texts, told } = rig();
  feed("host", "AT+CSQ\r");
  feed("modem", "\r\n+CSQ: 20,");
  feed("modem", "99\r\n\r\nOK\r\n");
  feed("note", "fault: crash");
  send(telemetry(3, "[{},{}]"));
  receive(bytesOf({ cmd: "puback", messageId: 3 }));
  assert.deepEqual(texts(), [
    "at up AT+CSQ",
    "at down +CSQ: 20,99",
    "at down OK",
    "at down fault: crash",
    "at up AT+QSSLSEND=0,17",
    "mqtt up PUBLISH #3 QoS 1 v2/t [{},{}]",
    "at down SEND OK",
    "at down +QSSLRECV: 4",
    "mqtt down PUBACK #3",
    "at down OK",
  ]);
  assert.ok(told.every(({ time_ms }) => time_ms === 7));
});

test("no secret gets out: PIN, APN's login, token, in whatever line", () => {
  const { feed, send, texts } = rig(["SECRET_TOKEN"]);
  feed("host", 'AT+CPIN="1234"\r');
  feed("host", 'AT+QICSGP=1,1,"internet","me","hush",1\r');
  send(
    bytesOf({
      cmd: "connect",
      protocolId: "MQTT",
      protocolVersion: 4,
      clean: true,
      clientId: "SECRET_TOKEN",
      keepalive: 1,
      username: "SECRET_TOKEN",
      password: Buffer.from("hush"),
    }),
  );
  send(telemetry(1, '{"a":"SECRET_TOKEN"}'));
  assert.doesNotMatch(texts().join("\n"), /1234|hush|SECRET|"me"/);
  assert.match(texts().join("\n"), /\*\*\*/);
});

test("what the modem refused to send is no packet, and what follows is a command", () => {
  const { feed, texts } = rig();
  feed("host", "AT+QSSLSEND=0,7\r");
  feed("modem", "\r\nERROR\r\n");
  feed("host", "AT+CSQ\r");
  assert.deepEqual(texts(), ["at up AT+QSSLSEND=0,7", "at down ERROR", "at up AT+CSQ"]);
});

test("a second has so many lines and no more; how many were left out is told", () => {
  const { feed, told, time } = rig();
  for (let i = 0; i < 1000; i++) feed("host", `AT+X=${i}\r`);
  assert.equal(told.length, 200);
  time.ms = 1000;
  feed("host", "AT\r");
  assert.deepEqual(
    told.slice(200).map(({ text }) => text),
    ["… 800 lines left out", "AT"],
  );
});

test("samples are on their way until they are acknowledged, or the connection is over", () => {
  const { delivery, feed, send, receive } = rig();
  const counts = () => [delivery.sending, delivery.acknowledged];
  send(telemetry(1, '[{"ts":1,"values":{}},{"ts":2,"values":{}}]'));
  send(telemetry(2, '{"a":1}'));
  send(
    bytesOf({
      cmd: "publish",
      topic: "v2/a",
      payload: "{}",
      qos: 1,
      messageId: 3,
      dup: false,
      retain: false,
    }),
  );
  assert.deepEqual(counts(), [3, 0]);
  receive(bytesOf({ cmd: "puback", messageId: 1 }));
  receive(bytesOf({ cmd: "puback", messageId: 3 }));
  receive(bytesOf({ cmd: "puback", messageId: 9 }));
  assert.deepEqual(counts(), [1, 2]);
  feed("host", 'AT+QSSLOPEN=1,1,0,"host",8883,0\r');
  assert.deepEqual(counts(), [0, 2]);
  send(telemetry(1, '{"a":1}'));
  receive(bytesOf({ cmd: "puback", messageId: 1 }));
  assert.deepEqual(counts(), [0, 3]);
});
