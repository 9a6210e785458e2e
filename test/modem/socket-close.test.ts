import assert from "node:assert/strict";
import { test } from "node:test";
import { Way } from "../../firmware/modem/network.ts";
import { ACTIVATE } from "./fake-serial.ts";
import { data, EMPTY, OPEN, setup } from "./socket-rig.ts";

test("quirk 11: closed by server: what is left is read, then AT+QICLOSE, then onClose", (t) => {
  const { clock, serial, events, opened, write } = setup(t);
  const socket = opened();
  serial.answers["AT+QIRD=0,512"] = [data("last"), data("words"), EMPTY];
  serial.say('\r\n+QIURC: "closed",0\r\n');
  assert.equal(write(socket, "x"), -1);
  clock.tick(100);
  assert.deepEqual(events, ["data last", "data words", "close closed by server"]);
  assert.equal(serial.commands.at(-1), "AT+QICLOSE=0");
});

test("quirk 11: closed in the middle of a send: the payload is still delivered, nobody hangs", (t) => {
  const { clock, serial, events, opened, write } = setup(t);
  const socket = opened();
  write(socket, "hello");
  serial.say('\r\n+QIURC: "closed",0\r\n\r\n> ');
  assert.deepEqual(serial.payloads, ["hello"]);
  serial.say("\r\nSEND FAIL\r\n");
  clock.tick(6000);
  assert.deepEqual(events, ["close closed by server"]);
});

test("a reading that fails ends the connection: bytes may be missing", (t) => {
  const { clock, serial, events, opened } = setup(t);
  opened();
  serial.answers["AT+QIRD=0,512"] = "\r\n+QIRD: 20\r\nonly ten b\r\n\r\nOK\r\n";
  serial.say('\r\n+QIURC: "recv",0\r\n');
  clock.tick(30000);
  assert.deepEqual(events, ["close link lost"]);
});

test("close: no onClose, no more data, and the id is free at once", (t) => {
  const { clock, serial, events, opened, open } = setup(t);
  const socket = opened();
  serial.answers["AT+QIRD=0,512"] = data("late");
  serial.say('\r\n+QIURC: "recv",0\r\n');
  socket.close();
  socket.close();
  open("second ");
  clock.tick(100);
  // The old reading, the close, then the new connection: the old one cannot close it, nor does it get its data.
  assert.deepEqual(serial.commands, ["AT+QIRD=0,512", "AT+QICLOSE=0", OPEN]);
  serial.answers["AT+QIRD=0,512"] = EMPTY;
  serial.say("\r\n+QIOPEN: 0,0\r\n");
  clock.tick(100);
  assert.deepEqual(events, ["second open"]);
  assert.equal(socket.write("x"), -1);
  socket.close();
  clock.tick(100);
  assert.notEqual(serial.commands.at(-1), "AT+QICLOSE=0");
});

test("close while opening: the late +QIOPEN opens nothing", (t) => {
  const { clock, serial, events, open } = setup(t);
  const socket = open();
  clock.tick(15);
  socket.close();
  clock.tick(100);
  serial.say("\r\n+QIOPEN: 0,0\r\n");
  clock.tick(200000);
  assert.deepEqual(events, []);
  assert.equal(serial.commands.at(-1), "AT+QICLOSE=0");
});

test("a handler that closes is not called again", (t) => {
  const { clock, serial, modem, events, handlersOf } = setup(t);
  const socket = modem.open("broker.example", 1883, {
    ...handlersOf(""),
    onData: () => {
      events.push("data");
      socket.close();
    },
  });
  clock.tick(50);
  serial.answers["AT+QIRD=0,512"] = data("x");
  serial.say("\r\n+QIOPEN: 0,0\r\n");
  clock.tick(10000);
  assert.deepEqual(events, ["open", "data"]);
});

test("another connection's URCs change nothing", (t) => {
  const { clock, serial, events, opened } = setup(t);
  opened();
  for (const urc of ['+QIURC: "recv",1', '+QIURC: "closed",1', "+QIOPEN: 1,0", "+QIOPEN: 0,0"])
    serial.say(`\r\n${urc}\r\n`);
  clock.tick(1000);
  assert.deepEqual(events, []);
  assert.deepEqual(serial.commands, []);
});

test("QuectelBG96.js: pdpdeact ends the connection, and the context is deactivated before it is used again", (t) => {
  const { clock, serial, bringUp, events, opened } = setup(t);
  opened();
  serial.say('\r\n+QIURC: "pdpdeact",1\r\n');
  assert.deepEqual(events, ["close PDP context lost"]);
  clock.tick(1000);
  serial.commands = [];
  const results: string[] = [];
  bringUp((reason) => results.push(reason), Way.Context);
  clock.tick(5000);
  assert.deepEqual(results, [""]);
  const from = serial.commands.indexOf("AT+QIDEACT=1");
  assert.deepEqual(serial.commands.slice(from, from + 2), ["AT+QIDEACT=1", ACTIVATE]);
});

test("a modem that restarts takes sockets and waiting commands along", (t) => {
  const { clock, serial, events, opened, write } = setup(t);
  const socket = opened();
  write(socket, "hello");
  serial.say("\r\nRDY\r\n");
  clock.tick(200000);
  assert.deepEqual(events, ["close modem says RDY: check power"]);
  assert.equal(socket.write("x"), -1);
  assert.deepEqual(serial.commands, ["AT+QISEND=0,5"]);
  assert.equal(clock.countTimers(), 0);
});

test("a modem that falls silent in a send: the reason, after its time", (t) => {
  const { clock, serial, events, opened, write } = setup(t);
  const socket = opened();
  serial.answers = {};
  write(socket, "hello");
  clock.tick(40000);
  assert.deepEqual(events, ["close no answer: check power, UART"]);
  assert.equal(clock.countTimers(), 0);
});

test("a connection left over from before is closed without a word", (t) => {
  const { clock, serial, events, open } = setup(t);
  open();
  serial.say('\r\n+QIURC: "recv",0\r\n\r\n+QIURC: "closed",0\r\n');
  clock.tick(100);
  serial.say("\r\n+QIOPEN: 0,0\r\n");
  clock.tick(100);
  assert.deepEqual(events, ["open"]);
});
