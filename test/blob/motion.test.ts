/** The RAK5010's blob on its simulated board: moved, with an accelerometer that is dead, with a battery that gets empty. */
import assert from "node:assert/strict";
import { afterEach, test } from "node:test";
import { buildBoards } from "../../scripts/build/boards.ts";
import { boardSpecs } from "../../scripts/simulator/espruino/specs.ts";
import { createBoardWorld } from "./board-world.ts";

type World = ReturnType<typeof createBoardWorld>;

const JOLT_G = 0.3;

let world: World | undefined;
afterEach(async () => {
  await world?.stop();
  world = undefined;
});

function boot(settings: Record<string, unknown>) {
  const made = createBoardWorld("rak5010", settings);
  const { accelerometer } = made.board.sensors;
  assert.ok(accelerometer);
  world = made;
  made.board.boot();
  return {
    ...made,
    accelerometer,
    fixes: () => made.thingsboard.telemetry("tracker", "Latitude").length,
    status: (name: string) => made.board.evaluate(`tracker.status().${name}`),
    said: (part: string) => made.lines.filter((line) => line.includes(part)),
    /** The events. */
    whys: () => made.thingsboard.telemetry("tracker", "why").map(({ value }) => value),
  };
}

test("moved: a fix is taken at once, and not again and again", async () => {
  const { run, accelerometer, fixes, status, board } = boot({ interval_s: 3600, motion: "medium" });
  await run(300);
  assert.equal(fixes(), 1);
  assert.equal(status("motion"), '"above 96 mg"');
  accelerometer.move(JOLT_G, 5);
  await run(20);
  assert.equal(fixes(), 2);
  await run(600);
  assert.equal(fixes(), 2, "it lies still");
  accelerometer.move(JOLT_G, 300);
  await run(300);
  const moving = fixes() - 2;
  assert.ok(moving >= 4 && moving <= 5, `${moving}: one a minute at most`);
  await run(2600);
  assert.equal(fixes(), 3 + moving, "and each interval, as ever");
  assert.deepEqual(board.errorFlags, []);
});

test("moved is nothing to a tracker whose setting is none, until ThingsBoard has another", async () => {
  const { run, accelerometer, fixes, status, thingsboard } = boot({ interval_s: 3600 });
  await run(60);
  accelerometer.move(JOLT_G, 5);
  await run(300);
  assert.equal(fixes(), 1);
  assert.equal(status("motion"), "undefined");
  assert.equal(accelerometer.rate_hz, 0);
  thingsboard.share("tracker", { motion: "high" });
  await run(120);
  assert.equal(status("motion"), '"above 48 mg"');
  const before = fixes();
  accelerometer.move(JOLT_G, 5);
  await run(20);
  assert.equal(fixes(), before + 1);
  thingsboard.share("tracker", { motion: "very" });
  await run(20);
  const { settings, settings_refused } = thingsboard.attributes("tracker") as Record<string, unknown>;
  assert.equal((settings as { motion: string }).motion, "high");
  assert.deepEqual(settings_refused, { motion: "must be none or low or medium or high" });
});

test("is armed again after a restart of the board, whose pin was high", async () => {
  const { run, accelerometer, fixes, board } = boot({ interval_s: 3600, motion: "high" });
  await run(120);
  accelerometer.move(JOLT_G, 2);
  await run(2);
  assert.equal(board.pin(boardSpecs.rak5010.accelerometer.interrupt), true);
  board.evaluate("setTimeout(function(){E.reboot()},1)");
  await run(120);
  const before = fixes();
  assert.equal(board.pin(boardSpecs.rak5010.accelerometer.interrupt), false);
  accelerometer.move(JOLT_G, 2);
  await run(20);
  assert.equal(fixes(), before + 1);
});

test("a dead accelerometer is one line with its reason, and the tracker goes on", async () => {
  const { run, accelerometer, fixes, status, said, board } = boot({ interval_s: 60, motion: "high" });
  accelerometer.dead = true;
  await run(7300);
  assert.deepEqual(said("accelerometer"), ["accelerometer: does not answer"]);
  assert.equal(status("motion"), '"accelerometer: does not answer"');
  assert.ok(fixes() >= 120, `${fixes()}`);
  assert.deepEqual(board.errorFlags, []);
});

test("a battery that gets low stretches the interval, and tells it once a step; charged, it is over", async () => {
  const { run, fixes, status, whys, board, thingsboard } = boot({ interval_s: 60 });
  const { sensors } = board;
  // As measured on a real one: the converter draws from a divider of megohms.
  sensors.divider_error = 0.92;
  async function fixesIn(seconds: number): Promise<number> {
    const before = fixes();
    await run(seconds);
    return fixes() - before;
  }
  await run(200);
  assert.deepEqual([status("battery"), status("battery_v"), status("battery_by")], ["64", "3.9", '"board"']);
  assert.equal(await fixesIn(1200), 20);
  assert.deepEqual(whys(), []);
  sensors.battery_v = 3.71;
  await run(130);
  assert.equal(await fixesIn(1200), 10);
  assert.deepEqual(whys(), ["battery"]);
  assert.deepEqual(
    thingsboard.telemetry("tracker", "battery").map(({ value }) => value),
    [15],
  );
  sensors.battery_v = 3.6;
  await run(250);
  assert.equal(await fixesIn(1200), 5);
  assert.deepEqual(whys(), ["battery", "battery"]);
  assert.equal(status("battery_low"), "2");
  board.evaluate("setTimeout(function(){E.reboot()},1)");
  await run(600);
  assert.deepEqual(whys(), ["battery", "battery"], "a restart is no news");
  assert.equal((thingsboard.attributes("tracker") as { battery_low?: number }).battery_low, 2);
  sensors.battery_v = 4.1;
  await run(500);
  assert.equal(await fixesIn(1200), 20);
  assert.equal(status("battery_low"), "undefined");
  assert.deepEqual(board.errorFlags, []);
});

test("a RAK8212 that is built with both, in the place of TLS, feels on its own pins and asks its modem", async () => {
  const features = { battery: "yes", motion: "lis3dh", tls: "none" };
  const blob = (await buildBoards(["rak8212"], undefined, features)).get("rak8212")?.code;
  const made = createBoardWorld("rak8212", { interval_s: 3600, motion: "low" }, () => ({}), blob);
  world = made;
  const { board, thingsboard, run } = made;
  board.sensors.battery_v = 3.7;
  board.boot();
  await run(120);
  const fixes = () => thingsboard.telemetry("tracker", "Latitude").length;
  assert.equal(fixes(), 1);
  const status = (name: string) => board.evaluate(`tracker.status().${name}`);
  assert.deepEqual(["battery", "battery_by", "battery_low", "motion"].map(status), [
    "13",
    '"modem"',
    "1",
    '"above 256 mg"',
  ]);
  board.sensors.accelerometer?.move(JOLT_G, 5);
  await run(20);
  assert.equal(fixes(), 2);
  assert.deepEqual(board.errorFlags, []);
});
