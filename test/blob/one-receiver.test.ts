/** A modem with one receiver for GNSS and LTE (BG95), on a computer: fixes and uploads both come. */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { type TestContext, test } from "node:test";
import { REAL_STARTS } from "../../scripts/simulator/modem/gnss.ts";
import type { ModemOptions } from "../../scripts/simulator/modem/options.ts";
import { TRACK } from "./peers.ts";
import { createWorld } from "./world.ts";

const SKY = { log: readFileSync(TRACK, "latin1"), time: "now" } as const;
/** It takes seconds until the satellites are found again. */
const REAL_SKY = { ...SKY, starts: REAL_STARTS };

async function start(t: TestContext, config: object, modem: ModemOptions = {}) {
  const world = createWorld({ config: { ...config }, modem: { model: "BG95", gnss: SKY, ...modem } });
  t.after(() => world.stop());
  const times = () => [
    ...new Set(world.thingsboard.telemetry("tracker", "Latitude").map(({ ts }) => ts / 1000)),
  ];
  return {
    ...world,
    times,
    /** The longest from fix to fix, s. */
    longest: () => Math.max(...times().map((time, i, all) => time - (all[i - 1] ?? time))),
    told: () => world.modem.transcript.bytes("host").match(/AT\+QGPSCFG="priority",[01],0\r/g) ?? [],
    /** How long a call takes, s. */
    async call(): Promise<number> {
      let taken_s = 0;
      let answered = false;
      void world.thingsboard.rpc("tracker", "getPosition", {}, { timeout_ms: 600_000 }).then(() => {
        answered = true;
      });
      for (; taken_s < 200 && !answered; taken_s++) await world.run(1);
      return taken_s;
    },
  };
}

for (const interval_s of [5, 60, 600])
  test(`each ${interval_s} s: all fixes are on time, and on the server`, async (t) => {
    const { run, times, longest, lines } = await start(t, { interval_s });
    const length_s = Math.max(1200, 3 * interval_s);
    await run(length_s + 10);
    assert.ok(times().length >= length_s / interval_s, `${times().length} fixes`);
    assert.ok(longest() <= interval_s + 3, `${longest()} s`);
    assert.deepEqual(lines.slice(1), ["tracker: connected"]);
  });

test("each 5 s, satellites that must be found again: fewer fixes, and uploads keep pace", async (t) => {
  const { run, times, longest, status, lines, call } = await start(t, { interval_s: 5 }, { gnss: REAL_SKY });
  await run(1200);
  assert.ok(times().length >= 110, `${times().length} fixes`);
  assert.ok(longest() <= 15, `${longest()} s`);
  assert.ok(Number(status().waiting) <= 3);
  assert.ok((await call()) <= 10);
  assert.deepEqual(lines.slice(1), ["tracker: connected"]);
});

for (const config of [{ interval_s: 5 }, { interval_s: 60 }, { interval_s: 60, fix_timeout_s: 30 }])
  test(`no sky, ${JSON.stringify(config)}: it stays connected, and hears calls`, async (t) => {
    const { run, thingsboard, lines, call } = await start(t, { ...config, cell: 1 }, { gnss: {} });
    await run(1800);
    assert.ok(thingsboard.telemetry("tracker", "cell").length > 5);
    for (let i = 0; i < 3; i++) {
      assert.ok((await call()) <= 65);
      await run(31);
    }
    assert.equal(lines.filter((line) => line === "tracker: connected").length, 1, lines.join("\n"));
  });

test("no network for a quarter of an hour: fixes are taken all the same, and arrive", async (t) => {
  const { run, modem, times, longest, status } = await start(t, { interval_s: 10 }, { gnss: REAL_SKY });
  await run(300);
  modem.inject.hole(900_000);
  await run(900);
  assert.notEqual(status().state, "online");
  await run(900);
  assert.equal(status().state, "online");
  assert.ok(longest() <= 75, `${longest()} s`);
  assert.ok(times().length >= 90, `${times().length} fixes`);
});

test("a modem that restarts, a search of 40 s: it is connected again", async (t) => {
  const modem = { gnss: REAL_SKY, coverage: { search_ms: 40_000 } };
  const world = await start(t, { interval_s: 5 }, modem);
  await world.run(200);
  const before = world.times().length;
  world.modem.inject.reset();
  await world.run(300);
  assert.equal(world.status().state, "online", world.lines.join("\n"));
  assert.ok(world.times().length >= before + 15, `${world.times().length - before} fixes`);
});

test("whatever was kept of the turns before, and commands that are not answered for two minutes", async (t) => {
  const { run, modem, times, longest, told, status } = await start(t, { interval_s: 60 });
  modem.receive('AT+QGPSCFG="priority",1,1\r');
  modem.receive("AT+QGPS=1\r");
  await run(300);
  const before = told().length;
  modem.faults.muted.add("+QGPSCFG");
  await run(120);
  assert.ok(told().length > before, "it struck");
  modem.faults.muted.clear();
  await run(480);
  assert.ok(times().length >= 13, `${times().length} fixes`);
  assert.ok(longest() <= 185, `${longest()} s`);
  assert.equal(status().state, "online");
});

test("a BG96 refuses, and is not asked again before its engine starts anew", async (t) => {
  const { run, modem, told, times } = await start(t, { interval_s: 5 }, { model: "BG96" });
  await run(300);
  assert.equal(told().length, 2);
  assert.ok(times().length >= 58);
  modem.inject.reset();
  await run(300);
  assert.equal(told().length, 3);
});
