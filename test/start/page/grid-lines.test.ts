import assert from "node:assert/strict";
import { test } from "node:test";
import { gridDecimals, gridLines, gridStep_deg } from "../../../scripts/start/page/grid-lines.ts";

test("steps are round, and far enough from each other, at any zoom", () => {
  for (let zoom = 0; zoom <= 19; zoom++) {
    const deg_per_px = 360 / 256 / 2 ** zoom;
    const step_deg = gridStep_deg(deg_per_px);
    const px = step_deg / deg_per_px;
    assert.ok(px >= 110 && px <= 2.5 * 110 + 1e-6, `zoom ${zoom}: ${px} px`);
    assert.match(step_deg.toExponential(3), /^[125]\.000e/);
  }
});

test("as many decimals as tell lines apart", () => {
  assert.deepEqual([50, 1, 0.5, 0.02, 0.001].map(gridDecimals), [0, 0, 1, 2, 3]);
});

test("lines stand at multiples of the step", () => {
  assert.deepEqual(gridLines(-3, 7, 5), [-0, 5]);
  assert.deepEqual(
    gridLines(13.39, 13.42, 0.01).map((line) => line.toFixed(2)),
    ["13.39", "13.40", "13.41", "13.42"],
  );
});
