/**
 * A modem that answers late, not at all, or what nobody asked; that keeps connections it was told to close, and restarts. Whatever
 * it does: nothing of ours leaves over a connection that demands less than the settings do, and every connection comes to an end.
 */
import assert from "node:assert/strict";
import { type TestContext, test } from "node:test";
import { Reason } from "../../firmware/reason.ts";
import type { Protection } from "../../firmware/socket.ts";

import { seededRandom } from "../../scripts/simulator/modem/options.ts";
import { ERROR, MUTUAL, OK, OPEN, OPEN_TRIAL, ok, SERVER, setup } from "./tls-rig.ts";

/** Of the last connection that was asked for. */
const idOf = (commands: string[]): string =>
  /OPEN=[\d,]*(\d),"/.exec(commands.at(-1) as string)?.[1] as string;

/** Lets time pass until something is so. */
function until(clock: Rig["clock"], isSo: () => boolean): void {
  for (let ms = 0; !isSo(); ms++) {
    assert.ok(ms < 10_000, "in time");
    clock.tick(1);
  }
}

test("the report of another connection comes before OK: it opens nothing", (t) => {
  const { clock, serial, events, open } = setup(t);
  serial.answers[OPEN] = ok("+QSSLOPEN: 3,0");
  open();
  clock.tick(1000);
  assert.deepEqual(events, []);
  serial.say("\r\n+QSSLOPEN: 0,0\r\n");
  assert.deepEqual(events, ["open"]);
});

test("a trial that verifies nothing is reported after it was given up, and opens nothing that is used", (t) => {
  const { clock, serial, events, open, serve } = setup(t);
  serve(({ plain }) => plain);
  open();
  until(clock, () => serial.commands.some((text) => /"seclevel",\d,0/.test(text)));
  for (const text of [OPEN, OPEN_TRIAL]) Object.defineProperty(serial.answers, text, { value: OK });
  for (const id of [0, 1]) serial.answers[`AT+QSSLCLOSE=${id}`] = ERROR;
  clock.tick(1000);
  const id = idOf(serial.commands);
  clock.tick(300_000);
  assert.equal(events.length, 1);
  open();
  clock.tick(1000);
  assert.equal(serial.commands.at(-1), OPEN);
  serial.say(`\r\n+QSSLOPEN: ${id},0\r\n`);
  clock.tick(1000);
  assert.ok(!events.includes("open"));
});

test("what waited as the modem restarted does not leave over the next connection", (t) => {
  const { clock, serial, events, open, lost } = setup(t);
  serial.answers[OPEN] = ok("+QSSLOPEN: 0,0");
  const socket = open();
  clock.tick(1000);
  serial.answers["AT+QSSLRECV=0,512"] = "";
  serial.say('\r\n+QSSLURC: "recv",0\r\n');
  assert.equal(socket.write("fix"), 3);
  socket.close();
  lost(Reason.ModemRestarted);
  const next = open();
  serial.commands = [];
  until(clock, () => serial.commands.at(-1) === OPEN);
  next.close();
  clock.tick(1000);
  assert.deepEqual(events, ["open"]);
  assert.ok(!serial.commands.some((text) => text.includes("SEND")));
});

for (const text of ['AT+QFLST="0a1b2c3d.pem"', 'AT+QSSLCFG="seclevel",1,1', 'AT+QSSLCFG="checkhost",1,1'])
  test(`no answer to ${text}: the file is not missing for that, nor the setting refused`, (t) => {
    const { clock, serial, events, open } = setup(t);
    Object.defineProperty(serial.answers, text, { value: "" });
    serial.answers[OPEN] = ok("+QSSLOPEN: 0,0");
    open();
    clock.tick(60_000);
    assert.deepEqual(events, ["modem: no answer to a command"]);
  });

