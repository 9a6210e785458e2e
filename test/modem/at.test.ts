import assert from "node:assert/strict";
import { type TestContext, test } from "node:test";
import fc from "fast-check";
import type * as channels from "../../firmware/modem/at.ts";
import { Reason } from "../../firmware/reason.ts";
import { cme, ERROR, FakeSerial, fakeClock, OK, ok } from "./fake-serial.ts";
import { bootable } from "./fresh.ts";

const boot = bootable<typeof channels>("modem/at.ts");

type Result = [reason: Reason, ...lines: string[]];

/** A channel on a scripted line: commands' results and URCs, in the order they came. */
function setup(t: TestContext) {
  const clock = fakeClock(t);
  const serial = new FakeSerial();
  const results: Result[] = [];
  const urcs: string[] = [];
  const { command, listen } = boot();
  let silences = 0;
  const channel: channels.Channel = {
    port_: serial,
    urc_: (line: string) => {
      // The prompt stays until its line ends: an empty one otherwise.
      if (line !== ">") urcs.push(line);
      return /RDY$|DOWN$/.test(line);
    },
    silent_: () => void silences++,
  };
  listen(channel);
  const done = (reason: Reason, lines: string[]) => void results.push([reason, ...lines]);
  const send = (text: string, payload?: string, timeout_ms = 5000) =>
    command(text, done, timeout_ms, payload);
  return { channel, clock, serial, results, urcs, send, done, at: command, silences: () => silences };
}

test("an answer is its information lines, ended by OK", (t) => {
  const { serial, results, send } = setup(t);
  send("AT+CSQ");
  serial.expect("AT+CSQ\r");
  serial.say("\r\n+CSQ: 15,3\r\n\r\nOK\r\n");
  assert.deepEqual(results, [[Reason.None, "+CSQ: 15,3"]]);
});

test("several commands in one line have several answers", (t) => {
  const { serial, results, send } = setup(t);
  send("AT+CEREG?;+CGREG?");
  serial.say(ok("+CEREG: 0,2", "+CGREG: 0,4"));
  assert.deepEqual(results, [[Reason.None, "+CEREG: 0,2", "+CGREG: 0,4"]]);
});

test("errors: ERROR, CME, CMS, SEND FAIL", (t) => {
  const { serial, results, send } = setup(t);
  for (const final of ["ERROR", "+CME ERROR: 516", "+CMS ERROR: 500", "+CME ERROR: SIM busy", "SEND FAIL"]) {
    send("AT+X");
    serial.say(`\r\n${final}\r\n`);
  }
  assert.deepEqual(results.flat(), [Reason.ModemError, 516, 500, Reason.ModemError, Reason.SendFailed]);
});

test("QuectelBG96.js: +CME ERROR ends the command, which does not run into its timeout", (t) => {
  const { serial, results, send } = setup(t);
  send("AT+CGATT=1", undefined, 140000);
  serial.say(cme(30));
  assert.deepEqual(results, [[Reason.NoNetwork]]);
});

test("one command is in flight, the others wait in order", (t) => {
  const { serial, results, send } = setup(t);
  for (const text of ["AT+A", "AT+B", "AT+C"]) send(text);
  serial.expect("AT+A\r");
  serial.say(OK);
  serial.expect("AT+B\r");
  serial.say(ERROR + OK);
  serial.expect("AT+C\r");
  assert.deepEqual(results, [[Reason.None], [Reason.ModemError], [Reason.None]]);
});

test("commands by hand are refused while eight wait", (t) => {
  const { serial, results, done, at } = setup(t);
  for (let i = 0; i < 8; i++) assert.equal(at("AT+A", done), true);
  assert.equal(at("AT+B", done), false);
  serial.say(OK.repeat(20));
  assert.deepEqual(results, Array(8).fill([Reason.None]));
  serial.expect("AT+A\r".repeat(8));
  assert.equal(at("AT+B", done), true);
});

test("a command by hand needs no callback", (t) => {
  const { serial, results, send, at } = setup(t);
  at("AT+QSCLK=0");
  send("AT+CSQ");
  serial.say(OK + ok("+CSQ: 15,3"));
  assert.deepEqual(results, [[Reason.None, "+CSQ: 15,3"]]);
});

test("an empty command is a pause, in which answers left over are dropped", (t) => {
  const { clock, serial, results, send } = setup(t);
  send("", undefined, 1000);
  send("AT+A");
  serial.say(OK);
  clock.tick(999);
  serial.expect("");
  clock.tick(1);
  serial.expect("AT+A\r");
  assert.deepEqual(results, [[Reason.None]]);
});

