/** `power` "save" on each board that can sleep: its own blob, on the simulated board. */
import assert from "node:assert/strict";
import { type TestContext, test } from "node:test";
import type { BoardName } from "../../scripts/boards.ts";
import { boardSpecs } from "../../scripts/simulator/espruino/specs.ts";
import { builtBlob } from "../device/rig.ts";
import { createWorld, type WorldChanges } from "./world.ts";

const BOARDS: BoardName[] = ["rak5010", "rak8212", "wio-lte"];

function start(t: TestContext, name: BoardName, config: object, changes: WorldChanges = {}) {
  const world = createWorld({
    spec: boardSpecs[name],
    blob: builtBlob(name),
    config: { power: "save", interval_s: 3600, ...config },
    ...(name === "wio-lte" && { modem: { model: "EC21" } }),
    ...changes,
  });
  t.after(() => world.stop());
  return world;
}

for (const name of BOARDS)
  test(`${name}: each hour a fix is uploaded, and in between the modem is off`, async (t) => {
    const world = start(t, name, {});
    await world.run(300);
    assert.equal(world.modem.state.power, "psm", world.lines.join("\n"));
    const first = world.thingsboard.latest("tracker").length;
    assert.ok(first > 0);
    for (let hour = 1; hour <= 3; hour++) {
      await world.run(3600);
      assert.equal(world.modem.state.power, "psm", world.lines.join("\n"));
    }
    t.diagnostic(world.lines.join("\n"));
    assert.equal(world.lines.filter((line) => line === "sleep: awake for a fix").length, 3);
  });

test("rak5010: the modem that goes to PSM by itself, as the next round is too soon for us to, is woken by its key; no fix is lost", async (t) => {
  const world = start(
    t,
    "rak5010",
    { interval_s: 50, window_s: 1 },
    {
      modem: { coverage: { release_ms: 2000 } },
    },
  );
  await world.run(600);
  const slept = world.modem.transcript.bytes("modem").split("PSM POWER DOWN").length - 1;
  assert.ok(slept > 5, `${slept}`);
  const times = [...new Set(world.thingsboard.telemetry("tracker", "Latitude").map(({ ts }) => ts))];
  assert.ok(times.length >= 11, world.lines.join("\n"));
  for (const line of world.lines) assert.doesNotMatch(line, /silent|powered down|reset/);
});
