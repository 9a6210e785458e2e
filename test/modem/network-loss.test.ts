import assert from "node:assert/strict";
import { test } from "node:test";
import { Way } from "../../firmware/modem/network.ts";
import { ACTIVATE, BRING_UP, ERROR, OK, ok, REGISTRATION } from "./fake-serial.ts";
import { setup } from "./network-rig.ts";

for (const [urc, reason] of [
  ["RDY", "modem says RDY: check power"],
  ["APP RDY", "modem says APP RDY: check power"],
  ["POWERED DOWN", "modem says POWERED DOWN: check power"],
  ["PSM POWER DOWN", "modem says PSM POWER DOWN: check power"],
  ["+CPIN: NOT READY", "modem says +CPIN: NOT READY: check power"],
]) {
  test(`an unexpected ${urc}: down, and all settings are made again`, (t) => {
    const { clock, serial, modem, lost, start, up } = setup(t);
    up();
    serial.say(`\r\n${urc}\r\n`);
    assert.deepEqual(lost, [reason]);
    assert.equal(modem.status().state, "down");
    assert.equal(modem.status().reason, reason);
    const results = start();
    clock.tick(1000);
    assert.deepEqual(results, [""]);
    assert.deepEqual(serial.commands, BRING_UP);
    assert.equal(lost.length, 1);
  });
}

test("other URCs change nothing", (t) => {
  const { serial, modem, lost, up } = setup(t);
  up();
  for (const urc of [
    "+CPIN: READY",
    "+QIND: SMS DONE",
    '+QIND: "FOTA","DOWNLOADING",2',
    "+CEREG: 2",
    "NO CARRIER",
  ])
    serial.say(`\r\n${urc}\r\n`);
  for (const urc of [
    '+QIURC: "incoming full"',
    '+QIURC: "recv",7',
    "+QIOPEN: 5,0",
    '+QIURC: "dnsgip",0,1,60',
  ])
    serial.say(`\r\n${urc}\r\n`);
  assert.equal(modem.status().state, "up");
  assert.deepEqual(lost, []);
});

test("a restart in the middle of bringing up ends it with the reason; the next one starts from the beginning", (t) => {
  const { clock, serial, start, lost } = setup(t);
  serial.answers[ACTIVATE] = undefined;
  const results = start();
  clock.tick(5000);
  serial.say("\r\nRDY\r\n");
  assert.deepEqual(results, ["modem says RDY: check power"]);
  assert.deepEqual(lost, []);
  assert.equal(clock.countTimers(), 0);
  serial.answers[ACTIVATE] = OK;
  serial.commands = [];
  const again = start();
  clock.tick(2000);
  assert.deepEqual(again, [""]);
  assert.deepEqual(serial.commands, BRING_UP);
});

test("a restart nobody noticed does no harm: every bringing up makes all settings", (t) => {
  const { clock, serial, start, up } = setup(t);
  up();
  serial.echo = true;
  const results = start();
  clock.tick(2000);
  assert.deepEqual(results, [""]);
  assert.deepEqual(serial.commands, BRING_UP);
});

test("a modem that falls silent: noticed by whatever command, power key at the next bringing up", (t) => {
  const { clock, serial, modem, lost, start, up, power } = setup(t);
  up();
  const { answers } = serial;
  serial.answers = {};
  const seen: string[] = [];
  modem.at("AT+COPS?", (error) => seen.push(error));
  clock.tick(186000);
  const silent = "no answer: check power, UART";
  assert.deepEqual([lost, seen], [[silent], [silent]]);
  assert.equal(modem.status().state, "down");
  const results = start();
  clock.tick(8000);
  serial.answers = answers;
  clock.tick(10000);
  assert.deepEqual(results, [""]);
  assert.equal(power.length, 1);
});

test("registration lost: the check of a modem that was up ends with the reason and its sockets", (t) => {
  const { clock, serial, lost, start, up } = setup(t);
  up();
  serial.answers[REGISTRATION] = ok("+CEREG: 0,2");
  const results = start();
  clock.tick(200000);
  assert.deepEqual(results, ["no network: check antenna"]);
  assert.deepEqual(lost, results);
});

