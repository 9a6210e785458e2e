import assert from "node:assert/strict";
import { test } from "node:test";
import { bringUp } from "../../firmware/modem/network.ts";
import { BRING_UP, ERROR, OK, ok } from "./fake-serial.ts";
import { setup } from "./network-rig.ts";

const REGISTRATION = "AT+CEREG?;+CGREG?;+CREG?";

test("a modem that is on is brought up command by command, its power key untouched", (t) => {
  const { clock, serial, modem, start, pins } = setup(t);
  assert.equal(modem.status().state, "down");
  const results = start();
  clock.tick(1000);
  assert.deepEqual(results, [""]);
  assert.deepEqual(serial.commands, BRING_UP);
  assert.deepEqual(pins, []);
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
  const { clock, serial, modem, start, pins } = setup(t);
  const { answers } = serial;
  serial.answers = {};
  const results = start();
  clock.tick(10000);
  // 1 s for each of four AT, then PWRKEY low for 500 ms.
  assert.deepEqual(pins, ["4000: PWRKEY 0", "4500: PWRKEY 1"]);
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
  const { clock, serial, modem, start, pins } = setup(t);
  serial.answers = {};
  const results = start();
  clock.tick(60000);
  assert.deepEqual(results, ["no answer: check power, UART"]);
  assert.equal(modem.status().reason, "no answer: check power, UART");
  assert.equal(pins.length, 2);
  assert.equal(clock.countTimers(), 0);
});

test("garbage instead of answers, as from a wrong baud rate: the same", (t) => {
  const { clock, serial, start } = setup(t);
  serial.answers = { AT: "\xf8\x00\xf8~\xff" };
  const results = start();
  clock.tick(60000);
  assert.deepEqual(results, ["no answer: check power, UART"]);
});

test("quirk 3: commands that fail between RDY and APP RDY are tried again", (t) => {
  const { clock, serial, start } = setup(t);
  serial.answers.ATE0 = [ERROR, ERROR, OK];
  serial.answers["AT+CMEE=1"] = [ERROR, OK];
  const results = start();
  clock.tick(10000);
  assert.deepEqual(results, [""]);
  assert.deepEqual(serial.commands.slice(1, 7), [
    "ATE0",
    "ATE0",
    "ATE0",
    "AT+CMEE=1",
    "AT+CMEE=1",
    BRING_UP[3],
  ]);
});

test("settings that an older firmware lacks are no failure", (t) => {
  const { clock, serial, start } = setup(t);
  for (const command of BRING_UP.slice(3, 7)) serial.answers[command] = ERROR;
  const results = start();
  clock.tick(2000);
  assert.deepEqual(results, [""]);
});

test("quirk 1: the URCs are directed to this UART before anything depends on them", () => {
  assert.ok(BRING_UP.indexOf('AT+QURCCFG="urcport","uart1"') < BRING_UP.indexOf("AT+CPIN?"));
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
  assert.equal(modem.status().state, "registering");
  clock.tick(5000);
  assert.deepEqual(results, [""]);
});

for (const [stat, reason] of [
  [2, "no network: check antenna"],
  [3, "network refuses SIM: check plan, roaming"],
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
  serial.answers["AT+QIACT=1"] = undefined;
  const results = start();
  clock.tick(149000);
  assert.deepEqual(results, []);
  serial.say(OK);
  clock.tick(100);
  assert.deepEqual(results, [""]);
});

test("a context that is active is used as it is: AT+QIACT would give ERROR", (t) => {
  const { clock, serial, start } = setup(t);
  serial.answers["AT+QIACT?"] = ok('+QIACT: 2,1,1,"10.0.0.2"', '+QIACT: 1,1,1,"10.0.0.1"');
  serial.answers["AT+QIACT=1"] = ERROR;
  const results = start();
  clock.tick(1000);
  assert.deepEqual(results, [""]);
});

for (const [answer, reason] of [
  [ERROR, "no PDP context: check apn"],
  ["\r\n+CME ERROR: 30\r\n", "no service: check antenna"],
] as const) {
  test(`the PDP context: three tries, deactivated in between, then: ${reason}`, (t) => {
    const { clock, serial, start } = setup(t);
    serial.answers["AT+QIACT=1"] = answer;
    const results = start();
    clock.tick(20000);
    assert.deepEqual(results, [reason]);
    const [configure, activate] = ['AT+QICSGP=1,1,"iot.example","","",0', "AT+QIACT=1"];
    const again = ["AT+QIDEACT=1", configure, activate];
    assert.deepEqual(serial.commands.slice(-8), [configure, activate, ...again, ...again]);
  });
}

test("access point with user and password", (t) => {
  const { clock, serial, start } = setup(t, { apn: "a.b", apn_user: "u", apn_password: "p" });
  start();
  clock.tick(1000);
  assert.ok(serial.commands.includes('AT+QICSGP=1,1,"a.b","u","p",3'));
});

for (const [answer, dbm] of [
  [ok("+CSQ: 99,99", '+QCSQ: "CAT-M1",-52,-81,195,-10'), -52],
  [ok("+CSQ: 15,3", '+QCSQ: "NOSERVICE"'), -83],
  [`\r\n+CSQ: 31,0\r\n${ERROR}`, -51],
  [ok("+CSQ: 99,99", '+QCSQ: "NOSERVICE"'), undefined],
  [ERROR, undefined],
] as const) {
  test(`signal ${dbm} dBm; none is no obstacle`, (t) => {
    const { clock, serial, modem, start } = setup(t);
    serial.answers["AT+CSQ;+QCSQ"] = answer;
    const results = start();
    clock.tick(1000);
    assert.deepEqual(results, [""]);
    assert.equal(modem.status().signal_dbm, dbm);
  });
}

test("an ICCID's padding is taken off", (t) => {
  const { clock, serial, modem, start } = setup(t);
  serial.answers["AT+QCCID"] = ok("+QCCID: 8986002512830601247F");
  start();
  clock.tick(1000);
  assert.equal(modem.status().iccid, "8986002512830601247");
});

test("bringing up that is under way is joined", (t) => {
  const { clock, serial, modem, start } = setup(t);
  const first = start();
  clock.tick(50);
  const second = start();
  clock.tick(1000);
  assert.deepEqual([first, second], [[""], [""]]);
  assert.deepEqual(serial.commands, BRING_UP);
  // A modem that is up is only looked at.
  serial.commands = [];
  bringUp(modem, (reason) => second.push(reason));
  clock.tick(1000);
  assert.deepEqual(second, ["", ""]);
  assert.deepEqual(serial.commands, ["AT", REGISTRATION, "AT+QIACT?", "AT+CSQ;+QCSQ"]);
});

test("at: one command by hand", (t) => {
  const { serial, modem } = setup(t);
  const seen: unknown[] = [];
  const note = (error: string, lines: string[]) => seen.push([error, lines]);
  serial.answers = {};
  modem.at("AT+CSQ", note);
  serial.say(ok("+CSQ: 15,3"));
  modem.at("AT+COPS?");
  serial.say(ERROR);
  modem.log_ = note;
  modem.at("AT+COPS?");
  serial.say(ERROR);
  assert.deepEqual(seen, [
    ["", ["+CSQ: 15,3"]],
    ["ERROR", []],
  ]);
});
