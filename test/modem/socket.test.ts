import assert from "node:assert/strict";
import { test } from "node:test";
import type { Socket } from "../../firmware/socket.ts";
import { ERROR, ok } from "./fake-serial.ts";
import { data, EMPTY, OPEN, setup } from "./socket-rig.ts";

test("opening: the id is closed first, then opened in buffer mode, then looked for data", (t) => {
  const { clock, serial, events, open } = setup(t);
  serial.commands = [];
  const socket = open();
  assert.equal(socket.write("early"), 0);
  clock.tick(140000);
  assert.deepEqual(serial.commands, ["AT+QICLOSE=0", OPEN]);
  assert.deepEqual(events, []);
  serial.say("\r\n+QIOPEN: 0,0\r\n");
  clock.tick(1000);
  assert.deepEqual(serial.commands.slice(2), ["AT+QIRD=0,512"]);
  assert.deepEqual(events, ["open"]);
});

const FAILURES: [string, string][] = [
  ["552", "bad host or port"],
  ["556", "modem: 556"],
  ["561", "no PDP context: check apn"],
  ["565", "DNS failed: check host"],
  ["566", "connection refused: check host, port"],
];
for (const [code, reason] of FAILURES) {
  test(`a failed open is closed, too, and has a reason: ${code} ${reason}`, (t) => {
    const { clock, serial, modem, events, open } = setup(t);
    const socket = open();
    clock.tick(50);
    serial.commands = [];
    serial.say(`\r\n+QIOPEN: 0,${code}\r\n`);
    clock.tick(50);
    assert.deepEqual(events, [`close ${reason}`]);
    assert.deepEqual(serial.commands, ["AT+QICLOSE=0"]);
    assert.equal(socket.write("x"), -1);
    assert.equal(!!modem.broken_, code === "561");
  });
}

test("the report of AT+QIOPEN that comes before its OK counts", (t) => {
  const { clock, serial, events, open } = setup(t);
  serial.answers[OPEN] = "\r\n+QIOPEN: 0,566\r\n\r\nOK\r\n";
  open();
  clock.tick(50);
  assert.deepEqual(events, ["close connection refused: check host, port"]);
});

test("wiolte.js: 563 is no connection: the id is closed and opened again, once", (t) => {
  const { clock, serial, events, open } = setup(t);
  open();
  clock.tick(50);
  serial.say("\r\n+QIOPEN: 0,563\r\n");
  clock.tick(50);
  assert.deepEqual(serial.commands.slice(-2), ["AT+QICLOSE=0", OPEN]);
  assert.deepEqual(events, []);
  serial.say("\r\n+QIOPEN: 0,563\r\n");
  clock.tick(50);
  assert.deepEqual(events, ["close modem: 563"]);
});

test("a plain ERROR to AT+QIOPEN: the modem is asked why", (t) => {
  const { clock, serial, events, open } = setup(t);
  serial.answers[OPEN] = ERROR;
  serial.answers["AT+QIGETERROR"] = ok("+QIGETERROR: 565,DNS parse failed");
  open();
  clock.tick(100);
  assert.deepEqual(events, ["close DNS failed: check host"]);
});

test("QuectelBG96.js: an open that is never answered does not wait for ever", (t) => {
  const { clock, serial, events, open } = setup(t);
  open();
  clock.tick(150100);
  assert.deepEqual(events, ["close no reply: check host, port"]);
  assert.equal(serial.commands.at(-1), "AT+QICLOSE=0");
});

for (const urc of ['+QIURC: "recv",0', '+QIURC: "recv",0,1030']) {
  test(`buffer mode: ${urc} leads to reads until nothing is left`, (t) => {
    const { clock, serial, events, opened } = setup(t);
    opened();
    serial.answers["AT+QIRD=0,512"] = [data("a".repeat(512)), data("b".repeat(512)), data("c"), EMPTY];
    serial.say(`\r\n${urc}\r\n`);
    clock.tick(100);
    assert.deepEqual(events, [`data ${"a".repeat(512)}`, `data ${"b".repeat(512)}`, "data c"]);
    assert.deepEqual(serial.commands, Array(4).fill("AT+QIRD=0,512"));
  });
}

test("QuectelBG96.js: a second recv URC in one chunk is not lost", (t) => {
  const { clock, serial, events, opened } = setup(t);
  opened();
  serial.answers["AT+QIRD=0,512"] = [data("test\r\n"), data("DATA"), EMPTY];
  serial.say('\r\n+QIURC: "recv",0,6\r\n\r\n+QIURC: "recv",0,4\r\n');
  clock.tick(100);
  assert.deepEqual(events, ["data test\r\n", "data DATA"]);
});

test("a recv URC that comes while the last read runs leads to another read", (t) => {
  const { clock, serial, events, opened } = setup(t);
  opened();
  serial.answers["AT+QIRD=0,512"] = [`\r\n+QIURC: "recv",0\r\n${EMPTY}`, data("late"), EMPTY];
  serial.say('\r\n+QIURC: "recv",0\r\n');
  clock.tick(100);
  assert.deepEqual(events, ["data late"]);
});

