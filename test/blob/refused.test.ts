/** What a server does not take: a record, a packet over its limits, told or not. The others are there, and nothing restarts. */
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { createWorld, type WorldChanges } from "./world.ts";

const HOUR = 3600;
const STEP_MS = 5000;

type World = ReturnType<typeof createWorld>;
const fixes = ({ thingsboard }: World) => thingsboard.telemetry("tracker", "Latitude").length;
const values = ({ thingsboard }: World, key: string) =>
  thingsboard.telemetry("tracker", key).map(({ value }) => value);

async function inWorld(changes: WorldChanges, live: (world: World) => Promise<void>): Promise<void> {
  const world = createWorld({ ...changes, config: { interval_s: 60, ...changes.config } });
  try {
    await live(world);
    const { reboots, power_cycles, modem_resets } = world.status();
    assert.deepEqual(
      { reboots, power_cycles, modem_resets },
      { reboots: 0, power_cycles: undefined, modem_resets: undefined },
    );
  } finally {
    await world.stop();
  }
}

const report = ({ board }: World, text: string) => board.evaluate(`tracker.report(${text})`);

describe("a record that the server never takes", () => {
  test("a text over its limit: the fixes behind it are there; it is given up, counted and reported", () =>
    inWorld({}, async (world) => {
      world.thingsboard.faults.max_string_value_length = 200;
      await world.run(120);
      report(world, `{note:"${"x".repeat(300)}"}`);
      await world.run(HOUR, STEP_MS);
      assert.ok(fixes(world) >= 55, `${fixes(world)} fixes in an hour`);
      await world.run(2 * HOUR, STEP_MS);
      assert.ok(fixes(world) >= 175, `${fixes(world)} fixes in three hours`);
      const { dropped, waiting } = world.status();
      assert.deepEqual({ dropped, waiting }, { dropped: 1, waiting: 0 });
      assert.match(`${values(world, "lost_record")}`, /^closed by server: sample of 178\d{10}$/);
      assert.ok(world.lines.filter((line) => /again in/.test(line)).length <= 12, world.lines.join("\n"));
    }));

  test("that the server takes later on is not lost", () =>
    inWorld({}, async (world) => {
      world.thingsboard.faults.refused_keys = ["note"];
      await world.run(120);
      report(world, "{note:1}");
      await world.run(900);
      world.thingsboard.faults.refused_keys = [];
      await world.run(2 * HOUR, STEP_MS);
      assert.deepEqual(values(world, "note"), [1]);
      assert.equal(world.status().dropped, 0);
    }));

  test("several of them, among a backlog", () =>
    inWorld({}, async (world) => {
      world.thingsboard.faults.refused_keys = ["bad"];
      world.thingsboard.faults.down = true;
      world.thingsboard.faults.drop();
      for (let i = 0; i < 6; i++) {
        await world.run(600, STEP_MS);
        report(world, `{bad:${i}}`);
        report(world, `{good:${i}}`);
      }
      world.thingsboard.faults.down = false;
      await world.run(HOUR, STEP_MS);
      assert.deepEqual(values(world, "good"), [0, 1, 2, 3, 4, 5]);
      assert.ok(fixes(world) >= 110, `${fixes(world)} fixes`);
      await world.run(12 * HOUR, STEP_MS);
      assert.ok(fixes(world) >= 820, `${fixes(world)} fixes`);
      assert.equal(world.status().dropped, 6);
    }));

  test("a bad network makes nobody give up anything", () =>
    inWorld({}, async (world) => {
      world.thingsboard.faults.random_close = 0.3;
      await world.run(6 * HOUR, STEP_MS);
      world.thingsboard.faults.random_close = 0;
      await world.run(HOUR, STEP_MS);
      const { dropped, waiting } = world.status();
      assert.deepEqual({ dropped, waiting }, { dropped: 0, waiting: 0 });
      assert.ok(fixes(world) >= 415, `${fixes(world)} fixes`);
    }));
});

describe("packets fit the limits that the server tells", () => {
  for (const telemetry_data_points of ["20:60", "20:1,600:60"])
    test(`${telemetry_data_points}: a backlog arrives, and nobody hangs up`, () =>
      inWorld({ rate_limits: { telemetry_data_points } }, async (world) => {
        await world.run(60);
        world.thingsboard.faults.down = true;
        world.thingsboard.faults.drop();
        await world.run(HOUR, STEP_MS);
        world.thingsboard.faults.down = false;
        await world.run(300);
        const from = world.lines.length;
        await world.run(2 * HOUR, STEP_MS);
        assert.deepEqual(world.lines.slice(from), []);
        const { waiting, dropped } = world.status();
        assert.deepEqual({ waiting, dropped }, { waiting: 0, dropped: 0 });
        assert.ok(fixes(world) >= 180, `${fixes(world)} fixes`);
      }));
});

for (const limits of [
  { telemetry_data_points: "20:60" },
  { telemetry_data_points: "100:60" },
  { telemetry_messages: "2:60" },
  { telemetry_messages: "5:60" },
])
  test(`limits that it does not tell, ${JSON.stringify(limits)}: a backlog arrives`, (t) =>
    inWorld({}, async (world) => {
      await world.run(60);
      world.thingsboard.faults.untold_limits = limits;
      world.thingsboard.faults.down = true;
      world.thingsboard.faults.drop();
      await world.run(HOUR, STEP_MS);
      world.thingsboard.faults.down = false;
      await world.run(3 * HOUR, STEP_MS);
      const { waiting, dropped, reconnects } = world.status() as Record<string, number>;
      t.diagnostic(`${reconnects} connections, ${waiting} waiting`);
      assert.ok((waiting as number) <= 8, `${waiting} waiting`);
      assert.equal(dropped, 0);
      assert.ok(fixes(world) >= 230, `${fixes(world)} fixes`);
      assert.ok((reconnects as number) <= 30, `${reconnects} connections`);
    }));
