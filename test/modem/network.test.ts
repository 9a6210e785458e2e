import assert from "node:assert/strict";
import { test } from "node:test";
import { ACTIVATE, BRING_UP, ERROR, OK, ok, REGISTRATION, SIM, TIME } from "./fake-serial.ts";
import { setup } from "./network-rig.ts";

const CLOCK = '+CCLK: "26/07/04,08:09:10+08"';

test("a modem that is on is brought up command by command, its power key untouched", (t) => {
  const { clock, serial, modem, start, power } = setup(t);
  assert.equal(modem.status().state, "down");
  const results = start();
  clock.tick(1000);
  assert.deepEqual(results, [""]);
  assert.deepEqual(serial.commands, BRING_UP);
  assert.deepEqual(power, []);
  assert.deepEqual(modem.status(), {
    state: "up",
    reason: "",
    imei: "861234567890123",
    iccid: "89860025128306012474",
    signal_dbm: -52,
  });
  assert.equal(clock.countTimers(), 0);
});

test("byte by byte and with echo: the same", (t) => {
  const { clock, serial, modem, start } = setup(t);
  serial.bytewise = serial.echo = true;
  const results = start();
  clock.tick(1000);
  assert.deepEqual(results, [""]);
  assert.equal(modem.status().imei, "861234567890123");
});

test("quirk 2: the power key is pressed only when AT is not answered; RDY and the like are waited for", (t) => {
  const { clock, serial, modem, start, power } = setup(t);
  const { answers } = serial;
  serial.answers = {};
  const results = start();
  clock.tick(10000);
  // 1 s for the first AT, 2 s for each of three more.
  assert.deepEqual(power, ["7000: key"]);
  assert.equal(modem.status().state, "starting");
  serial.answers = answers;
  serial.say("\r\nRDY\r\n");
  clock.tick(3000);
  serial.say("\r\n+CFUN: 1\r\n\r\n+CPIN: READY\r\n\r\nAPP RDY\r\n\r\n+QUSIM: 1\r\n\r\n+QIND: SMS DONE\r\n");
  clock.tick(3000);
  assert.deepEqual(results, [""]);
});

test("quirk 5: a modem that needs 25 s to boot is waited for", (t) => {
  const { clock, serial, start } = setup(t);
  const { answers } = serial;
  serial.answers = {};
  const results = start();
  clock.tick(31000);
  serial.answers = answers;
  serial.say("\r\nRDY\r\n\r\nAPP RDY\r\n");
  clock.tick(10000);
  assert.deepEqual(results, [""]);
});

test("a modem that never answers: a reason, in bounded time", (t) => {
  const { clock, serial, modem, start, power } = setup(t);
  serial.answers = {};
  const results = start();
  clock.tick(60000);
  assert.deepEqual(results, ["no answer: check power, UART"]);
  assert.equal(modem.status().reason, "no answer: check power, UART");
  assert.equal(power.length, 1);
  assert.equal(clock.countTimers(), 0);
});

test("garbage instead of answers, as from a wrong baud rate: the same", (t) => {
  const { clock, serial, start } = setup(t);
  serial.answers = { AT: "\xf8\x00\xf8~\xff", "ATE0;+CMEE=1": "\xf8\x00\xf8~\xff" };
  const results = start();
  clock.tick(60000);
  assert.deepEqual(results, ["no answer: check power, UART"]);
});

test("quirk 3: commands that fail between RDY and APP RDY are tried again", (t) => {
  const { clock, serial, start } = setup(t);
  const echo = BRING_UP[1] as string;
  serial.answers[echo] = [ERROR, ERROR, OK];
  const results = start();
  clock.tick(10000);
  assert.deepEqual(results, [""]);
  assert.deepEqual(serial.commands.slice(0, 5), ["AT", echo, echo, echo, BRING_UP[2]]);
});

test("settings that an older firmware lacks are no failure", (t) => {
  const { clock, serial, start } = setup(t);
  for (const command of BRING_UP.slice(2, 6)) serial.answers[command] = ERROR;
  const results = start();
  clock.tick(2000);
  assert.deepEqual(results, [""]);
});

test("a modem left at AT+CFUN=4 never registered: its radio is switched on, before its SIM is asked", (t) => {
  const { clock, serial, start } = setup(t);
  const registered = serial.answers[REGISTRATION];
  const on = () => serial.commands.includes("AT+CFUN=1");
  Object.defineProperty(serial.answers, REGISTRATION, {
    get: () => (on() ? registered : ok("+CEREG: 0,0", "+CGREG: 0,0", "+CREG: 0,0")),
  });
  const results = start();
  clock.tick(1000);
  assert.deepEqual(results, [""]);
  assert.ok(serial.commands.indexOf("AT+CFUN=1") < serial.commands.indexOf(SIM));
});

test("a radio that takes its 15 s to switch on is waited for", (t) => {
  const { clock, serial, start } = setup(t);
  serial.answers["AT+CFUN=1"] = undefined;
  const results = start();
  clock.tick(15000);
  serial.say(OK);
  clock.tick(1000);
  assert.deepEqual(results, [""]);
});

test("quirk 1: the URCs are directed to this UART before anything depends on them", () => {
  assert.ok(BRING_UP.indexOf('AT+QURCCFG="urcport","uart1"') < BRING_UP.indexOf(SIM));
});

test("quirk 4: CGREG 4 with CEREG 1 is registered", (t) => {
  const { clock, serial, start } = setup(t);
  serial.answers[REGISTRATION] = ok("+CEREG: 0,1", "+CGREG: 0,4", "+CREG: 0,0");
  const results = start();
  clock.tick(1000);
  assert.deepEqual(results, [""]);
});

