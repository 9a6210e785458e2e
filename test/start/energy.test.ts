/** What `npm start` tells of the charge that was used. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { createClock } from "@sinonjs/fake-timers";
import { fromFakeTimers } from "../../scripts/simulator/clock.ts";
import { createMeter } from "../../scripts/simulator/energy/meter.ts";
import type { Reading } from "../../scripts/simulator/energy/reading.ts";
import { energyLine } from "../../scripts/start/energy-line.ts";
import { ENERGY_PATH } from "../../scripts/start/paths.ts";
import { openSite } from "./site-rig.ts";

function used() {
  const timers = createClock(0);
  const meter = createMeter({ clock: fromFakeTimers(timers), board: "rak5010" });
  assert.equal(energyLine(meter.read()), "energy: 0.00 mAh in 0 s, 0.0 mA on average");
  meter.module("idle");
  meter.engine("tracking");
  timers.tick(120_000);
  return meter;
}

test("a line: mAh, mean mA, and what took more than a hundredth, the most first", () => {
  assert.equal(
    energyLine(used().read()),
    "energy: 1.70 mAh in 120 s, 51.0 mA on average: gnss 70 %, modem 30 %",
  );
});

test("the HTTP tells it to whoever asks", async (t) => {
  const meter = used();
  const { origin } = await openSite(t, { energy: meter.read });
  const answer = await fetch(`${origin}${ENERGY_PATH}`);
  assert.equal(answer.status, 200);
  const reading = (await answer.json()) as Reading;
  assert.deepEqual(reading, JSON.parse(JSON.stringify(meter.read())));
  assert.ok(reading.loads.gnss > 1);
});