test("a handshake fails for once, by a radio out of range: the next one is used, and nothing is blamed", (t) => {
  const { clock, serial, events, open, serve } = setup(t);
  let before = 0;
  serve(({ plain }) => plain || before++ > 0, 569);
  open();
  clock.tick(30_000);
  assert.deepEqual(events, ["open"]);
  assert.equal(serial.commands.filter((text) => text.includes("OPEN")).at(-1), OPEN);
});

test("the way there breaks in the middle of the trials: that is what is said, and they are made again", (t) => {
  const { clock, serial, events, open, serve } = setup(t);
  serve(({ plain }) => plain);
  open();
  until(clock, () => serial.commands.some((text) => /"ignorelocaltime",\d,1/.test(text)));
  serve(() => false, 565);
  clock.tick(30_000);
  serve(({ plain, level }) => plain || level === 0);
  open();
  clock.tick(30_000);
  assert.deepEqual(events, ["DNS failed: check host", "TLS: server has another CA: check ca"]);
});

test("numbers that no modem says are not taken for reasons of our own", (t) => {
  const { clock, serial, events, open, serve } = setup(t);
  for (const number of [-1, 801, 804, 850]) {
    serve(() => false, number);
    open();
    clock.tick(30_000);
    assert.equal(serial.commands.at(-1), "AT+QICLOSE=1");
    assert.deepEqual(events.splice(0), ["refused: check host, port"]);
  }
});

test("a clock of ours that shows 2050 is not believed, and does not set the modem's", (t) => {
  const { clock, serial, events, open } = setup(t, Date.UTC(2050, 0, 1));
  serial.answers["AT+CCLK?"] = ok('+CCLK: "26/11/29,22:54:56+00"');
  serial.answers[OPEN] = ok("+QSSLOPEN: 0,0");
  open();
  clock.tick(1000);
  assert.deepEqual(events, ["open"]);
  assert.ok(!serial.commands.some((text) => text.startsWith("AT+CCLK=")));
});

/** What a connection demands of the server, as the modem was told when it was opened. */
interface Demands {
  plain: boolean;
  level: number;
  names: boolean;
  dates: boolean;
}

type Rig = ReturnType<typeof setup>;

