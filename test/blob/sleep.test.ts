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
    // An EC21 has no PSM.
    const asleep = name === "wio-lte" ? "off" : "psm";
    await world.run(300);
    assert.equal(world.modem.state.power, asleep, world.lines.join("\n"));
    const first = world.thingsboard.latest("tracker").length;
    assert.ok(first > 0);
    for (let hour = 1; hour <= 3; hour++) {
      await world.run(3600);
      assert.equal(world.modem.state.power, asleep, world.lines.join("\n"));
    }
    t.diagnostic(world.lines.join("\n"));
    assert.equal(world.lines.filter((line) => line === "sleep: awake for a fix").length, 3);
  });
