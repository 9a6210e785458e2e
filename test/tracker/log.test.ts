import assert from "node:assert/strict";
import { type TestContext, test } from "node:test";
import { install } from "@sinonjs/fake-timers";
import type * as clocks from "../../firmware/tracker/clock.ts";
import { Witness } from "../../firmware/tracker/clock.ts";
import type * as logs from "../../firmware/tracker/log.ts";
import type * as noLogs from "../../firmware/tracker/no-log.ts";
import { bootable } from "../modem/fresh.ts";
import { switchOn } from "./espruino.ts";

const boot = bootable<typeof logs & typeof clocks>("tracker/log.ts", "tracker/clock.ts");
const bootWithout = bootable<typeof noLogs>("tracker/no-log.ts");
const NOON = Date.UTC(2026, 5, 1, 12);

/** A board whose clock nobody set, and which has just started. */
function setup(t: TestContext) {
  const world = install({ now: 0, toFake: ["Date"] });
  t.after(() => world.uninstall());
  const board = switchOn();
  const parts = boot();
  parts.startClock(true);
  return { world, board, ...parts };
}

test("what is said is printed, and kept with its time", (t) => {
  const { world, board, log, logged, timeTold } = setup(t);
  assert.deepEqual(logged(), []);
  log("tracker: connected");
  world.tick(5900);
  log("gnss: no fix: needs open sky");
  assert.deepEqual(board.lines, ["tracker: connected", "gnss: no fix: needs open sky"]);
  assert.deepEqual(
    logged(),
    [
      [0, "tracker: connected"],
      [5000, "gnss: no fix: needs open sky"],
    ],
    "how long the board ran",
  );
  timeTold(Witness.Network, NOON);
  assert.deepEqual(
    logged()?.map(([time_ms]) => time_ms),
    [NOON - 5900, NOON - 900],
    "the time, once it is known",
  );
});

test("what is said before the clock is started has its time, too", (t) => {
  const world = install({ now: NOON, toFake: ["Date"] });
  t.after(() => world.uninstall());
  switchOn();
  const { log, logged, startClock } = boot();
  log("espruino-thingsboard");
  world.tick(3000);
  startClock(false);
  log("tracker: connected");
  assert.deepEqual(logged(), [
    [NOON + 3000, "espruino-thingsboard"],
    [NOON + 3000, "tracker: connected"],
  ]);
});

test("a line is one line, and no longer than 160 characters", (t) => {
  const { board, log, logged } = setup(t);
  const error = `Uncaught Error\n${" at f\n".repeat(100)}`;
  log(error);
  log("next");
  assert.equal(board.lines[0], error);
  assert.deepEqual(logged(), [
    [0, error.slice(0, 160).replaceAll("\n", " ")],
    [0, "next"],
  ]);
});

for (const length of [1, 20, 60, 160, 1000])
  test(`the last lines are kept, of ${length} characters: they fit into one packet`, (t) => {
    const { world, log, logged } = setup(t);
    const said = Array.from({ length: 500 }, (_, i) => `${i}`.padEnd(length, '"'));
    for (const line of said) {
      log(line);
      world.tick(10_000);
    }
    const kept = (logged() ?? []).map(([, line]) => line);
    assert.deepEqual(kept, said.map((line) => line.slice(0, 160)).slice(-kept.length));
    assert.ok(kept.length >= 4 && kept.length <= 24, `${kept.length}`);
    assert.ok(JSON.stringify(logged()).length < 2000);
  });

test("a build without it prints alone", () => {
  const board = switchOn();
  const { log, logged } = bootWithout();
  log("tracker: connected");
  assert.deepEqual(board.lines, ["tracker: connected"]);
  assert.equal(logged(), undefined);
});
