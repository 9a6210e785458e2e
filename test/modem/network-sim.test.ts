import assert from "node:assert/strict";
import { test } from "node:test";
import { ERROR, OK, ok, READY, SIM } from "./fake-serial.ts";
import { setup } from "./network-rig.ts";

const PIN = 'AT+CPIN="1234"';
const wants = (what: string, tries = '+QPINC: "SC",3,10') => ok(`+CPIN: ${what}`, tries);
const LOCKED = wants("SIM PIN");

test("a SIM that is busy, even missing, at first is waited for", (t) => {
  const { clock, serial, start } = setup(t);
  const errors = [14, 10, 13, 14].map((code) => `\r\n+CME ERROR: ${code}\r\n`);
  serial.answers[SIM] = [...errors, ok("+CPIN: NOT READY"), READY];
  const results = start();
  clock.tick(16000);
  assert.deepEqual(results, [""]);
});

for (const [answer, reason] of [
  ["\r\n+CME ERROR: 10\r\n", "no SIM"],
  ["\r\n+CME ERROR: 13\r\n", "SIM fault: reseat it"],
  [OK, "SIM busy"],
] as const) {
  test(`a SIM that stays unusable, after 20 s: ${reason}`, (t) => {
    const { clock, serial, start } = setup(t);
    serial.answers[SIM] = answer;
    const results = start();
    clock.tick(20000);
    assert.deepEqual(results, []);
    clock.tick(10000);
    assert.deepEqual(results, [reason]);
  });
}

for (const [what, pin] of [
  ["SIM PIN", ""],
  ["SIM PUK", "1234"],
  ["PH-NET PIN", "1234"],
]) {
  test(`a SIM that wants ${what}: told at once`, (t) => {
    const { clock, serial, start } = setup(t, { pin: pin as string });
    serial.answers[SIM] = wants(what as string);
    const results = start();
    clock.tick(1000);
    assert.deepEqual(results, [`${what}: use a phone or set pin`]);
    assert.ok(!serial.commands.includes(PIN));
  });
}

for (const locked of [LOCKED, wants("SIM PIN", '+QPINC: "SC",2,10'), `\r\n+CPIN: SIM PIN\r\n${ERROR}`]) {
  test(`the PIN is entered: ${JSON.stringify(locked)}`, (t) => {
    const { clock, serial, start } = setup(t, { pin: "1234" });
    Object.assign(serial.answers, { [SIM]: [locked, READY], [PIN]: OK });
    const results = start();
    clock.tick(5000);
    assert.deepEqual(results, [""]);
    assert.equal(serial.commands.filter((text) => text === PIN).length, 1);
  });
}

for (const [name, urc] of [
  ["", ""],
  [", a URC between or not", "\r\n+CPIN: SIM PIN\r\n"],
]) {
  test(`the last try is left to the user${name}`, (t) => {
    const { clock, serial, start } = setup(t, { pin: "1234" });
    serial.answers[SIM] = urc + wants("SIM PIN", '+QPINC: "SC",1,10');
    for (let i = 0; i < 3; i++) {
      const results = start();
      clock.tick(5000);
      assert.deepEqual(results, ["one PIN try left: use a phone"]);
    }
    assert.ok(!serial.commands.includes(PIN));
  });
}

for (const [name, answer] of [
  ["refused", "\r\n+CME ERROR: 16\r\n"],
  ["unanswered", undefined],
] as const) {
  test(`a wrong PIN is never tried twice: ${name}`, (t) => {
    const { clock, serial, start } = setup(t, { pin: "1234" });
    Object.assign(serial.answers, { [SIM]: LOCKED, [PIN]: answer });
    for (let i = 0; i < 3; i++) {
      const results = start();
      clock.tick(60000);
      assert.deepEqual(results, ["wrong PIN: set pin"]);
    }
    assert.equal(serial.commands.filter((text) => text === PIN).length, 1);
  });
}

test("the right PIN is entered again after the modem restarted", (t) => {
  const { clock, serial, start } = setup(t, { pin: "1234" });
  for (let i = 0; i < 2; i++) {
    Object.assign(serial.answers, { [SIM]: [LOCKED, READY], [PIN]: OK });
    const results = start();
    clock.tick(5000);
    assert.deepEqual(results, [""]);
    serial.say("\r\nRDY\r\n");
  }
  assert.equal(serial.commands.filter((text) => text === PIN).length, 2);
});