test("quirk 8: a lost recv URC: after a send the socket looks by itself", (t) => {
  const { clock, serial, events, opened, write } = setup(t);
  const socket = opened();
  serial.answers["AT+QISEND=0,2"] = "\r\n> ";
  serial.answers.payload = "\r\nSEND OK\r\n";
  write(socket, "hi");
  clock.tick(100);
  assert.deepEqual(serial.commands.splice(0), ["AT+QISEND=0,2", "AT+QIRD=0,512"]);
  serial.answers["AT+QIRD=0,512"] = [data("answer"), EMPTY];
  clock.tick(6100);
  assert.deepEqual(events, ["writable", "data answer"]);
  clock.tick(600000);
  assert.deepEqual(serial.commands, ["AT+QIRD=0,512", "AT+QIRD=0,512"]);
});

test("an answer that came makes looking needless", (t) => {
  const { clock, serial, opened, write } = setup(t);
  const socket = opened();
  serial.answers["AT+QISEND=0,2"] = "\r\n> ";
  serial.answers.payload = "\r\nSEND OK\r\n";
  write(socket, "hi");
  clock.tick(1000);
  serial.answers["AT+QIRD=0,512"] = [data("answer"), EMPTY];
  serial.say('\r\n+QIURC: "recv",0\r\n');
  clock.tick(1000);
  serial.commands = [];
  clock.tick(60000);
  assert.deepEqual(serial.commands, []);
});

test("sending: at most 1,460 bytes in one segment, the next only after SEND OK", (t) => {
  const { clock, serial, events, opened, write } = setup(t);
  const socket = opened();
  serial.answers["AT+QISEND=0,1460"] = "\r\n>";
  serial.answers.payload = "\r\nSEND OK\r\n";
  const bytes = "\0\x1a\r\nOK\r\n> \xff".repeat(200);
  assert.equal(write(socket, bytes), 1460);
  assert.equal(write(socket, "more"), 0);
  clock.tick(100);
  assert.deepEqual(serial.payloads, [bytes.slice(0, 1460)]);
  assert.deepEqual(events, ["writable"]);
});

test("what a handler writes goes out; reading and writing take turns", (t) => {
  const { clock, serial, modem, events, handlersOf } = setup(t);
  let left = 3;
  const socket: Socket = modem.open("broker.example", 1883, {
    ...handlersOf(""),
    onOpen: () => assert.equal(socket.write("hi"), 2),
    onWritable: () => {
      if (left-- > 0) assert.equal(socket.write("hi"), 2);
    },
  });
  serial.answers["AT+QISEND=0,2"] = "\r\n> ";
  serial.answers.payload = "\r\nSEND OK\r\n";
  clock.tick(50);
  serial.commands = [];
  serial.answers["AT+QIRD=0,512"] = [data("a"), data("b"), data("c"), data("d"), EMPTY];
  serial.say("\r\n+QIOPEN: 0,0\r\n");
  clock.tick(1000);
  const turn = ["AT+QISEND=0,2", "AT+QIRD=0,512"];
  assert.deepEqual(serial.commands.slice(0, 8), [...turn, ...turn, ...turn, ...turn]);
  assert.deepEqual(events, ["data a", "data b", "data c", "data d"]);
});

test("quirk 13: SEND FAIL: the same bytes again, later, and not for ever", (t) => {
  const { clock, serial, events, opened, write } = setup(t);
  const socket = opened();
  serial.answers["AT+QISEND=0,2"] = "\r\n> ";
  serial.answers.payload = ["\r\nSEND FAIL\r\n", "\r\nSEND FAIL\r\n", "\r\nSEND OK\r\n"];
  write(socket, "hi");
  clock.tick(1900);
  assert.deepEqual(serial.payloads, ["hi"]);
  clock.tick(3000);
  assert.deepEqual(serial.payloads, ["hi", "hi", "hi"]);
  assert.deepEqual(events.splice(0), ["writable"]);

  serial.answers.payload = "\r\nSEND FAIL\r\n";
  write(socket, "hi");
  clock.tick(60000);
  assert.deepEqual(events, ["close connection lost"]);
  assert.equal(serial.payloads.length, 3 + 11);
});

test("quirk 13: ERROR to a send is no success; what the server said last is still read", (t) => {
  const { clock, serial, events, opened, write } = setup(t);
  const socket = opened();
  serial.answers["AT+QISEND=0,2"] = ERROR;
  serial.answers["AT+QIRD=0,512"] = [data("bye"), EMPTY];
  write(socket, "hi");
  clock.tick(100);
  assert.deepEqual(events, ["data bye", "close connection lost"]);
  assert.equal(serial.commands.at(-1), "AT+QICLOSE=0");
});
