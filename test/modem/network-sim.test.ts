import assert from "node:assert/strict";
import { test } from "node:test";
import { ERROR, OK, ok } from "./fake-serial.ts";
import { setup } from "./network-rig.ts";

const PIN = 'AT+CPIN="1234"';
const TRIES = 'AT+QPINC="SC"';
const LOCKED = ok("+CPIN: SIM PIN");
const READY = ok("+CPIN: READY");

test("a SIM that is busy, even missing, at first is waited for", (t) => {
  const { clock, serial, start } = setup(t);
  const errors = [14, 10, 13, 14].map((code) => `\r\n+CME ERROR: ${code}\r\n`);
  serial.answers["AT+CPIN?"] = [...errors, ok("+CPIN: NOT READY"), READY];
  const results = start();
  clock.tick(15000);
  assert.deepEqual(results, [""]);
});

for (const [answer, reason] of [
  ["\r\n+CME ERROR: 10\r\n", "no SIM"],
  ["\r\n+CME ERROR: 13\r\n", "SIM failure: reseat it"],
  [OK, "SIM busy"],
] as const) {
  test(`a SIM that stays unusable, after 20 s: ${reason}`, (t) => {
    const { clock, serial, start } = setup(t);
    serial.answers["AT+CPIN?"] = answer;
    const results = start();
    clock.tick(20000);
    assert.deepEqual(results, []);
    clock.tick(10000);
    assert.deepEqual(results, [reason]);
  });
}

for (const [wants, pin] of [
  ["SIM PIN", ""],
  ["SIM PUK", "1234"],
  ["PH-NET PIN", "1234"],
]) {
  test(`a SIM that wants ${wants}: told at once`, (t) => {
    const { clock, serial, start } = setup(t, { pin: pin as string });
    serial.answers["AT+CPIN?"] = ok(`+CPIN: ${wants}`);
    const results = start();
    clock.tick(1000);
    assert.deepEqual(results, [`${wants}: use a phone or set pin`]);
    assert.ok(!serial.commands.includes(PIN));
  });
}

for (const tries of [ok('+QPINC: "SC",3,10'), ok('+QPINC: "SC",2,10'), ERROR]) {
  test(`the PIN is entered: ${JSON.stringify(tries)}`, (t) => {
    const { clock, serial, start } = setup(t, { pin: "1234" });
    Object.assign(serial.answers, { "AT+CPIN?": [LOCKED, READY], [TRIES]: tries, [PIN]: OK });
    const results = start();
    clock.tick(5000);
    assert.deepEqual(results, [""]);
    assert.equal(serial.commands.filter((text) => text === PIN).length, 1);
  });
}

test("the last try is left to the user", (t) => {
  const { clock, serial, start } = setup(t, { pin: "1234" });
  Object.assign(serial.answers, { "AT+CPIN?": LOCKED, [TRIES]: ok('+QPINC: "SC",1,10') });
  for (let i = 0; i < 3; i++) {
    const results = start();
    clock.tick(5000);
    assert.deepEqual(results, ["one PIN try left: use a phone"]);
  }
  assert.ok(!serial.commands.includes(PIN));
});

for (const [name, answer] of [
  ["refused", "\r\n+CME ERROR: 16\r\n"],
  ["unanswered", undefined],
] as const) {
  test(`a wrong PIN is never tried twice: ${name}`, (t) => {
    const { clock, serial, start } = setup(t, { pin: "1234" });
    Object.assign(serial.answers, { "AT+CPIN?": LOCKED, [TRIES]: ok('+QPINC: "SC",3,10'), [PIN]: answer });
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
  const tries = ok('+QPINC: "SC",3,10');
  for (let i = 0; i < 2; i++) {
    Object.assign(serial.answers, { "AT+CPIN?": [LOCKED, READY], [TRIES]: tries, [PIN]: OK });
    const results = start();
    clock.tick(5000);
    assert.deepEqual(results, [""]);
    serial.say("\r\nRDY\r\n");
  }
  assert.equal(serial.commands.filter((text) => text === PIN).length, 2);
});
