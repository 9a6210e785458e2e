/** XTRA, fetched by the modem beside its connection, against the simulated modem. */
import assert from "node:assert/strict";
import { type TestContext, test } from "node:test";
import { install } from "@sinonjs/fake-timers";
import type { DeviceConfig } from "../../firmware/device-config.ts";
import type * as assistances from "../../firmware/gnss/assistance.ts";
import type * as channels from "../../firmware/modem/at.ts";
import type { Modem } from "../../firmware/modem/modem.ts";
import type * as clocks from "../../firmware/tracker/clock.ts";
import { Witness } from "../../firmware/tracker/clock.ts";
import { fromFakeTimers } from "../../scripts/simulator/clock.ts";
import { createModem } from "../../scripts/simulator/modem/modem.ts";
import type { ModemOptions } from "../../scripts/simulator/modem/options.ts";
import { xtraServers } from "../../scripts/simulator/modem/xtra.ts";
import { bootableParts } from "../modem/fresh.ts";

interface Parts {
  assistance: typeof assistances;
  channel: typeof channels;
  clock: typeof clocks;
}
const boot = bootableParts<Parts>({
  assistance: "gnss/assistance.ts",
  channel: "modem/at.ts",
  clock: "tracker/clock.ts",
});

const HOUR_MS = 3_600_000;
const BORN = Date.UTC(2026, 10, 30, 8);
const HOLD = /\+QGPSXTRADATA: 10080,"2026\/11\/30,0\d:00:00"/;

function setup(t: TestContext, options: ModemOptions & { xtra?: "0" | "1"; time?: boolean } = {}) {
  const timers = install({ now: BORN, toFake: ["setTimeout", "clearTimeout", "Date"] });
  t.after(() => timers.uninstall());
  const printed: string[] = [];
  Object.assign(globalThis, { print: (text: string) => printed.push(text) });
  const device = createModem({
    clock: fromFakeTimers(timers),
    startsOn: { echo: false, context: true },
    http: xtraServers(() => Date.now()),
    gnss: { busyAfterBoot_ms: 0 },
    ...options,
  });
  t.after(() => device.dispose());
  const { assistance, channel, clock } = boot();
  const port = {
    write: (bytes: string) => device.receive(bytes),
    on(_event: "data", listener: (bytes: string) => void) {
      device.onTransmit = listener;
    },
  };
  const modem = channel.listen({
    port_: port,
    urc_(line: string) {
      assistance.assistanceUrc(line);
      return line === "RDY";
    },
    silent_() {},
  }) as unknown as Modem;
  clock.startClock(false);
  if (options.time !== false) clock.timeTold(Witness.Network, BORN);
  const commands = (): string[] =>
    device.transcript
      .bytes("host")
      .split("\r")
      .map((line) => line.replace(/^http:.*\.bin/, ""))
      .filter((line) => line !== "");
  const at = (text: string): string => {
    let answer = "";
    channel.command(
      text,
      (_reason, lines) => {
        answer = lines.join("\n");
      },
      5000,
    );
    timers.tick(100);
    return answer;
  };
  const look = (ms = 60_000, config: Partial<DeviceConfig> = { assistance: 1 }): void => {
    assistance.assist(config as DeviceConfig, modem);
    timers.tick(ms);
  };
  /** The function is on from a start on. */
  const restart = (): void => {
    device.inject.reset();
    timers.tick(15_000);
    at("ATE0");
    at('AT+QICSGP=1,1,"internet"');
    channel.command("AT+QIACT=1", 0, 5000);
    timers.tick(2000);
  };
  return { timers, device, assistance, commands, at, look, restart, printed };
}

type World = ReturnType<typeof setup>;

/** One whose function is on. */
function ready(t: TestContext, options: ModemOptions = {}): World {
  const world = setup(t, options);
  world.at("AT+QGPSXTRA=1");
  world.restart();
  return world;
}

