/** What makes a tracker that saves power sleep badly: the network, its modem's key, its settings, the server. A RAK5010's blob. */
import assert from "node:assert/strict";
import { describe, type TestContext, test } from "node:test";
import { boardSpecs } from "../../scripts/simulator/espruino/specs.ts";
import type { PsmGrant } from "../../scripts/simulator/modem/faults.ts";
import { builtBlob } from "../device/rig.ts";
import { createWorld, type WorldChanges } from "./world.ts";

function start(t: TestContext, config: object, changes: WorldChanges = {}) {
  const world = createWorld({
    spec: boardSpecs.rak5010,
    blob: builtBlob("rak5010"),
    config: { power: "save", interval_s: 3600, ...config },
    ...changes,
  });
  t.after(() => world.stop());
  return world;
}

/** How many the server has. */
const fixes = (world: ReturnType<typeof start>): number =>
  world.thingsboard.telemetry("tracker", "Latitude").length;
/** What was done to the modem that no sleep is: it was restarted, its radio was off, it was switched off and on. */
const mended = (world: ReturnType<typeof start>): unknown => {
  const { radio_resets, modem_resets, power_cycles } = world.status();
  return [radio_resets, modem_resets, power_cycles].filter((count) => count !== undefined);
};

describe("what a network grants", () => {
  const GRANTS: [string, PsmGrant][] = [
    ["nothing", "refused"],
    ["moments of sleep", { active_s: 0, tau_s: 4 }],
    ["less than from fix to fix", { active_s: 0, tau_s: 1800 }],
    ["hours awake", { active_s: 11_160, tau_s: 108_000 }],
    ["no time at all", { active_s: 0, tau_s: 0 }],
  ];
  for (const [what, granted] of GRANTS)
    test(`${what}: the modem is switched off, and nothing is lost`, async (t) => {
      const world = start(t, {}, { modem: { psm: { granted } } });
      await world.run(300);
      for (let hour = 1; hour <= 3; hour++) {
        assert.equal(world.modem.state.power, "off", world.lines.join("\n"));
        await world.run(3600);
      }
      assert.equal(fixes(world), 4);
      assert.deepEqual(mended(world), []);
    });

  test("is dropped after an update, and granted again: it is off as long as that lasts", async (t) => {
    const world = start(t, {});
    const slept: string[] = [];
    for (const grant of ["as asked", "refused", "refused", "as asked", "as asked"] as const) {
      world.modem.faults.psmGrant = grant;
      await world.run(300);
      slept.push(world.modem.state.power);
      await world.run(3300);
    }
    assert.deepEqual(slept, ["psm", "off", "off", "psm", "psm"]);
    assert.equal(fixes(world), 5);
    assert.deepEqual(mended(world), []);
  });
});

describe("a modem that does not wake by its key", () => {
  test("once: the report comes all the same, a little later", async (t) => {
    const world = start(t, {});
    await world.run(300);
    world.modem.faults.deafKey = 1;
    await world.run(3600);
    assert.equal(fixes(world), 2, world.lines.join("\n"));
  });

  test("for three hours: what was reported meanwhile is not lost, and it goes on after that", async (t) => {
    const world = start(t, {});
    await world.run(300);
    world.modem.faults.deafKey = 1e9;
    for (let hour = 1; hour <= 3; hour++) {
      world.board.evaluate(`tracker.report({hour:${hour}})`);
      await world.run(3600);
    }
    assert.equal(fixes(world), 1);
    world.modem.faults.deafKey = 0;
    // The searches in vain have grown apart, and so have the tries.
    await world.run(2 * 3600);
    assert.ok(fixes(world) >= 2, world.lines.join("\n"));
    assert.deepEqual(
      world.thingsboard.telemetry("tracker", "hour").map(({ value }) => value),
      [1, 2, 3],
    );
    assert.deepEqual(world.board.errorFlags, []);
  });
});

test("upload_s below interval_s is refused in one line, in tb.json and from afar, and nothing changes", async (t) => {
  const refused = start(t, { upload_s: 600 });
  await refused.run(60);
  const about = refused.lines.filter((line) => line.includes("upload_s"));
  assert.equal(about.length, 1, refused.lines.join("\n"));
  assert.match(about[0] as string, /at least interval_s/);
  const world = start(t, { upload_s: 7200 });
  world.thingsboard.share("tracker", { upload_s: 600 });
  await world.run(4 * 3600 + 60);
  const { settings_refused } = world.thingsboard.attributes("tracker") as Record<string, object>;
  assert.deepEqual(Object.keys(settings_refused as object), ["upload_s"]);
  assert.equal(world.lines.filter((line) => line === "tracker: connected").length, 3, world.lines.join("\n"));
});

test("a modem that went to PSM by itself, as rounds are too near for the tracker to bring it there, is woken", async (t) => {
  const world = start(t, { interval_s: 60, upload_s: 600 });
  const told = new Set<unknown>();
  for (let s = 0; s < 2 * 3600; s += 10) {
    await world.run(9);
    const { state } = world.status().modem as { state: string };
    // Its key is pressed for half a second until it wakes.
    const slept = world.modem.state.power === "psm";
    await world.run(1);
    if (slept && world.modem.state.power === "psm") told.add(state);
  }
  assert.deepEqual([...told], ["asleep"]);
  assert.ok(fixes(world) >= 110, `${fixes(world)}\n${world.lines.join("\n")}`);
  assert.deepEqual(
    world.lines.filter((line) => line.includes("silent")),
    [],
  );
  assert.deepEqual(mended(world), []);
});

test("PSM in the middle of what a server does not answer is no fault of the modem", async (t) => {
  const world = start(t, {});
  world.modem.faults.silentOpen = 1;
  await world.run(6 * 3600);
  assert.ok(world.lines.filter((line) => line.includes("modem switched off")).length > 2);
  assert.deepEqual(mended(world), []);
  world.modem.faults.silentOpen = 0;
  await world.run(2 * 3600);
  assert.ok(fixes(world) >= 7, `${fixes(world)}`);
});

test("a record that the server refuses is found out soon, and not in as many uploads", async (t) => {
  const world = start(t, { interval_s: 600, upload_s: 7200 });
  await world.run(300);
  world.thingsboard.faults.max_string_value_length = 5;
  world.board.evaluate('tracker.report({note:"too long"})');
  await world.run(7200 + 1800);
  assert.ok(fixes(world) >= 12, `${fixes(world)}\n${world.lines.join("\n")}`);
});

test("a server's pace that takes longer than the modem stays awake: it goes on soon", async (t) => {
  const world = start(
    t,
    { interval_s: 120, upload_s: 7200 },
    { rate_limits: { telemetry_data_points: "40:60" } },
  );
  await world.run(7200 + 3600);
  assert.ok(fixes(world) >= 60, `${fixes(world)}\n${world.lines.join("\n")}`);
  assert.deepEqual(mended(world), []);
});

test("a board that lost its power while its modem slept by DTR is heard by it at once", async (t) => {
  const world = start(t, { power: "on", interval_s: 600 });
  await world.run(60);
  assert.equal(world.modem.state.activity, "asleep");
  world.board.powerCut();
  await world.run(1);
  world.board.boot();
  const from = world.lines.length;
  await world.run(30);
  assert.ok(world.lines.slice(from).includes("tracker: connected"), world.lines.slice(from).join("\n"));
});
