import assert from "node:assert/strict";
import { test } from "node:test";
import { energyRow, RUNS, unknownSetting } from "../../scripts/bench/energy.ts";
import { EXPECTED_MAH } from "../../scripts/bench/energy-expected.ts";
import { FAULTY_RUNS } from "../../scripts/bench/energy-faults.ts";
import { isOver } from "../../scripts/bench/row.ts";
import type { Reading } from "../../scripts/simulator/energy/reading.ts";

const used = (mAh: number) => ({
  reading: { mAh, awake_s: 60, radio_s: 30, up_bytes: 600, down_bytes: 400 } as Reading,
  fixes: 24,
});

test("each board and policy that can be measured has its expected figure, and no other", () => {
  const measured = [...RUNS, ...FAULTY_RUNS].filter(({ settings }) => unknownSetting(settings) === undefined);
  assert.deepEqual(
    measured.map(({ name }) => name),
    Object.keys(EXPECTED_MAH),
  );
});

test("5 % worse than expected is over, as is what nobody expects", () => {
  const name = "rak5010, on, each 600 s";
  const expected = EXPECTED_MAH[name] ?? 0;
  assert.equal(isOver(energyRow(name, used(expected * 1.04), 1)), false);
  assert.equal(isOver(energyRow(name, used(expected * 1.06), 1)), true);
  assert.equal(isOver(energyRow(name, used(7 * expected), 7)), false, "of seven days");
  assert.equal(isOver(energyRow("another", used(1), 1)), true);
});

test("the row tells what a fix takes, how long a battery lasts, and what was on for how long", () => {
  assert.equal(
    energyRow("b, p", used(17), 1).name,
    "b, p: 0.71 mAh a fix, 100.0 days, awake 60 s, radio 30 s, 1 kB",
  );
});
