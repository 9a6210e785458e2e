import assert from "node:assert/strict";
import { test } from "node:test";
import { Reason } from "../../firmware/reason.ts";
import type * as jitters from "../../firmware/tracker/jitter.ts";
import { bootable } from "../modem/fresh.ts";
import { switchOn } from "./espruino.ts";
import { createTracker } from "./tracker-rig.ts";

const boot = bootable<typeof jitters>("tracker/jitter.ts");

test("two trackers whose Math.random is alike, as on Espruino for Linux, do not wait alike", (t) => {
  const tracker = createTracker(t);
  tracker.own_chance = true;
  tracker.refusal = Reason.OpenFailed;
  tracker.random(0.5);
  const delays = ["861234567890123", "861234567890131"].map((imei) => {
    tracker.imei = imei;
    tracker.renew();
    tracker.runTries(8);
    return tracker.delays();
  });
  const [one, other] = delays as [number[], number[]];
  assert.notDeepEqual(one, other);
  assert.ok(
    one.some((delay, i) => Math.abs(delay - (other[i] as number)) > 20),
    `${one} and ${other}`,
  );
});

test("the same tracker does not wait alike again and again", (t) => {
  const tracker = createTracker(t);
  tracker.own_chance = true;
  tracker.refusal = Reason.OpenFailed;
  tracker.random(0.5);
  tracker.start();
  tracker.runTries(12);
  const first = tracker.delays();
  tracker.renew();
  tracker.runTries(12);
  assert.notDeepEqual(tracker.delays(), first);
});

test("whatever it is seeded with, it is from 0 up to, but not including, 1, and evenly so", () => {
  switchOn();
  const { jitter, seedJitter } = boot();
  const tenths = new Array<number>(10).fill(0);
  for (let i = 0; i < 10000; i++) {
    seedJitter(`${861234567890123 + i} ${1780000000000 + i}`);
    const drawn = jitter();
    assert.ok(drawn >= 0 && drawn < 1);
    (tenths[Math.floor(drawn * 10)] as number)++;
  }
  for (const count of tenths) assert.ok(count > 800 && count < 1200, `${tenths}`);
});