test("a URC between a command and its answer goes to the handler, several in one chunk too", (t) => {
  const { serial, results, urcs, send } = setup(t);
  send("AT+QIACT?");
  const urc = ['+QIURC: "recv",0', '+QIURC: "recv",1', '+QIURC: "closed",1'];
  serial.say(`${urc.map((line) => `\r\n${line}\r\n`).join("")}${ok('+QIACT: 1,1,1,"10.0.0.1"')}`);
  assert.deepEqual(urcs, urc);
  assert.deepEqual(results, [[Reason.None, '+QIACT: 1,1,1,"10.0.0.1"']]);
});

test("bare answers: what is no URC, no echo, no other command's", (t) => {
  const { serial, results, urcs, send } = setup(t);
  send("AT+CGSN");
  serial.say(`AT+CGSN\r\r\nAPP RDY\r\n\r\n+QIND: SMS DONE\r\n\r\n861234567890123\r\n\r\nOK\r\n`);
  send("ATI");
  serial.say("\r\nQuectel\r\nBG96\r\nRevision: BG96MAR02A07M1G\r\n\r\nOK\r\n");
  assert.deepEqual(results, [
    [Reason.None, "861234567890123"],
    [Reason.None, "Quectel", "BG96", "Revision: BG96MAR02A07M1G"],
  ]);
  assert.ok(urcs.includes("APP RDY") && urcs.includes("+QIND: SMS DONE"));
});

test("wiolte.js: echo and line noise before an answer do no harm", (t) => {
  const { serial, results, send } = setup(t);
  send("ATE0");
  serial.say("IIII\xff\xffATE0\r\r\nOK\r\n");
  send("AT+CPIN?");
  serial.say("\xff\xff\r\nIIII\xff\r\n\r\n+CPIN: READY\r\n\r\nOK\r\n");
  assert.equal(results[0]?.[0], Reason.None);
  assert.deepEqual(results[1]?.slice(-1), ["+CPIN: READY"]);
});

test("+QIOPEN is an answer before the OK of its command, a URC after it", (t) => {
  const { serial, results, urcs, send } = setup(t);
  send('AT+QIOPEN=1,0,"TCP","h",1883,0,0');
  serial.say(ok("+QIOPEN: 0,566"));
  serial.say("\r\n+QIOPEN: 0,0\r\n");
  assert.deepEqual(results, [[Reason.None, "+QIOPEN: 0,566"]]);
  assert.deepEqual(urcs, ["+QIOPEN: 0,0"]);
});

for (const prompt of ["\r\n> ", "\r\n>", "\r\n>\r\n"]) {
  test(`QuectelBG96.js: the prompt ${JSON.stringify(prompt)} is one, whole or byte by byte`, (t) => {
    for (const bytewise of [false, true]) {
      const { serial, results, send } = setup(t);
      serial.bytewise = bytewise;
      send("AT+QISEND=0,5", "a> \r\n");
      serial.say(prompt);
      serial.expect("AT+QISEND=0,5\ra> \r\n");
      serial.say("\r\nSEND OK\r\n");
      assert.deepEqual(results, [[Reason.None]]);
    }
  });
}

test("a prompt only while a send is outstanding, and only at the start of a line", (t) => {
  const { serial, results, send } = setup(t);
  serial.say("> \r\n");
  send("AT+QISEND=0,2", "hi");
  serial.say("noise > \r\n+X: > 1");
  serial.expect("AT+QISEND=0,2\r");
  serial.say("\r\n> ");
  serial.expect("hi");
  serial.say("> \r\n\r\nSEND OK\r\n");
  serial.expect("");
  assert.deepEqual(results, [[Reason.None]]);
});

test("URCs before the prompt, between prompt and SEND OK, and glued to SEND OK", (t) => {
  const { serial, results, urcs, send } = setup(t);
  send("AT+QISEND=0,2", "hi");
  serial.say('\r\n+QIURC: "recv",0\r\n\r\n> ');
  serial.say('\r\n+QIURC: "closed",0\r\n\r\nSEND OK\r\n\r\n+QIURC: "recv",1\r\n');
  assert.deepEqual(urcs, ['+QIURC: "recv",0', '+QIURC: "closed",0', '+QIURC: "recv",1']);
  assert.deepEqual(results, [[Reason.None]]);
  assert.match(serial.written, /hi$/);
});

const NASTY = '\r\nOK\r\n> \r\nERROR\r\n+QIURC: "closed",0\r\nRDY\r\n+QIRD: 9\r\n\0\x1a\x1b\xff';

