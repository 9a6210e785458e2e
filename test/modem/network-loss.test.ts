import assert from "node:assert/strict";
import { test } from "node:test";
import { Rung } from "../../firmware/modem/network.ts";
import { BRING_UP, cme, ERROR, OK, ok } from "./fake-serial.ts";
import { setup } from "./network-rig.ts";

const RESTARTED = "modem restarted: check power";
const SWITCHED_OFF = "modem switched off: check power";

for (const [urc, reason, closing] of [
  ["RDY", RESTARTED],
  ["POWERED DOWN", SWITCHED_OFF],
  ["NORMAL POWER DOWN", SWITCHED_OFF],
  ["PSM POWER DOWN", SWITCHED_OFF],
  ["+CPIN: NOT READY", "SIM lost: reseat it", "AT+QICLOSE=0"],
] as const) {
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
    // One that works still has it open.
    assert.deepEqual(serial.commands, closing ? [closing, ...BRING_UP] : BRING_UP);
    assert.equal(lost.length, 1);
  });
}

test("it went to PSM by itself, and who hears of that lets it sleep: its key is not pressed before it does", (t) => {
  const world = setup(t, { power: "save", window_s: 3 });
  const { serial, modem, clock, power } = world;
  serial.answers['AT+CPSMS=1,,,"01000011","00000010"'] = OK;
  world.up();
  modem.at("AT+QGPSLOC=2", () => world.fallAsleep(() => {}));
  serial.say("\r\nPSM POWER DOWN\r\n");
  world.start();
  clock.tick(1000);
  assert.deepEqual(power, []);
  world.fellAsleep();
  assert.equal(power.length, 1);
});

test("a SIM that is lost: the modem works, so what waits for an answer goes on waiting", (t) => {
  const { serial, modem, up } = setup(t);
  up();
  const seen: unknown[] = [];
  modem.at("AT+CSQ", (error) => seen.push(error));
  serial.say("\r\n+CPIN: NOT READY\r\n");
  assert.deepEqual(seen, [], "what waits goes on waiting");
});

test("other URCs change nothing", (t) => {
  const { serial, modem, lost, up } = setup(t);
  up();
  for (const urc of [
    "APP RDY",
    "+CPIN: READY",
    "+QUSIM: 1",
    "+QIND: SMS DONE",
    '+QIND: "FOTA","DOWNLOADING",2',
    "+CEREG: 2",
    "NO CARRIER",
    '+QIURC: "incoming full"',
    '+QIURC: "recv",7',
    "+QIOPEN: 5,0",
    '+QIURC: "dnsgip",0,1,60',
  ])
    serial.say(`\r\n${urc}\r\n`);
  assert.equal(modem.status().state, "up");
  assert.deepEqual(lost, []);
});

test("the network takes the PDP context: the connection ends, and the next one is of a new context", (t) => {
  const { serial, modem, lost, up } = setup(t);
  up();
  serial.say('\r\n+QIURC: "pdpdeact",1\r\n');
  assert.deepEqual(lost, ["PDP context lost"]);
  assert.equal(modem.status().state, "down");
  assert.equal(modem.status().reason, "PDP context lost");
});

test("the same while there is no connection that could end", (t) => {
  const { clock, serial, modem, start } = setup(t);
  start();
  clock.tick(1000);
  serial.say('\r\n+QIURC: "pdpdeact",1\r\n');
  assert.equal(modem.status().reason, "PDP context lost");
});

for (let late_s = 0; late_s <= 20; late_s += 1.5)
  test(`a modem that registers at once says APP RDY ${late_s} s after RDY: that belongs to its start`, (t) => {
    const { clock, serial, modem, lost, start, up, power } = setup(t);
    const { answers } = serial;
    serial.answers = {};
    const results = start();
    clock.tick(8000);
    serial.answers = answers;
    serial.say("\r\nRDY\r\n");
    const late =
      "\r\n+CFUN: 1\r\n\r\nAPP RDY\r\n\r\n+CPIN: READY\r\n\r\n+QUSIM: 1\r\n\r\n+QIND: SMS DONE\r\n";
    setTimeout(() => serial.say(late), late_s * 1000);
    clock.tick(5000);
    assert.deepEqual(results, [""]);
    up();
    clock.tick(25000);
    assert.equal(modem.status().state, "up");
    assert.deepEqual(lost, []);
    assert.equal(power.length, 1);
    assert.equal(serial.commands.includes("ATE0"), false);
  });

test("RDY in the middle of the way: begun again at Echo, as what was set is gone", (t) => {
  const { clock, serial, start, lost } = setup(t);
  serial.answers["AT+QIACT=1"] = undefined;
  const results = start();
  clock.tick(5000);
  serial.answers["AT+QIACT=1"] = OK;
  serial.commands = [];
  serial.say("\r\nRDY\r\n");
  clock.tick(5000);
  assert.deepEqual(results, [""]);
  assert.deepEqual(serial.commands, BRING_UP.slice(1));
  assert.deepEqual(lost, []);
});

test("RDY at each step of the way, and in the pause before one: the same", (t) => {
  for (let step = 2; step < BRING_UP.length; step++) {
    const { clock, serial, start } = setup(t);
    const results = start();
    const last = BRING_UP[step] as string;
    const answer = serial.answers[last];
    serial.answers[last] = undefined;
    clock.tick(1000);
    assert.equal(serial.commands.at(-1), last);
    serial.answers[last] = answer;
    serial.commands = [];
    serial.say("\r\nRDY\r\n");
    clock.tick(5000);
    assert.deepEqual(results, [""], last);
    assert.deepEqual(serial.commands, BRING_UP.slice(1), last);
    clock.uninstall();
  }
  const { clock, serial, start } = setup(t);
  const results = start();
  serial.answers["AT+CPIN?"] = [cme(14), ok("+CPIN: READY")];
  clock.tick(2000);
  serial.commands = [];
  serial.say("\r\nRDY\r\n");
  clock.tick(5000);
  assert.deepEqual(results, [""]);
  assert.deepEqual(serial.commands, BRING_UP.slice(1));
});

