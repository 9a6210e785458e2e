import assert from "node:assert/strict";
import { test } from "node:test";
import { cme, ERROR, OK, ok } from "./fake-serial.ts";
import { setup } from "./network-rig.ts";

const PIN = 'AT+CPIN="1234"';
const SIM = "AT+CPIN?";
const TRIES = 'AT+QPINC="SC"';
const READY = ok("+CPIN: READY");
const LOCKED = ok("+CPIN: SIM PIN");
const left = (tries: number) => ok(`+QPINC: "SC",${tries},10`);

test("a SIM that is busy, even missing, at first is waited for", (t) => {
  const { clock, serial, start } = setup(t);
  serial.answers[SIM] = [...[14, 10, 13, 14].map(cme), ok("+CPIN: NOT READY"), READY];
  const results = start();
  clock.tick(16000);
  assert.deepEqual(results, [""]);
});

for (const [answer, reason] of [
  [cme(10), "no SIM"],
  [cme(13), "SIM fault: reseat it"],
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

for (const [what, pin, reason] of [
  ["SIM PIN", "", "SIM wants a PIN: set pin"],
  ["SIM PUK", "1234", "SIM locked: use a phone"],
  ["SIM PIN2", "1234", "SIM locked: use a phone"],
  ["PH-NET PIN", "1234", "SIM locked: use a phone"],
] as const) {
  test(`a SIM that wants ${what}, with the setting "${pin}": told at once`, (t) => {
    const { clock, serial, start, sent } = setup(t, { pin });
    serial.answers[SIM] = ok(`+CPIN: ${what}`);
    const results = start();
    clock.tick(1000);
    assert.deepEqual(results, [reason]);
    assert.equal(sent(PIN), 0);
  });
}

for (const [name, tries] of [
  ["three tries left", left(3)],
  ["two", left(2)],
  ["not told", ERROR],
] as const) {
  test(`the PIN is entered, once: ${name}`, (t) => {
    const { clock, serial, start, sent } = setup(t, { pin: "1234" });
    Object.assign(serial.answers, { [SIM]: [LOCKED, READY], [TRIES]: tries, [PIN]: OK });
    const results = start();
    clock.tick(5000);
    assert.deepEqual(results, [""]);
    assert.equal(sent(PIN), 1);
  });
}

test("a SIM that takes a moment after its PIN is not asked for it again", (t) => {
  const { clock, serial, start, sent } = setup(t, { pin: "1234" });
  Object.assign(serial.answers, { [SIM]: [LOCKED, cme(14), cme(14), READY], [PIN]: OK });
  const results = start();
  clock.tick(15000);
  assert.deepEqual(results, [""]);
  assert.equal(sent(PIN), 1);
});

for (const code of [14, 13, 3])
  test(`the PIN is answered once by CME ${code}, and did not count: tried again`, (t) => {
    const { clock, serial, modem, start, sent } = setup(t, { pin: "1234" });
    Object.assign(serial.answers, { [SIM]: [LOCKED, LOCKED, READY], [PIN]: [cme(code), OK] });
    const results = start();
    clock.tick(10000);
    assert.deepEqual(results, [""]);
    assert.equal(sent(PIN), 2);
    assert.equal(modem.status().state, "up");
  });

test("the PIN is answered so three times, and did not count: later again, as that says nothing of the PIN", (t) => {
  const { clock, serial, start, sent } = setup(t, { pin: "1234" });
  Object.assign(serial.answers, { [SIM]: LOCKED, [PIN]: cme(14) });
  const results = start();
  clock.tick(20000);
  assert.deepEqual(results, ["SIM busy"]);
  assert.equal(sent(PIN), 3);
  Object.assign(serial.answers, { [SIM]: [LOCKED, READY], [PIN]: OK });
  const again = start();
  clock.tick(10000);
  assert.deepEqual(again, [""]);
});

test("a SIM that says OK to its PIN and wants it all the same: three tries in all, if none counts", (t) => {
  const { clock, serial, start, sent } = setup(t, { pin: "1234" });
  Object.assign(serial.answers, { [SIM]: LOCKED, [PIN]: OK });
  const results = start();
  clock.tick(60000);
  assert.deepEqual(results, ["SIM busy"]);
  assert.equal(sent(PIN), 3);
});

test("a SIM that is busy after each PIN, and then wants it again, ends the way all the same", (t) => {
  const { clock, serial, start, sent } = setup(t, { pin: "1234" });
  let asked = 0;
  Object.assign(serial.answers, { [PIN]: OK });
  Object.defineProperty(serial.answers, SIM, { get: () => (asked++ % 2 ? cme(14) : LOCKED) });
  const results = start();
  clock.tick(120_000);
  assert.deepEqual(results, ["SIM busy"]);
  assert.ok(sent(PIN) <= 3, `${sent(PIN)} times`);
});

for (const [name, answer] of [
  ["16", cme(16)],
  ["a count that fell after CME 3", cme(3)],
  ["a count that fell after OK", OK],
  ["a count that fell after no answer", undefined],
] as const) {
  test(`a wrong PIN is never tried twice: ${name}`, (t) => {
    const { clock, serial, start, sent } = setup(t, { pin: "1234" });
    Object.assign(serial.answers, { [SIM]: LOCKED, [PIN]: answer });
    Object.defineProperty(serial.answers, TRIES, { get: () => left(sent(PIN) ? 2 : 3) });
    for (let i = 0; i < 4; i++) {
      const results = start();
      clock.tick(60000);
      if (i || answer) assert.deepEqual(results, ["wrong PIN: set pin"]);
    }
    assert.equal(sent(PIN), 1);
  });
}

test("a PIN that was wrong is not entered again after somebody entered the right one by hand", (t) => {
  const { clock, serial, start, sent } = setup(t, { pin: "1234" });
  Object.assign(serial.answers, { [SIM]: LOCKED, [PIN]: cme(16) });
  start();
  clock.tick(5000);
  serial.answers[SIM] = READY;
  const up = start();
  clock.tick(5000);
  assert.deepEqual(up, [""]);
  serial.say("\r\nRDY\r\n");
  serial.answers[SIM] = LOCKED;
  const results = start();
  clock.tick(5000);
  assert.deepEqual(results, ["wrong PIN: set pin"]);
  assert.equal(sent(PIN), 1);
});

for (const [name, answer] of [
  ["OK", OK],
  ["CME 14", cme(14)],
  ["no answer", undefined],
] as const)
  test(`where the count is not told, the PIN is entered once only: ${name}`, (t) => {
    const { clock, serial, start, sent } = setup(t, { pin: "1234" });
    Object.assign(serial.answers, { [SIM]: LOCKED, [TRIES]: ERROR, [PIN]: answer });
    for (let i = 0; i < 4; i++) {
      const results = start();
      clock.tick(60000);
      if (i || answer) assert.deepEqual(results, ["PIN not taken: use a phone"]);
    }
    assert.equal(sent(PIN), 1);
  });

for (const tries of [1, 0])
  test(`the last try is left to the user: ${tries}`, (t) => {
    const { clock, serial, start, sent } = setup(t, { pin: "1234" });
    Object.assign(serial.answers, { [SIM]: `\r\n+CPIN: SIM PIN\r\n${LOCKED}`, [TRIES]: left(tries) });
    for (let i = 0; i < 3; i++) {
      const results = start();
      clock.tick(5000);
      assert.deepEqual(results, ["one PIN try left: use a phone"]);
    }
    assert.equal(sent(PIN), 0);
  });

test("whatever the SIM answers, no try is made with one left", (t) => {
  // Each wrong one counts, and none is answered by what says so.
  for (const answer of [OK, cme(3), cme(13), cme(14), ERROR, undefined])
    for (const from of [3, 2, 1]) {
      const { clock, serial, start } = setup(t, { pin: "1234" });
      let counted = from;
      let worst = from;
      Object.assign(serial.answers, { [SIM]: LOCKED });
      Object.defineProperty(serial.answers, TRIES, { get: () => left(counted) });
      Object.defineProperty(serial.answers, PIN, {
        get() {
          worst = counted;
          counted--;
          return answer;
        },
      });
      for (let i = 0; i < 6; i++) {
        start();
        clock.tick(120000);
      }
      assert.ok(worst > 1 || counted === from, `${answer}, from ${from}: ${counted} left`);
      assert.ok(counted >= Math.min(from, 1));
      clock.uninstall();
    }
});

test("the right PIN is entered again after the modem restarted", (t) => {
  const { clock, serial, start, sent } = setup(t, { pin: "1234" });
  for (let i = 0; i < 2; i++) {
    Object.assign(serial.answers, { [SIM]: [LOCKED, READY], [PIN]: OK });
    const results = start();
    clock.tick(5000);
    assert.deepEqual(results, [""]);
    serial.say("\r\nRDY\r\n");
  }
  assert.equal(sent(PIN), 2);
});