test("quirk 20: a payload is taken by count only, at every split", (t) => {
  const { serial, results, urcs, send } = setup(t);
  const stream = `\r\n+QIURC: "recv",0\r\n\r\n+QIRD: ${NASTY.length}\r\n${NASTY}\r\n\r\nOK\r\n`;
  for (let split = 0; split <= stream.length; split++) {
    send("AT+QIRD=0,512");
    serial.say(stream.slice(0, split));
    serial.say(stream.slice(split));
    assert.deepEqual(results.pop(), [Reason.None, `+QIRD: ${NASTY.length}`, NASTY], `split at ${split}`);
  }
  serial.bytewise = true;
  send("AT+QIRD=0,512");
  serial.say(stream);
  assert.deepEqual(results.pop(), [Reason.None, `+QIRD: ${NASTY.length}`, NASTY]);
  assert.equal(urcs.length, stream.length + 2);
});

test("a > that begins counted data is no prompt for what the command carries", (t) => {
  const { serial, results, send } = setup(t);
  send("AT+QIRD=0,512", "payload");
  serial.expect("AT+QIRD=0,512\r");
  serial.say("\r\n+QIRD: 2\r\n");
  serial.say(">x");
  serial.say("\r\n\r\nOK\r\n");
  serial.expect("");
  assert.deepEqual(results, [[Reason.None, "+QIRD: 2", ">x"]]);
});

test("AT+QIRD=0,0 answers three numbers and no payload", (t) => {
  const { serial, results, send } = setup(t);
  send("AT+QIRD=0,0");
  serial.say(ok("+QIRD: 10,5,5"));
  assert.deepEqual(results, [[Reason.None, "+QIRD: 10,5,5"]]);
});

test("a line without end does not grow, and spoils no more than itself", (t) => {
  const { serial, results, urcs, send } = setup(t);
  for (let i = 0; i < 1000; i++) serial.say("\xff\0garbage>".repeat(4));
  send("AT+QISEND=0,2", "hi");
  serial.say("> \r\n");
  serial.expect("AT+QISEND=0,2\r");
  assert.equal(urcs.length, 1);
  assert.ok((urcs[0] as string).length <= 1700, `${urcs[0]?.length} bytes were kept`);
  serial.say("\r\n> \r\nSEND OK\r\n");
  assert.deepEqual(results, [[Reason.None]]);
});

test("an answer of endless lines is cut", (t) => {
  const { serial, results, send } = setup(t);
  send("AT+QFLST");
  for (let i = 0; i < 1000; i++) serial.say(`\r\n+QFLST: "${i}",1\r\n\r\nnoise\r\n`);
  serial.say(OK);
  assert.equal(results[0]?.length, 33);
});

test("the late answer of a command that timed out is not the next one's", (t) => {
  const { clock, serial, results, send } = setup(t);
  send("AT+QIACT=1");
  send("AT+CSQ");
  clock.tick(5000);
  serial.expect("AT+QIACT=1\rAT\r");
  assert.deepEqual(results, [], "not told before the modem is found again");
  clock.tick(1500);
  // The modem was busy all the time: now come its answers to AT+QIACT=1 and to AT.
  serial.say(ERROR);
  clock.tick(400);
  serial.say(OK);
  clock.tick(499);
  serial.expect("");
  clock.tick(1);
  serial.expect("AT+CSQ\r");
  assert.deepEqual(results, [[Reason.NoAnswer]]);
  serial.say(ok("+CSQ: 15,3"));
  assert.deepEqual(results[1], [Reason.None, "+CSQ: 15,3"]);
});

test("the payload of a late +QIRD is no line", (t) => {
  const { clock, serial, results, urcs, send } = setup(t);
  send("AT+QIRD=0,512");
  clock.tick(5000);
  serial.say(`\r\n+QIRD: ${NASTY.length}\r\n${NASTY}\r\n\r\nOK\r\n${OK}`);
  clock.tick(500);
  assert.equal(results[0]?.[0], Reason.NoAnswer);
  assert.deepEqual(urcs, []);
});

test("a late prompt still gets its payload: the modem would take commands for it", (t) => {
  const { clock, serial, results, send } = setup(t);
  send("AT+QISEND=0,5", "hello");
  clock.tick(5000);
  serial.expect("AT+QISEND=0,5\rAT\r");
  serial.say("\r\n> ");
  serial.expect("hello");
  serial.say("\r\nSEND OK\r\n");
  clock.tick(500);
  assert.deepEqual(results, [[Reason.NoAnswer]]);
});