test("a modem that starts anew again and again, as on a supply that breaks down: three times, then the reason", (t) => {
  const { clock, serial, modem, start, sent } = setup(t);
  serial.answers["AT+QIACT=1"] = "\r\nRDY\r\n";
  const results = start();
  clock.tick(60000);
  assert.deepEqual(results, [RESTARTED]);
  assert.equal(modem.status().state, "down");
  assert.equal(sent("ATE0"), 4);
  assert.equal(clock.countTimers(), 0);
});

test("POWERED DOWN in the middle of the way: it is waited for, then it is silent, and the next way up has the key", (t) => {
  const { clock, serial, start, power } = setup(t);
  serial.answers["AT+QIACT=1"] = undefined;
  const results = start();
  clock.tick(5000);
  serial.answers = {};
  serial.say("\r\nPOWERED DOWN\r\n");
  clock.tick(180000);
  assert.deepEqual(results, ["modem silent: check power, UART"]);
  assert.deepEqual(power, []);
  start();
  clock.tick(8000);
  assert.equal(power.length, 1);
});

test("a SIM that is not ready is waited for on the way", (t) => {
  const { clock, serial, start } = setup(t);
  serial.answers["AT+CFUN=1"] = `\r\n+CPIN: NOT READY\r\n${OK}`;
  const results = start();
  clock.tick(1000);
  assert.deepEqual(results, [""]);
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
  const silent = "modem silent: check power, UART";
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
  serial.answers["AT+CEREG?"] = ok("+CEREG: 0,2");
  const results = start();
  clock.tick(200000);
  assert.deepEqual(results, ["no network: check antenna"]);
  assert.deepEqual(lost, results);
});

test("a restart of a modem that answers: AT+CFUN=1,1, no power key", (t) => {
  const { clock, serial, start, up, power } = setup(t);
  up();
  serial.answers["AT+CFUN=1,1"] = OK;
  const results = start(Rung.Modem);
  clock.tick(100);
  const { answers } = serial;
  serial.answers = {};
  // What a BG96 was seen to say.
  serial.say("\r\nPOWERED DOWN\r\n");
  clock.tick(3000);
  serial.say('\r\n+QIURC: "pdpdeact",1\r\n');
  clock.tick(3000);
  serial.answers = answers;
  serial.say("\r\nRDY\r\n\r\n+CFUN: 1\r\n\r\nAPP RDY\r\n");
  clock.tick(10000);
  assert.deepEqual(results, [""]);
  assert.deepEqual(power, []);
  assert.equal(serial.commands[0], "AT+CFUN=1,1");
  assert.deepEqual(serial.commands.slice(1 - BRING_UP.length), BRING_UP.slice(1));
});

test("a restart of a modem that does not answer: supply, then power key", (t) => {
  const { clock, serial, start, power } = setup(t);
  const { answers } = serial;
  serial.answers = {};
  const results = start(Rung.Modem);
  clock.tick(33000);
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
  const results = start(Rung.Modem);
  clock.tick(20000);
  assert.equal(power.length, 1);
  assert.deepEqual(results, [""]);
});

const RADIO = BRING_UP.flatMap((text) => (text === "AT+CFUN=1" ? ["AT+CFUN=4", text] : [text]));

test("the radio off and on, before the SIM; nothing else is new, and nothing is restarted", (t) => {
  const { clock, serial, start, up, power } = setup(t);
  up();
  serial.answers["AT+CFUN=4"] = OK;
  const results = start(Rung.Radio);
  clock.tick(1000);
  assert.deepEqual(results, [""]);
  assert.deepEqual(serial.commands, RADIO);
  assert.deepEqual(power, []);
});

test("the radio off and on once: the next bringing up only makes sure that it is on", (t) => {
  const { clock, serial, start } = setup(t);
  serial.answers["AT+CFUN=4"] = OK;
  start(Rung.Radio);
  clock.tick(1000);
  serial.commands = [];
  const results = start();
  clock.tick(1000);
  assert.deepEqual(results, [""]);
  assert.deepEqual(serial.commands, BRING_UP);
});

for (const rung of [Rung.Connection, Rung.Context, Rung.Board])
  test(`rung ${rung}: neither radio nor power is touched`, (t) => {
    const { clock, serial, start, power } = setup(t);
    const results = start(rung);
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
  const results = start(Rung.Power);
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
  const results = start(Rung.Power);
  clock.tick(1000);
  serial.say("\r\nPOWERED DOWN\r\n");
  clock.tick(1900);
  assert.deepEqual([serial.commands, results, lost], [[], [], []]);
});

test("power: a board that has no way to cut it goes on with the modem as it is", (t) => {
  const { clock, serial, start, power } = setup(t);
  const results = start(Rung.Power);
  clock.tick(4000);
  assert.deepEqual(results, [""]);
  assert.deepEqual(serial.commands, BRING_UP);
  assert.equal(power.length, 1);
});

test("a call while bringing up is under way does not cut the power of it", (t) => {
  const { clock, start, power } = setup(t);
  start();
  clock.tick(50);
  const results = start(Rung.Power);
  clock.tick(1000);
  assert.deepEqual(results, [""]);
  assert.deepEqual(power, []);
});