test("a modem without data gets them, its port free in between, and has them no more in its store", (t) => {
  const world = ready(t);
  const before = world.commands().length;
  world.look(500);
  assert.ok(world.assistance.assisting());
  assert.equal(world.at("AT+CSQ"), "+CSQ: 20,99");
  world.timers.tick(20_000);
  assert.ok(!world.assistance.assisting());
  assert.match(world.at("AT+QGPSXTRADATA?"), HOLD);
  assert.equal(world.device.files.size, 0);
  assert.deepEqual(world.printed, []);
  assert.deepEqual(world.commands().slice(before), [
    "AT+QGPS?",
    "AT+QGPSXTRADATA?",
    "AT+QHTTPURL=40,3",
    "AT+QHTTPGET=30",
    "AT+CSQ",
    'AT+QFDEL="UFS:xtra2.bin"',
    'AT+QHTTPREADFILE="UFS:xtra2.bin",30',
    world.commands().find((line) => line.startsWith("AT+QGPSXTRATIME")),
    'AT+QGPSXTRADATA="UFS:xtra2.bin"',
    'AT+QFDEL="UFS:xtra2.bin"',
    "AT+QGPSXTRADATA?",
  ]);
});

test("while they hold they are looked at once an hour, and fetched again when they do not", (t) => {
  const world = ready(t);
  world.look();
  const gets = (): number => world.commands().filter((line) => line.startsWith("AT+QHTTPGET")).length;
  const looks = (): number => world.commands().filter((line) => line === "AT+QGPSXTRADATA?").length;
  assert.equal(gets(), 1);
  for (let minute = 0; minute < 6 * 60; minute++) world.look();
  assert.equal(gets(), 1);
  assert.equal(looks(), 1 + 5);
  world.timers.tick(7 * 24 * HOUR_MS);
  world.look();
  assert.equal(gets(), 2);
});

test("a function that is off is switched on, once, and holds from the modem's next start on", (t) => {
  const world = setup(t);
  const enables = (): number => world.commands().filter((line) => line === "AT+QGPSXTRA=1").length;
  world.look();
  assert.equal(enables(), 1);
  world.look(1.1 * HOUR_MS);
  world.look(1.1 * HOUR_MS);
  assert.equal(enables(), 1);
  world.restart();
  world.timers.tick(24 * HOUR_MS);
  world.look();
  assert.match(world.at("AT+QGPSXTRADATA?"), /10080,"2026\/12\/01/);
});

test("not while the engine is on, nor without the time, nor unless the settings want it", (t) => {
  const world = ready(t);
  world.look(60_000, {});
  assert.doesNotMatch(world.commands().join(), /QGPS\?/);
  world.at("AT+QGPS=1");
  world.look();
  assert.doesNotMatch(world.commands().join(), /QHTTP/);
  assert.deepEqual(world.printed, []);
});

test("nobody knows the time: nothing is asked", (t) => {
  const world = setup(t, { time: false });
  world.timers.setSystemTime(0);
  world.look();
  assert.doesNotMatch(world.commands().join(), /QGPS\?/);
});

for (const [name, http, says] of [
  ["no such name", () => undefined, "assistance: modem error 714"],
  ["not there", () => ({ status: 404, body: "x" }), "assistance: server says: 404"],
  ["a page of some portal", () => ({ status: 200, body: "<html>" }), "assistance: server says: 6 bytes"],
  ["not the file", () => ({ status: 200, body: "x".repeat(40_000) }), "assistance: modem error 513"],
] as const)
  test(`${name}: said, and tried again later each time`, (t) => {
    const world = ready(t, { http });
    world.look();
    assert.deepEqual(world.printed, [says]);
    const gets = (): number => world.commands().filter((line) => line.startsWith("AT+QHTTPGET")).length;
    for (let minute = 0; minute < 48 * 60; minute++) world.look();
    // After 2, 4, 8, 16 hours
    assert.equal(gets(), 5);
  });

test("no coverage, a restart, a report that is lost: it ends, in time", (t) => {
  const hole = ready(t);
  hole.device.faults.coverageHole = true;
  hole.look(100_000);
  assert.deepEqual(hole.printed, ["assistance: modem error 728"]);
  hole.timers.uninstall();
  const crash = ready(t);
  crash.look(500);
  crash.device.inject.reset();
  crash.timers.tick(60_000);
  assert.ok(!crash.assistance.assisting());
  assert.equal(crash.printed.length, 1);
  crash.timers.uninstall();
  const lost = ready(t);
  lost.device.faults.lostUrc = 1;
  lost.look(60_000);
  assert.ok(!lost.assistance.assisting());
  assert.deepEqual(lost.printed, ["assistance: modem: no answer to a command"]);
});

test("an engine that is not there, commands that are not known: said, and left alone for longer", (t) => {
  const world = ready(t, { gnss: { receiver: false } });
  world.look();
  assert.deepEqual(world.printed, ["assistance: modem error"]);
});
