import assert from "node:assert/strict";
import { test } from "node:test";
import { BRING_UP, CONTEXT, cme, ERROR, OK, ok } from "./fake-serial.ts";
import { setup } from "./network-rig.ts";

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
  clock.tick(140000);
  assert.deepEqual(results, ["modem silent: check power, UART"]);
  assert.equal(modem.status().reason, "modem silent: check power, UART");
  assert.equal(power.length, 1);
  assert.equal(clock.countTimers(), 0);
});

test("garbage instead of answers, as from a wrong baud rate: the same", (t) => {
  const { clock, serial, start } = setup(t);
  serial.answers = { AT: "\xf8\x00\xf8~\xff", ATE0: "\xf8\x00\xf8~\xff" };
  const results = start();
  clock.tick(140000);
  assert.deepEqual(results, ["modem silent: check power, UART"]);
});

test("quirk 3: commands that fail between RDY and APP RDY are tried again", (t) => {
  const { clock, serial, start } = setup(t);
  serial.answers.ATE0 = [ERROR, ERROR, OK];
  serial.answers["AT+CMEE=1"] = [ERROR, OK];
  const results = start();
  clock.tick(11000);
  assert.deepEqual(results, [""]);
  assert.deepEqual(serial.commands.slice(0, 6), ["AT", "ATE0", "ATE0", "ATE0", "AT+CMEE=1", "AT+CMEE=1"]);
});

test("settings that an older firmware lacks are no failure", (t) => {
  const { clock, serial, start } = setup(t);
  for (const command of BRING_UP.slice(3, 7)) serial.answers[command] = ERROR;
  const results = start();
  clock.tick(2000);
  assert.deepEqual(results, [""]);
});

test("a modem left at AT+CFUN=4 never registered: its radio is switched on, before its SIM is asked", (t) => {
  const { clock, serial, start } = setup(t);
  const registered = serial.answers["AT+CEREG?"];
  const on = () => serial.commands.includes("AT+CFUN=1");
  Object.defineProperty(serial.answers, "AT+CEREG?", {
    get: () => (on() ? registered : ok("+CEREG: 0,0")),
  });
  const results = start();
  clock.tick(1000);
  assert.deepEqual(results, [""]);
  assert.ok(serial.commands.indexOf("AT+CFUN=1") < serial.commands.indexOf("AT+CPIN?"));
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
  assert.ok(BRING_UP.indexOf('AT+QURCCFG="urcport","uart1"') < BRING_UP.indexOf("AT+CPIN?"));
});

for (const [name, answers] of [
  ["quirk 4: CEREG 1, whatever CGREG says", { "AT+CEREG?": "+CEREG: 0,1", "AT+CGREG?": "+CGREG: 0,4" }],
  ["CGREG 5 alone", { "AT+CEREG?": "+CEREG: 0,0", "AT+CGREG?": "+CGREG: 0,5" }],
  ["CREG 1 alone", { "AT+CEREG?": "+CEREG: 0,0", "AT+CGREG?": "+CGREG: 0,0", "AT+CREG?": "+CREG: 0,1" }],
  ["with cell", { "AT+CEREG?": '+CEREG: 2,5,"1A2B","0C3D4E5F",8' }],
] as const) {
  test(`registered: ${name}`, (t) => {
    const { clock, serial, start } = setup(t);
    for (const [command, line] of Object.entries(answers)) serial.answers[command] = ok(line);
    const results = start();
    clock.tick(1000);
    assert.deepEqual(results, [""]);
  });
}

test("a modem that knows no CEREG is asked for the others", (t) => {
  const { clock, serial, start } = setup(t);
  Object.assign(serial.answers, { "AT+CEREG?": ERROR, "AT+CGREG?": ok("+CGREG: 0,1") });
  const results = start();
  clock.tick(1000);
  assert.deepEqual(results, [""]);
});

test("a registration URC among the answers is not taken for one", (t) => {
  const { clock, serial, modem, start } = setup(t);
  const searching = ok("+CEREG: 5", '+CEREG: 1,"1A2B","0C3D4E5F",8', "+CEREG: 2,2");
  serial.answers["AT+CEREG?"] = [searching, searching, ok("+CEREG: 2,5")];
  const results = start();
  clock.tick(1000);
  assert.equal(modem.status().state, "starting");
  assert.equal(modem.status().reason, "no network: check antenna");
  clock.tick(6000);
  assert.deepEqual(results, [""]);
});

for (const [stats, reason] of [
  [[2, 2], "no network: check antenna"],
  [[3, 0], "SIM denied: check plan"],
  [[0, 3], "SIM denied: check plan"],
] as const) {
  test(`not registered, stat ${stats}: ${reason}, after three minutes`, (t) => {
    const { clock, serial, modem, start } = setup(t);
    serial.answers["AT+CEREG?"] = ok(`+CEREG: 0,${stats[0]}`);
    serial.answers["AT+CGREG?"] = ok(`+CGREG: 0,${stats[1]}`);
    const results = start();
    clock.tick(170000);
    assert.deepEqual(results, []);
    assert.equal(modem.status().reason, reason);
    clock.tick(30000);
    assert.deepEqual(results, [reason]);
  });
}