test("bytes lost within a payload: a timeout, and the line is found again", (t) => {
  const { clock, serial, results, send } = setup(t);
  send("AT+QIRD=0,512");
  serial.say("\r\n+QIRD: 20\r\nonly ten b\r\n\r\nOK\r\n");
  clock.tick(5000);
  serial.say(OK);
  clock.tick(500);
  assert.equal(results[0]?.[0], Reason.NoAnswer);
  send("AT+CSQ");
  serial.say(ok("+CSQ: 15,3"));
  assert.deepEqual(results[1], [Reason.None, "+CSQ: 15,3"]);
});

test("a modem that answers nothing: three AT, then all that wait are told", (t) => {
  const { clock, serial, results, urcs, send, silences } = setup(t);
  send("AT+CSQ");
  send("AT+COPS?");
  clock.tick(10999);
  serial.expect("AT+CSQ\rAT\rAT\rAT\r");
  assert.deepEqual(results, []);
  clock.tick(1);
  assert.deepEqual(results, [[Reason.ModemSilent], [Reason.ModemSilent]]);
  assert.equal(silences(), 1);
  assert.deepEqual(urcs, []);
  assert.equal(clock.countTimers(), 0);
});

test("after the payload SEND OK may take 120 s", (t) => {
  const { clock, serial, results, send } = setup(t);
  send("AT+QISEND=0,2", "hi");
  serial.say("\r\n> ");
  clock.tick(119000);
  assert.deepEqual(results, []);
  serial.say("\r\nSEND OK\r\n");
  assert.deepEqual(results, [[Reason.None]]);
});

test("the trace shows both directions", (t) => {
  const { channel, serial, send } = setup(t);
  const seen: string[] = [];
  const host = globalThis as { print?: (direction: string, text: string) => void };
  host.print = (direction, text) => seen.push(direction + JSON.parse(text));
  t.after(() => delete host.print);
  channel.trace_ = 1;
  send("AT+QISEND=0,2", "hi");
  serial.say("\r\n> ");
  assert.deepEqual(seen, [">AT+QISEND=0,2\r", "<\r\n> ", ">hi"]);
});

test("what waits is given up when the modem is lost, and is told why", (t) => {
  const clock = fakeClock(t);
  const serial = new FakeSerial();
  const { abandon, command, listen } = boot();
  listen({ port_: serial, urc_: () => false, silent_: () => assert.fail("it is not silent") });
  const reasons: Reason[] = [];
  for (const text of ["AT+A", "", "AT+B"]) command(text, (reason) => void reasons.push(reason), 5000);
  abandon(Reason.ModemRestarted);
  assert.deepEqual(reasons, Array(3).fill(Reason.ModemRestarted));
  assert.equal(clock.countTimers(), 0);
  command("AT+C", (reason) => void reasons.push(reason), 5000);
  serial.say(OK);
  assert.equal(reasons[3], Reason.None);
});

test("each command waits as long as it may, whatever the one before it could", (t) => {
  const { clock, serial, results, send } = setup(t);
  serial.answers = { AT: OK };
  send("AT+QIDEACT=1", undefined, 40000);
  send("AT+QGPSLOC=2", undefined, 5000);
  clock.tick(40000);
  // AT is answered, and the late answer would have come until here.
  clock.tick(600);
  assert.deepEqual(results, [[Reason.NoAnswer]]);
  serial.expect("AT+QIDEACT=1\rAT\rAT+QGPSLOC=2\r");
  clock.tick(5600);
  assert.equal(results.length, 2);
});

test("any bytes, in any pieces: nothing is thrown, nothing grows, and the next answer is right", (t) => {
  const { clock, serial, results, urcs, send } = setup(t);
  const pieces = fc.constantFrom(
    "\r\n",
    "> ",
    "OK",
    "ERROR",
    "+QIRD: 7\r\n",
    "+CSQ: 1,1",
    "+QIURC: ",
    "\xff",
    "RDY",
  );
  fc.assert(
    fc.property(fc.array(fc.oneof(pieces, fc.string({ unit: "binary-ascii" }))), (chunks) => {
      results.length = urcs.length = 0;
      send("AT+QISEND=0,2", "hi");
      for (const chunk of chunks) serial.say(chunk);
      clock.runAll();
      assert.equal(results.length, 1);
      // What a +QIRD among them promised, and the end of the line.
      serial.say("\r\n".repeat(800));
      send("AT+CSQ");
      serial.say(ok("+CSQ: 15,3"));
      assert.deepEqual(results[1]?.slice(-1), ["+CSQ: 15,3"]);
    }),
    { numRuns: 500 },
  );
});
