import assert from "node:assert/strict";
import { test } from "node:test";
import { batteryDays, current_mA } from "../../../scripts/start/page/energy-figures.ts";

test("mA from one reading to the next, and days on 2,000 mAh", () => {
  assert.equal(current_mA({ seconds: 10, mAh: 1 }, { seconds: 46, mAh: 1.5 }), 50);
  assert.equal(batteryDays(10), 2000 / 240);
});

test("no current where no time went by, or the meter began anew", () => {
  assert.equal(current_mA({ seconds: 10, mAh: 1 }, { seconds: 10, mAh: 1 }), undefined);
  assert.equal(current_mA({ seconds: 10, mAh: 1 }, { seconds: 1, mAh: 0 }), undefined);
});