test("a restart of a modem that answers: AT+CFUN=1,1, no power key", (t) => {
  const { clock, serial, start, up, power } = setup(t);
  up();
  serial.answers["AT+CFUN=1,1"] = OK;
  const results = start(Way.Modem);
  clock.tick(100);
  const { answers } = serial;
  serial.answers = {};
  serial.say("\r\nPOWERED DOWN\r\n");
  clock.tick(6000);
  serial.answers = answers;
  serial.say("\r\nRDY\r\n\r\n+CFUN: 1\r\n\r\nAPP RDY\r\n");
  clock.tick(6000);
  assert.deepEqual(results, [""]);
  assert.deepEqual(power, []);
  assert.equal(serial.commands[0], "AT+CFUN=1,1");
  assert.deepEqual(serial.commands.slice(1 - BRING_UP.length), BRING_UP.slice(1));
});

test("a restart of a modem that does not answer: supply, then power key", (t) => {
  const { clock, serial, start, power } = setup(t);
  const { answers } = serial;
  serial.answers = {};
  const results = start(Way.Modem);
  clock.tick(70000);
  assert.deepEqual(
    power.map((text) => text.split(": ")[1]),
    ["cut", "key"],
  );
  serial.answers = answers;
  clock.tick(10000);
  assert.deepEqual(results, [""]);
});

test("a restart of one that refuses AT+CFUN: its supply", (t) => {
  const { clock, serial, start, power } = setup(t);
  serial.answers["AT+CFUN=1,1"] = ERROR;
  const results = start(Way.Modem);
  clock.tick(20000);
  assert.equal(power.length, 1);
  assert.deepEqual(results, [""]);
});

test("the radio off and on, before the SIM; nothing else is new, and nothing is restarted", (t) => {
  const { clock, serial, start, up, power } = setup(t);
  up();
  serial.answers["AT+CFUN=4;+CFUN=1"] = OK;
  const results = start(Way.Radio);
  clock.tick(1000);
  assert.deepEqual(results, [""]);
  assert.deepEqual(
    serial.commands,
    BRING_UP.map((text) => (text === "AT+CFUN=1" ? "AT+CFUN=4;+CFUN=1" : text)),
  );
  assert.deepEqual(power, []);
});

test("the radio off and on once: the next bringing up only makes sure that it is on", (t) => {
  const { clock, serial, start } = setup(t);
  start(Way.Radio);
  clock.tick(50000);
  serial.commands = [];
  const results = start();
  clock.tick(1000);
  assert.deepEqual(results, [""]);
  assert.deepEqual(serial.commands, BRING_UP);
});

for (const way of [Way.Socket, Way.Context, Way.Board])
  test(`way ${way}: neither radio nor power is touched`, (t) => {
    const { clock, serial, start, power } = setup(t);
    const results = start(way);
    clock.tick(1000);
    assert.deepEqual(results, [""]);
    assert.deepEqual(serial.commands, BRING_UP);
    assert.deepEqual(power, []);
  });

test("power: cut at once, answering or not; the key brings it up again", (t) => {
  const { clock, serial, start, up, power } = setup(t);
  up();
  const { answers } = serial;
  const from_ms = clock.now;
  const results = start(Way.Power);
  serial.answers = {};
  const off_ms = Number(power[0]?.split(":")[0]);
  // 3 s for it to be off, 1 s for AT, 2 s for each of three more.
  clock.tick(11000);
  assert.deepEqual(power, [`${off_ms}: cut`, `${off_ms + 10000}: key`]);
  assert.equal(clock.now - from_ms, 11000);
  serial.answers = answers;
  serial.say("\r\nRDY\r\n\r\n+CFUN: 1\r\n\r\nAPP RDY\r\n");
  clock.tick(6000);
  assert.deepEqual(results, [""]);
  assert.deepEqual(serial.commands.slice(1 - BRING_UP.length), BRING_UP.slice(1));
});

test("power: nothing is sent to a modem that switches off, and what it says then is no news", (t) => {
  const { clock, serial, start, up, lost } = setup(t);
  up();
  const results = start(Way.Power);
  clock.tick(1000);
  serial.say("\r\nPOWERED DOWN\r\n");
  clock.tick(1900);
  assert.deepEqual([serial.commands, results, lost], [[], [], []]);
});

test("power: a board that has no way to cut it goes on with the modem as it is", (t) => {
  const { clock, serial, start, power } = setup(t);
  const results = start(Way.Power);
  clock.tick(4000);
  assert.deepEqual(results, [""]);
  assert.deepEqual(serial.commands, BRING_UP);
  assert.equal(power.length, 1);
});

test("a call while bringing up is under way does not cut the power of it", (t) => {
  const { clock, start, power } = setup(t);
  start();
  clock.tick(50);
  const results = start(Way.Power);
  clock.tick(1000);
  assert.deepEqual(results, [""]);
  assert.deepEqual(power, []);
});
