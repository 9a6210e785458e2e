/** The world of `npm start` itself: boards in threads of their own, a stand-in on real ports; its time runs faster than ours. */
import assert from "node:assert/strict";
import { existsSync, readFileSync } from "node:fs";
import { after, before, describe, type TestContext, test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import type { BoardName } from "../../scripts/boards.ts";
import { createFastClock } from "../../scripts/simulator/fast-clock.ts";
import { makeCertificates } from "../../scripts/start/certificates.ts";
import { fleetOf } from "../../scripts/start/fleet.ts";
import { readOptions } from "../../scripts/start/options.ts";
import type { PageEvents, SampleTold, StatusTold } from "../../scripts/start/page/events.ts";
import { createStage, type Stage } from "../../scripts/start/stage.ts";
import type { World } from "../../scripts/start/world.ts";

/** Real time, on a machine that has much to do. */
const PATIENCE_MS = 120_000;
const LOOK_MS = 20;
const SPEED = 20;
const TOKEN = "SECRET_TOKEN_OF_TRACKER";

const root = new URL("../../", import.meta.url);
const read = (path: string): string => readFileSync(new URL(path, root), "latin1");

/** What `npm run build` made. */
async function firmware(board: BoardName) {
  const loader = `dist/${board}.loader.json`;
  if (!existsSync(new URL(`dist/${board}.js`, root)))
    throw new Error(`dist/${board}.js is missing: npm run build`);
  return {
    blob: read(`dist/${board}.js`),
    loader: existsSync(new URL(loader, root)) ? JSON.parse(read(loader)) : undefined,
  };
}

async function until(what: string, is: () => unknown): Promise<void> {
  const end_ms = Date.now() + PATIENCE_MS;
  while (!is()) {
    assert.ok(Date.now() < end_ms, `not in ${PATIENCE_MS / 1000} s: ${what}`);
    await sleep(LOOK_MS);
  }
}

/** A world that was made, and what it told. */
async function open(...args: string[]) {
  const options = readOptions(["--token", TOKEN, "--mqtt-port", "0", ...args]);
  assert.ok(options);
  const told: { name: keyof PageEvents; data: never }[] = [];
  const lines: string[] = [];
  const clock = createFastClock();
  const names = fleetOf(options.trackers, TOKEN).map(({ name }) => name);
  const is_tls = options.tls !== "off";
  const stage: Stage = createStage({
    options,
    clock,
    firmware,
    track: read("scripts/simulator/tracks/berlin-alexanderplatz-to-charlottenburg.nmea"),
    certificates: is_tls ? await makeCertificates(options.tls === "mutual", names) : undefined,
    origin: "http://127.0.0.1:0",
    console: undefined,
    tell: (name, data) => told.push({ name, data: data as never }),
    onLine: (tracker, line) => lines.push(`${tracker}: ${line}`),
    onSample() {},
    hints: () => ["a hint"],
    onWorld() {},
    waiting: { for() {}, say() {}, over() {} },
    say: (line) => lines.push(line),
  });
  await stage.make(options.board, options.policy);
  const events = <Name extends keyof PageEvents>(name: Name): PageEvents[Name][] =>
    told.filter((one) => one.name === name).map(({ data }) => data);
  const fixes = (tracker = "tracker") =>
    events("sample").filter(
      (sample) => sample.tracker === tracker && typeof sample.values.Latitude === "number",
    );
  const status = (tracker = "tracker"): StatusTold | undefined =>
    events("status").findLast((one) => one.tracker === tracker);
  return {
    stage,
    clock,
    lines,
    events,
    fixes,
    status,
    get world(): World {
      assert.ok(stage.world);
      return stage.world;
    },
    run(times: number) {
      stage.run(times);
    },
    /** So many more fixes are on the server. */
    async more(count: number, tracker?: string): Promise<void> {
      const wanted = fixes(tracker).length + count;
      await until(`${count} more fixes of ${tracker ?? "tracker"}`, () => fixes(tracker).length >= wanted);
    },
    /** So much of the world's time goes by. */
    async passes(seconds: number): Promise<void> {
      const end_ms = clock.now() + seconds * 1000;
      await until(`${seconds} s`, () => clock.now() >= end_ms);
    },
    /** All that the tracker took is on the server, as it was looked at from now on. */
    async isEven(): Promise<StatusTold> {
      const seen = events("status").length;
      const isEven = (one: StatusTold): boolean =>
        one.outbox.waiting + one.outbox.sending === 0 && one.state === "online";
      await until("nothing waits", () => events("status").slice(seen).some(isEven));
      return events("status").slice(seen).findLast(isEven) as StatusTold;
    },
  };
}

type Opened = Awaited<ReturnType<typeof open>>;

/** Between fixes that follow each other, s. */
const gaps = (stamps: number[]): number[] =>
  stamps.slice(1).map((ts, i) => (ts - (stamps[i] as number)) / 1000);

describe("one tracker", () => {
  let it: Opened;
  before(async () => {
    it = await open();
    it.run(SPEED);
    await it.more(2);
  });
  after(() => it.stage.end());

  test("is told of: samples, what it is doing, energy, and the modem's line, without secrets", async () => {
    const [sample] = it.fixes();
    assert.ok(sample && Math.abs((sample.values.Latitude as number) - 52.5219) < 0.01);
    assert.equal(sample.values.why, "interval");
    assert.ok(sample.stored_ms >= sample.ts && sample.stored_ms - sample.ts < 60_000);
    const status = await it.isEven();
    assert.deepEqual([status.is_powered, status.is_asleep], [true, false]);
    assert.match(status.parts.modem ?? "", /^up, -\d+ dBm$/);
    assert.match(status.parts.gnss ?? "", /^a fix, \d+ satellites, HDOP /);
    const { taken, acknowledged, dropped } = status.outbox;
    assert.equal(taken, acknowledged + dropped);
    // The server's count is its own.
    assert.ok(Math.abs(it.events("sample").length - acknowledged) <= 2);
    assert.ok((it.events("energy").at(-1)?.mAh ?? 0) > 0);
    const traces = it.events("trace");
    const texts = (kind: string, way: string) =>
      traces.filter((one) => one.kind === kind && one.way === way).map(({ text }) => text);
    assert.ok(texts("at", "up").includes("AT+CEREG?"));
    assert.ok(texts("at", "down").includes("+CPIN: READY"));
    assert.match(texts("mqtt", "up")[0] ?? "", /^CONNECT client_id "npm-start"/);
    assert.equal(texts("mqtt", "down")[0], "CONNACK 0: accepted");
    assert.ok(!JSON.stringify(traces).includes(TOKEN));
  });

  test("says hello with all that is offered, and what came before", () => {
    const hello = it.stage.hello();
    assert.ok(hello);
    assert.deepEqual(hello.trackers, ["tracker"]);
    assert.equal(hello.speed, SPEED);
    assert.deepEqual(hello.samples, it.events("sample"));
    assert.equal(hello.statuses.length, 1);
    assert.deepEqual(hello.toys, []);
    assert.ok(hello.faults.some(({ name, on }) => name === "power" && on?.length === 0));
    assert.ok(!hello.faults.some(({ name }) => name === "certificate"), "there is no TLS");
    const interval = hello.settings.find(({ name }) => name === "interval_s");
    assert.deepEqual(
      [interval?.value, interval?.kind, interval?.unit, interval?.least, interval?.most],
      [5, "number", "s", 1, 86_400],
    );
    assert.deepEqual(hello.hints, ["a hint"]);
    assert.ok(!JSON.stringify(hello).includes(TOKEN));
  });

  test("answers calls, and says what it takes of settings and what not", async () => {
    const methods = (await it.world.call("tracker", "rpcMethods", {})) as { methods: string[] };
    assert.deepEqual(
      it.stage.hello()?.methods.map(({ name }) => name),
      methods.methods,
    );
    assert.equal(
      typeof ((await it.world.call("tracker", "getPosition", {})) as { latitude: number }).latitude,
      "number",
    );
    assert.deepEqual(await it.world.changeSettings({ interval_s: 4 }), {
      taken: { interval_s: 4 },
      refused: {},
    });
    await until("the page is told", () =>
      it
        .events("settings")
        .at(-1)
        ?.some(({ name, value }) => name === "interval_s" && value === 4),
    );
    const refused = await it.world.changeSettings({ interval_s: 3, hdop_max: 99 });
    assert.deepEqual(refused.taken, {});
    assert.match(refused.refused.hdop_max ?? "", /0 to 50/);
    assert.match(refused.refused.interval_s ?? "", /all together or not at all/);
    await assert.rejects(it.world.changeSettings({ qos: 0 }), /^Error: qos: no setting that can/);
    assert.deepEqual(await it.world.changeSettings({ interval_s: null }), {
      taken: { interval_s: null },
      refused: {},
    });
  });

  for (const name of ["coverage", "server_down", "pubacks", "login"])
    test(`${name}: on and off, nothing is lost`, async () => {
      // The last that came need not be the newest: what waited may come behind what was taken since.
      const newest = Math.max(...it.fixes().map(({ ts }) => ts));
      assert.deepEqual(await it.world.setFault(name, true), { name, is_on: true });
      assert.deepEqual(it.events("fault").at(-1), { name, on: ["tracker"] });
      await it.passes(60);
      assert.deepEqual(await it.world.setFault(name, false), { name, is_on: false });
      const { outbox } = await it.isEven();
      assert.equal(outbox.dropped, 0);
      const stamps = it
        .fixes()
        .map(({ ts }) => ts)
        .filter((ts) => ts >= newest)
        .sort((a, b) => a - b);
      assert.ok(stamps.length >= 10, `${stamps.length} fixes`);
      assert.equal(new Set(stamps).size, stamps.length, "each is told once");
      // A fix is up to two seconds early or late.
      assert.ok(Math.max(...gaps(stamps)) < 10, gaps(stamps).join(" "));
    });

  for (const name of ["modem_reset", "context_lost", "server_restart"])
    test(`${name}: at once, and it comes back`, async () => {
      const lost = it.lines.filter((line) => line === "tracker: tracker: connected").length;
      assert.deepEqual(await it.world.setFault(name, true), { name });
      await until(
        "it is connected again",
        () => it.lines.filter((line) => line === "tracker: tracker: connected").length > lost,
      );
      await it.more(2);
      assert.equal((await it.isEven()).outbox.dropped, 0);
    });

  test("no view of the sky: no fix, and again some", async () => {
    await it.world.setFault("gnss", true);
    await it.passes(10);
    const count = it.fixes().length;
    await it.passes(30);
    assert.ok(it.fixes().length <= count + 1);
    await it.world.setFault("gnss", false);
    await it.more(2);
  });

  test("a power cut: what waits is there while it is off, and arrives when it is on again", async () => {
    await it.isEven();
    await it.world.setFault("coverage", true);
    const before = it.fixes().length;
    await until("some wait", () => (it.status()?.outbox.waiting ?? 0) >= 3);
    await it.world.setFault("power", true);
    const cut_ms = it.clock.now();
    const seen = it.events("status").length;
    await until("it is seen", () =>
      it
        .events("status")
        .slice(seen)
        .some((one) => !one.is_powered),
    );
    const off = it.status() as StatusTold;
    assert.deepEqual(off.parts, {});
    const waited = off.outbox.waiting;
    assert.ok(waited >= 3);
    assert.equal(off.outbox.sending, 0);
    await it.world.setFault("coverage", false);
    await it.passes(20);
    assert.equal(it.fixes().length, before, "it is off");
    assert.equal(it.status()?.outbox.waiting, waited);
    await it.world.setFault("power", false);
    const { outbox } = await it.isEven();
    const arrived = it
      .fixes()
      .slice(before)
      .filter(({ ts }) => ts < cut_ms);
    assert.equal(arrived.length, waited);
    assert.equal(outbox.taken, outbox.acknowledged);
    assert.ok(outbox.taken > off.outbox.taken);
    assert.equal(outbox.dropped, 0);
  });

  test("power cuts in the middle of its work, one after the other", async () => {
    for (let cuts = 0; cuts < 3; cuts++) {
      await it.world.setFault("power", true);
      await it.world.setFault("power", false);
      await it.passes(3 + cuts * 7);
    }
    await it.more(1);
    const { outbox, parts } = await it.isEven();
    assert.equal(outbox.dropped, 0);
    assert.match(parts.history ?? "", /reboots \d/);
  });

  test("made anew nothing of the old world is left", async () => {
    const hellos = it.events("hello").length;
    assert.deepEqual(await it.stage.makeAnew(undefined, "minute"), { board: "linux", policy: "minute" });
    const hello = it.events("hello").at(-1);
    assert.equal(it.events("hello").length, hellos + 1);
    assert.deepEqual([hello?.policy, hello?.samples, hello?.traces, hello?.speed], ["minute", [], [], SPEED]);
    assert.equal(hello?.settings.find(({ name }) => name === "interval_s")?.value, 60);
    const from = it.fixes().length;
    await it.more(3);
    const stamps = it
      .fixes()
      .slice(from)
      .map(({ ts }) => ts);
    assert.ok((gaps(stamps).at(-1) as number) > 50, gaps(stamps).join(" "));
    assert.equal(
      (await it.isEven()).outbox.taken,
      it.events("sample").length - it.events("sample").indexOf(it.fixes()[from] as SampleTold) + 1,
    );
  });
});

test("a wrong certificate: nothing is told to whoever shows it", async (t: TestContext) => {
  const it = await open("--tls");
  t.after(() => it.stage.end());
  it.run(10);
  await it.more(1);
  await it.world.setFault("certificate", true);
  await until("it is seen", () => it.lines.some((line) => line.includes("another CA")));
  const count = it.fixes().length;
  assert.ok(
    it.stage.hello()?.faults.some(({ name, on }) => name === "certificate" && on?.includes("tracker")),
  );
  await it.world.setFault("certificate", false);
  await it.isEven();
  assert.ok(it.fixes().length > count);
  const mqtt = it.events("trace").filter(({ kind }) => kind === "mqtt");
  assert.match(mqtt[0]?.text ?? "", /^CONNECT /, "also through TLS");
});

test("three trackers, each at a place of its own; a fault is for one of them", async (t: TestContext) => {
  const it = await open("--trackers", "3");
  t.after(() => it.stage.end());
  const names = ["tracker", "tracker-2", "tracker-3"];
  assert.deepEqual(it.stage.hello()?.trackers, names);
  it.run(10);
  await until("all run", () => names.every((name) => it.fixes(name).length > 0));
  const places = names.map((name) => it.fixes(name)[0]?.values.Longitude as number);
  for (const [i, one] of places.entries())
    for (const other of places.slice(i + 1)) assert.ok(Math.abs(one - other) > 0.005, places.join(" "));
  assert.deepEqual(await it.world.setFault("power", true, "tracker-2"), { name: "power", is_on: true });
  assert.deepEqual(it.events("fault").at(-1), { name: "power", on: ["tracker-2"] });
  assert.deepEqual(await it.world.setFault("power", false, "tracker"), { name: "power", is_on: false });
  assert.deepEqual(it.events("fault").at(-1), { name: "power", on: ["tracker-2"] });
  await until("it is seen", () => it.status("tracker-2")?.is_powered === false);
  assert.deepEqual([it.status("tracker")?.is_powered, it.status("tracker-3")?.is_powered], [true, true]);
  await it.more(1, "tracker-3");
  await it.world.setFault("power", false, "tracker-2");
  await it.more(1, "tracker-2");
  assert.deepEqual(await it.world.changeSettings({ interval_s: 4 }), {
    taken: { interval_s: 4 },
    refused: {},
  });
  const position = (await it.world.call("tracker-3", "getPosition", {})) as { longitude: number };
  assert.ok(Math.abs(position.longitude - (it.fixes("tracker-3").at(-1)?.values.Longitude as number)) < 0.01);
});

test("a board that saves power sleeps, is told so, and wakes to report", async (t: TestContext) => {
  const it = await open("--board", "rak5010", "--policy", "hourly");
  t.after(() => it.stage.end());
  it.run(60);
  await until("it sleeps", () => it.status()?.is_asleep);
  assert.match(it.status()?.parts.sleep ?? "", /^asleep/);
  assert.deepEqual(it.stage.hello()?.toys, ["motion", "battery", "temperature"]);
  // Nothing happens meanwhile but a kick of the watchdog each ten seconds: up to fifteen late, 75 ms of ours, it does not bite.
  it.run(200);
  await it.passes(3300);
  it.run(60);
  await it.more(1);
  const [first, second] = it.fixes();
  assert.ok(first && second && Math.abs((second.ts - first.ts) / 1000 - 3600) < 120);
  await assert.rejects(
    it.stage.makeAnew("linux"),
    /^Error: policy hourly: linux does not sleep, use rak8212 or /,
  );
});
