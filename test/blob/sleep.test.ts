/** `power` "save" on each board that can sleep: its own blob, on the simulated board. */
import assert from "node:assert/strict";
import { type TestContext, test } from "node:test";
import type { BoardName } from "../../scripts/boards.ts";
import { buildBoards, SOURCES } from "../../scripts/build/boards.ts";
import type { Choices } from "../../scripts/build/features.ts";
import { createMeter } from "../../scripts/simulator/energy/meter.ts";
import { boardSpecs } from "../../scripts/simulator/espruino/specs.ts";
import { createWorld, type WorldChanges } from "./world.ts";

const HOUR_S = 3600;

/** A RAK8212 has room for it in the place of TLS. */
async function start(t: TestContext, name: BoardName, config: object = {}, changes: WorldChanges = {}) {
  const features: Choices = name === "rak8212" ? { sleep: "save", tls: "none" } : {};
  const blob = (await buildBoards([name], SOURCES, features)).get(name)?.code ?? "";
  const world = createWorld({
    spec: boardSpecs[name],
    blob,
    config: { power: "save", interval_s: HOUR_S, ...config },
    modem: { model: boardSpecs[name].modemModel, ...changes.modem },
    meter: (clock) => createMeter({ clock, board: name }),
  });
  t.after(() => world.stop());
  const said = (line: string): number => world.lines.filter((one) => one === line).length;
  const times = (): number[] => world.thingsboard.telemetry("tracker", "Latitude").map(({ ts }) => ts);
  return { ...world, said, times };
}

for (const name of ["rak5010", "rak8212", "wio-lte"] as const)
  test(`${name}: a fix each hour, uploaded; in between the modem sleeps and the UART is closed`, async (t) => {
    const { run, modem, said, times, board, lines } = await start(t, name);
    // An EC21 has no PSM.
    const asleep = name === "wio-lte" ? "off" : "psm";
    await run(300);
    for (let hour = 1; hour <= 5; hour++) {
      assert.equal(modem.state.power, asleep, lines.join("\n"));
      assert.equal(times().length, hour);
      await run(HOUR_S);
    }
    const gaps = times().map((ts, i, all) => Math.round((ts - (all[i - 1] ?? ts)) / 1000));
    for (const gap of gaps.slice(1)) assert.ok(Math.abs(gap - HOUR_S) <= 10, `${gaps}`);
    assert.equal(said("sleep: awake for a fix"), 5, "and for nothing else");
    assert.equal(lines.filter((line) => line.startsWith("sleep: awake")).length, 5);
    // Nobody is at the other end of a UART that is closed.
    modem.onTransmit?.("\r\n+QIND: \r\n");
    assert.deepEqual(board.errorFlags, []);
  });

test("with its modem off or in PSM a RAK5010 drives DTR low, not to feed it", async (t) => {
  const { run, board, modem } = await start(t, "rak5010");
  await run(300);
  for (let minute = 0; minute < 50; minute++) {
    assert.equal(modem.state.power, "psm");
    assert.equal(board.pin("D26"), false, `minute ${minute}`);
    await run(60);
  }
});

test("four uploads a day: between them fixes wait, and all arrive", async (t) => {
  const { run, times, said } = await start(t, "rak5010", { upload_s: 6 * HOUR_S });
  await run(300);
  assert.equal(times().length, 1);
  await run(4 * HOUR_S);
  assert.equal(times().length, 1, "they wait");
  await run(20 * HOUR_S);
  assert.equal(times().length, 25);
  assert.equal(said("tracker: connected"), 5);
});

test("what the server wants meanwhile is taken at the next upload: a setting, and a call", async (t) => {
  const { run, thingsboard, times, modem } = await start(t, "rak5010");
  await run(300);
  assert.equal(modem.state.power, "psm");
  thingsboard.share("tracker", { interval_s: 600 });
  await run(HOUR_S);
  const before = times().length;
  await run(HOUR_S);
  assert.ok(times().length - before >= 6, `${times().length - before} fixes in an hour`);
  thingsboard.share("tracker", { power: "on" });
  await run(700);
  assert.equal(modem.state.power, "running", "reachable at once, from then on");
});

test("a network that refuses PSM: the modem is switched off", async (t) => {
  const { run, modem, times } = await start(t, "rak5010", {}, { modem: { psm: { granted: "refused" } } });
  await run(300);
  assert.equal(modem.state.power, "off");
  await run(2 * HOUR_S);
  assert.equal(times().length, 3);
  assert.equal(modem.state.power, "off");
});

test("rak5010: the modem that goes to PSM while the server may still want something has left it, and is not woken for that", async (t) => {
  const psm = { granted: { tau_s: 86_400, active_s: 2 } };
  const { run, said, times, lines, modem } = await start(t, "rak5010", { window_s: 50 }, { modem: { psm } });
  await run(3 * HOUR_S + 300);
  assert.equal(modem.state.power, "psm");
  assert.equal(times().length, 4);
  assert.equal(said("tracker: connected"), 4, lines.join("\n"));
  assert.equal(said("sleep: awake for a fix"), 3);
  for (const line of lines) assert.doesNotMatch(line, /another try|check power/);
});

test("rak5010: the modem that goes to PSM by itself, as the next round is too soon for us to, is woken by its key; the board sleeps as it does, and no fix is lost", async (t) => {
  const changes = { modem: { coverage: { release_ms: 2000 } } };
  const world = await start(t, "rak5010", { interval_s: 50, window_s: 1 }, changes);
  await world.run(600);
  const slept = world.modem.transcript.bytes("modem").split("PSM POWER DOWN").length - 1;
  assert.ok(slept > 5, `${slept}`);
  const times = [...new Set(world.thingsboard.telemetry("tracker", "Latitude").map(({ ts }) => ts))];
  assert.ok(times.length >= 11, world.lines.join("\n"));
  for (const line of world.lines) assert.doesNotMatch(line, /silent|powered down|reset/);
  // With its UART open it would be awake all the time.
  const { modem, board } = world.meter?.read().states ?? {};
  const psm_s = modem?.psm?.seconds ?? 0;
  const asleep_s = board?.asleep?.seconds ?? 0;
  assert.ok(psm_s > 200 && asleep_s > psm_s / 2, `in PSM ${psm_s} s, the board asleep ${asleep_s} s`);
});