test("registration is found again each time it is needed: what was denied before is forgotten", (t) => {
  const { clock, serial, start } = setup(t);
  serial.answers["AT+CEREG?"] = [ok("+CEREG: 0,3"), ok("+CEREG: 0,2")];
  const results = start();
  clock.tick(200000);
  assert.deepEqual(results, ["no network: check antenna"]);
});

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

test("a context that is active would make AT+QIACT give ERROR: it is deactivated first, be there one or not", (t) => {
  const { clock, serial, start } = setup(t);
  serial.answers["AT+QIDEACT=1"] = ERROR;
  const results = start();
  clock.tick(1000);
  assert.deepEqual(results, [""]);
  assert.ok(serial.commands.indexOf("AT+QIDEACT=1") < serial.commands.indexOf("AT+QIACT=1"));
});

for (const answer of [ERROR, cme(30)]) {
  test(`the PDP context: three tries, deactivated in between, after ${JSON.stringify(answer)}`, (t) => {
    const { clock, serial, start } = setup(t);
    serial.answers["AT+QIACT=1"] = answer;
    const results = start();
    clock.tick(20000);
    assert.deepEqual(results, ["no PDP context: check apn"]);
    const again = ["AT+QIDEACT=1", CONTEXT, "AT+QIACT=1"];
    assert.deepEqual(serial.commands.slice(-9), [...again, ...again, ...again]);
  });
}

test("a muted AT+QIDEACT keeps nobody waiting longer than its 40 s: the receiver gets its turn, and the way goes on", (t) => {
  const { clock, serial, modem, start } = setup(t);
  serial.answers["AT+QIDEACT=1"] = undefined;
  serial.answers["AT+QGPSLOC=2"] = cme(516);
  const results = start();
  clock.tick(500);
  assert.equal(serial.commands.at(-1), "AT+QIDEACT=1");
  const from_ms = clock.now;
  let fix_ms = 0;
  modem.at("AT+QGPSLOC=2", () => {
    fix_ms = clock.now - from_ms;
  });
  clock.tick(60000);
  assert.ok(fix_ms > 0 && fix_ms <= 42000, `${fix_ms} ms`);
  assert.deepEqual(results, [""]);
});

test("AT+QIDEACT that blocks the port is the modem silent, after 40 s and three AT", (t) => {
  const { clock, serial, start, sent } = setup(t);
  serial.answers["AT+QIDEACT=1"] = undefined;
  Object.defineProperty(serial.answers, "AT", { get: () => (sent("AT+QIDEACT=1") ? undefined : OK) });
  const results = start();
  clock.tick(46000);
  assert.deepEqual(results, []);
  clock.tick(1000);
  assert.deepEqual(results, ["modem silent: check power, UART"]);
});

test("access point with user and password", (t) => {
  const { clock, serial, start } = setup(t, { apn: "a.b", apn_user: "u", apn_password: "p" });
  start();
  clock.tick(1000);
  assert.ok(serial.commands.includes('AT+QICSGP=1,1,"a.b","u","p",3'));
});

for (const [answer, dbm] of [
  [ok('+QCSQ: "CAT-M1",-52,-81,195,-10'), -52],
  [ok('+QCSQ: "GSM",-83'), -83],
  [ok('+QCSQ: "NOSERVICE"'), undefined],
  [ERROR, undefined],
] as const) {
  test(`signal ${dbm} dBm of ${JSON.stringify(answer)}; none is no obstacle`, (t) => {
    const { clock, serial, modem, start } = setup(t);
    serial.answers["AT+QCSQ"] = answer;
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

for (const [answer, error, reason] of [
  [ok("+CSQ: 15,3"), "", 0],
  [cme(516), "no fix: needs open sky", 516],
  [cme(14), "SIM busy", 14],
  [cme(42), "modem error 42", 42],
] as const)
  test(`at: one command by hand tells the words, the lines and the code: ${JSON.stringify(answer)}`, (t) => {
    const { clock, serial, modem } = setup(t);
    const seen: unknown[] = [];
    serial.answers = { "AT+CSQ": answer };
    modem.at("AT+CSQ", (...told) => seen.push(told));
    clock.tick(100);
    assert.deepEqual(seen, [[error, reason ? [] : ["+CSQ: 15,3"], reason]]);
  });

test("a modem that answers AT late, or with an error, is on: its power key would switch it off", (t) => {
  for (const late of [true, false]) {
    const { clock, serial, start, power } = setup(t);
    serial.answers.AT = [late ? "" : ERROR, OK];
    const results = start();
    clock.tick(1500);
    clock.tick(3000);
    assert.deepEqual(results, [""]);
    assert.deepEqual(power, []);
    clock.uninstall();
  }
});

test("one command a line: the table is what is sent", (t) => {
  const { clock, serial, start } = setup(t);
  start();
  clock.tick(1000);
  for (const command of serial.commands) assert.ok(!command.includes(";"), command);
});