for (const [name, lines] of [
  ["CGREG 5 alone", ["+CEREG: 0,0", "+CGREG: 0,5", "+CREG: 0,0"]],
  ["CREG 1 alone", ["+CEREG: 0,0", "+CGREG: 0,0", "+CREG: 0,1"]],
  ["with cell", ['+CEREG: 2,5,"1A2B","0C3D4E5F",8', "+CGREG: 0,4", "+CREG: 0,4"]],
] as const) {
  test(`registered: ${name}`, (t) => {
    const { clock, serial, start } = setup(t);
    serial.answers[REGISTRATION] = ok(...lines);
    const results = start();
    clock.tick(1000);
    assert.deepEqual(results, [""]);
  });
}

test("a registration URC among the answers is not taken for one", (t) => {
  const { clock, serial, modem, start } = setup(t);
  const searching = [
    "+CEREG: 5",
    '+CEREG: 1,"1A2B","0C3D4E5F",8',
    "+CEREG: 2,2",
    "+CGREG: 2,0",
    "+CREG: 2,2",
  ];
  serial.answers[REGISTRATION] = [ok(...searching), ok(...searching), ok("+CEREG: 2,5")];
  const results = start();
  clock.tick(1000);
  assert.equal(modem.status().state, "starting");
  assert.equal(modem.status().reason, "no network: check antenna");
  clock.tick(6000);
  assert.deepEqual(results, [""]);
});

for (const [stat, reason] of [
  [2, "no network: check antenna"],
  [3, "SIM denied: check plan"],
] as const) {
  test(`not registered, stat ${stat}: ${reason}, after three minutes`, (t) => {
    const { clock, serial, modem, start } = setup(t);
    serial.answers[REGISTRATION] = ok(`+CEREG: 0,${stat}`, `+CGREG: 0,${stat}`, "+CREG: 0,0");
    const results = start();
    clock.tick(170000);
    assert.deepEqual(results, []);
    assert.equal(modem.status().reason, reason);
    clock.tick(30000);
    assert.deepEqual(results, [reason]);
  });
}

test("quirk 6: AT+QIACT may take 150 s", (t) => {
  const { clock, serial, start } = setup(t);
  serial.answers[ACTIVATE] = undefined;
  const results = start();
  clock.tick(149000);
  assert.deepEqual(results, []);
  serial.say(OK);
  clock.tick(100);
  assert.deepEqual(results, [""]);
});

test("a context that is active would make AT+QIACT give ERROR: it is deactivated first, be there one or not", (t) => {
  const { clock, serial, start } = setup(t);
  serial.answers["AT+QIDEACT=1"] = ERROR;
  const results = start();
  clock.tick(1000);
  assert.deepEqual(results, [""]);
  assert.ok(serial.commands.indexOf("AT+QIDEACT=1") < serial.commands.indexOf(ACTIVATE));
});

for (const [answer, reason] of [
  [ERROR, "no PDP context: check apn"],
  ["\r\n+CME ERROR: 30\r\n", "no network: check antenna"],
] as const) {
  test(`the PDP context: three tries, deactivated in between, then: ${reason}`, (t) => {
    const { clock, serial, start } = setup(t);
    serial.answers[ACTIVATE] = answer;
    const results = start();
    clock.tick(20000);
    assert.deepEqual(results, [reason]);
    const again = ["AT+QIDEACT=1", ACTIVATE];
    assert.deepEqual(serial.commands.slice(-6), [...again, ...again, ...again]);
  });
}

test("access point with user and password", (t) => {
  const { clock, serial, start } = setup(t, { apn: "a.b", apn_user: "u", apn_password: "p" });
  start();
  clock.tick(1000);
  assert.ok(serial.commands.includes('AT+QICSGP=1,1,"a.b","u","p",3;+QIACT=1'));
});

for (const [answer, dbm] of [
  [ok('+QCSQ: "CAT-M1",-52,-81,195,-10', CLOCK), -52],
  [ok('+QCSQ: "GSM",-83', CLOCK), -83],
  [ok('+QCSQ: "NOSERVICE"', CLOCK), NaN],
  [ERROR, NaN],
] as const) {
  test(`signal ${dbm} dBm; none is no obstacle`, (t) => {
    const { clock, serial, modem, start } = setup(t);
    serial.answers[TIME] = answer;
    const results = start();
    clock.tick(1000);
    assert.deepEqual(results, [""]);
    assert.equal(modem.status().signal_dbm, dbm);
  });
}

test("an ICCID's padding is taken off", (t) => {
  const { clock, serial, modem, start } = setup(t);
  serial.answers["AT+CGSN;+QCCID"] = ok("861234567890123", "+QCCID: 8986002512830601247F");
  start();
  clock.tick(1000);
  assert.equal(modem.status().iccid, "8986002512830601247");
});

test("a call while bringing up is under way takes it over; a modem that is up gets all settings anew", (t) => {
  const { clock, serial, start } = setup(t);
  const first = start();
  clock.tick(50);
  const second = start();
  clock.tick(1000);
  assert.deepEqual([first, second], [[], [""]]);
  assert.deepEqual(serial.commands, BRING_UP);
  serial.commands = [];
  const third = start();
  clock.tick(1000);
  assert.deepEqual(third, [""]);
  assert.deepEqual(serial.commands, BRING_UP);
});

test("at: one command by hand", (t) => {
  const { serial, modem } = setup(t);
  const seen: unknown[] = [];
  serial.answers = {};
  modem.at("AT+CSQ", (error, lines) => seen.push([error, lines]));
  serial.say(ok("+CSQ: 15,3"));
  assert.deepEqual(seen, [["", ["+CSQ: 15,3"]]]);
});