/** Takes the place of the scripted answers: keeps settings and connections as the manual says, and misbehaves by `random`. */
function hostile({ serial, lost }: Rig, random: () => number) {
  const settings = new Map<string, string>();
  const connections = new Map<string, Demands>();
  let sent: Demands | undefined | "closed";
  let server = 0;
  let behaves = false;
  /** Which of the demands the server meets. */
  const meets = ({ plain, level, names, dates }: Demands): boolean =>
    [true, plain || !names, plain || !dates, plain || level === 0, plain, false][server] as boolean;
  const happens = (probability: number): boolean => !behaves && random() < probability;
  const say = (bytes: string): void => {
    const split = Math.floor(random() * bytes.length);
    serial.say(bytes.slice(0, split));
    serial.say(bytes.slice(split));
  };
  const later = (bytes: string, most_ms: number): void =>
    void setTimeout(() => say(bytes), 1 + random() * most_ms);
  const of = (name: string, context: string): string => settings.get(`${name} ${context}`) ?? "0";

  function open(plain: boolean, context: string, id: string): string {
    const key = `${plain ? "QI" : "QSSL"} ${id}`;
    const kind = plain ? "QIOPEN" : "QSSLOPEN";
    const report = (code: number): string => `\r\n+${kind}: ${id},${code}\r\n`;
    if (connections.has(key)) {
      later(report(563), 100);
      return OK;
    }
    const demands = {
      plain,
      level: Number(of("seclevel", context)),
      names: of("checkhost", context) === "1",
      dates: of("ignorelocaltime", context) === "0",
    };
    const met = meets(demands) && !happens(0.1);
    const code = met ? 0 : 550 + Math.floor(random() * 30);
    if (met) connections.set(key, demands);
    if (happens(0.1)) return `${report(code)}${OK}`;
    if (happens(0.1)) return ok(`+${kind}: ${4 + Math.floor(random() * 9)},0`);
    if (!happens(0.1)) later(report(code), happens(0.2) ? 300_000 : 3000);
    return OK;
  }

  function answerTo(text: string): string {
    const set = /^AT\+QSSLCFG="(\w+)",(\d),(.*)$/.exec(text);
    if (set) {
      settings.set(`${set[1]} ${set[2]}`, set[3] as string);
      return OK;
    }
    const opens = /^AT\+(?:QSSLOPEN=1,(\d),(\d)|QIOPEN=1,(\d))/.exec(text);
    if (opens) return open(!opens[1], opens[1] ?? "", opens[2] ?? opens[3] ?? "");
    const closes = /^AT\+(QI|QSSL)CLOSE=(\d+)/.exec(text);
    if (closes) {
      if (happens(0.3)) return ERROR;
      connections.delete(`${closes[1]} ${closes[2]}`);
      return OK;
    }
    const sends = /^AT\+(QI|QSSL)SEND=(\d+),/.exec(text);
    if (sends) {
      sent = connections.get(`${sends[1]} ${sends[2]}`) ?? "closed";
      return sent === "closed" ? ERROR : "\r\n> ";
    }
    if (text === "payload") {
      const demands = sent as Demands;
      assert.deepEqual(
        { ...demands, level: demands.level > 0 },
        { plain: false, level: true, names: true, dates: true },
        "what is sent goes over a connection that is verified",
      );
      return "\r\nSEND OK\r\n";
    }
    return usual[text] ?? (text.startsWith("AT+CCLK=") ? OK : ERROR);
  }

  const usual = { ...serial.answers } as Record<string, string>;
  serial.answers = new Proxy(
    {},
    {
      get(_, text: string) {
        const answer = answerTo(text);
        if (text === "AT") return answer;
        if (happens(0.02)) return undefined;
        if (happens(0.02)) {
          later(answer, 12_000);
          return undefined;
        }
        if (happens(0.02)) return answer.replace(/[a-z0-9]/i, "#");
        return happens(0.02) ? answer + answer : answer;
      },
    },
  );
  return {
    restart() {
      settings.clear();
      connections.clear();
      lost(Reason.ModemRestarted);
    },
    anotherServer: () => {
      server = Math.floor(random() * 6);
    },
    behave() {
      behaves = true;
      server = 0;
    },
  };
}

/** A life of many connections; in the last ones all is well, and they must come about. */
function live(t: TestContext, seed: number, protection: Protection): void {
  const rig = setup(t);
  const random = seededRandom(seed);
  const modem = hostile(rig, random);
  for (let i = 0; i < 60; i++) {
    const from = rig.events.length;
    const told = (what: RegExp): boolean => rig.events.slice(from).some((event) => what.test(event));
    if (i >= 50) modem.behave();
    else if (random() < 0.3) modem.anotherServer();
    const socket = rig.open(protection);
    let passed_ms = 0;
    for (let ended = false; !ended; ended = told(/^(?!open|writable|data)/)) {
      assert.ok(passed_ms < 400_000 || told(/^open/), "it comes to an end");
      const ms = random() < 0.5 ? 20 : 20_000;
      rig.clock.tick(ms);
      passed_ms += ms;
      if (random() < 0.3) socket.write("token");
      if (i < 50 && random() < 0.02) modem.restart();
      if (i < 50 ? random() < 0.1 || passed_ms > 300_000 : told(/^open/)) break;
    }
    socket.close();
    if (i >= 55) assert.ok(told(/^open/), `it works again: ${rig.events.slice(from)}`);
  }
}

for (const [name, protection] of [
  ["tls 1", SERVER],
  ["tls 2", MUTUAL],
] as const satisfies [string, Protection][])
  for (let seed = 1; seed <= 40; seed++)
    test(`${name}, a hostile modem, seed ${seed}`, (t) => live(t, seed, protection));
