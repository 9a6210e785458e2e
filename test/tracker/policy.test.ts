/** Trips, turns and speed: which fixes are kept, why, and when the next is due. */
import assert from "node:assert/strict";
import { afterEach, describe, test } from "node:test";
import { type Clock, install } from "@sinonjs/fake-timers";
import type { DeviceConfig } from "../../firmware/device-config.ts";
import type * as clocks from "../../firmware/tracker/clock.ts";
import type * as journals from "../../firmware/tracker/journal.ts";
import type * as outboxes from "../../firmware/tracker/outbox.ts";
import type * as policies from "../../firmware/tracker/policy.ts";
import type * as trips from "../../firmware/tracker/trip.ts";
import { Why } from "../../firmware/tracker/why.ts";
import { createFlash } from "../../scripts/simulator/espruino/flash.ts";
import { rawFlash } from "../../scripts/simulator/espruino/raw-flash.ts";
import { parseTelemetry } from "../../scripts/simulator/thingsboard/telemetry.ts";
import { bootableParts } from "../modem/fresh.ts";
import { switchOn } from "./espruino.ts";

const boot = bootableParts<{
  clock: typeof clocks;
  journal: typeof journals;
  outbox: typeof outboxes;
  policy: typeof policies;
  trip: typeof trips;
}>({
  clock: "tracker/clock.ts",
  journal: "tracker/journal.ts",
  outbox: "tracker/outbox.ts",
  policy: "tracker/policy.ts",
  trip: "tracker/trip.ts",
});

const NOON_MS = Date.UTC(2026, 5, 1, 12);
const METRE = 1 / 111_194.93;

let clock: Clock | undefined;
afterEach(() => clock?.uninstall());

/** A tracker at 52°N 13°E that is driven by hand: each fix so many metres to the north. */
function start(settings: Partial<DeviceConfig> = {}) {
  clock?.uninstall();
  const its_clock = install({ now: NOON_MS, toFake: ["Date"] });
  clock = its_clock;
  switchOn();
  const { clock: time, journal, outbox, policy, trip } = boot();
  const config = {
    interval_s: 60,
    fix_timeout_s: 60,
    radius_m: 100,
    still_s: 300,
    keys: "lon,lat",
    no_time: "hold",
    extras: "why",
    ...settings,
  } as DeviceConfig;
  time.startClock(false);
  const chip = createFlash({ start: 0, length: 0x8000, pageSize: 4096 });
  journal.openJournal(rawFlash(chip), 0, chip.length);
  outbox.useSettings(config);
  policy.startPolicy(config);
  /** What was kept since this was asked last, in order. */
  function kept(): { ts: number; why: unknown; zone?: unknown }[] {
    const all: { ts: number; why: unknown; zone?: unknown }[] = [];
    for (let text = outbox.take(); text; text = outbox.take()) {
      outbox.settle(true);
      for (const { ts, values } of parseTelemetry(text)) {
        const { why, zone } = Object.fromEntries(values);
        all.push({ ts: ts as number, why, ...(zone !== undefined && { zone }) });
      }
    }
    return all.sort((a, b) => a.ts - b.ts);
  }
  return {
    config,
    policy,
    trip,
    kept,
    /** A fix so many metres from the start, so many seconds after the one before: the words of what is kept. */
    fix(metres: number, after_s: number, more: Record<string, number> = {}, cause = Why.Interval): string {
      its_clock.tick(after_s * 1000);
      policy.judge(
        { time_ms: its_clock.now, latitude: 52 + metres * METRE, longitude: 13, hdop: 1, ...more },
        cause,
      );
      return kept()
        .map(({ why }) => why)
        .join(" ");
    },
  };
}

test("as it was: without heartbeat_s each fix is kept, and the next is due after interval_s", () => {
  const tracker = start();
  for (const metres of [0, 0, 0, 1000, 5000, 5000, 5000, 5000, 5000, 5000, 5000, 5000])
    assert.equal(tracker.fix(metres, 60), "interval");
  assert.equal(tracker.policy.period_s(), 60);
  assert.equal(tracker.fix(0, 3, {}, Why.Call), "call");
});

describe("a trip", () => {
  test("begins where radius_m is left, and ends after still_s within it", () => {
    const tracker = start({ heartbeat_s: 3600 });
    assert.equal(tracker.fix(0, 0), "interval");
    // Still as the board started: no trip ends.
    for (let s = 60; s <= 300; s += 60) assert.equal(tracker.fix(3, 60), "interval");
    assert.equal(tracker.policy.period_s(), 3600);
    assert.equal(tracker.fix(40, 3600), "heartbeat");
    assert.equal(tracker.fix(300, 3600), "start");
    assert.equal(tracker.policy.period_s(), 60);
    assert.equal(tracker.fix(1300, 60), "interval");
    assert.equal(tracker.fix(2300, 60), "interval");
    for (let s = 60; s < 300; s += 60) assert.equal(tracker.fix(2310, 60), "interval");
    assert.equal(tracker.fix(2290, 60), "stop");
    assert.equal(tracker.policy.period_s(), 3600);
    assert.equal(tracker.fix(2290, 3600), "heartbeat");
  });

  test("does not begin by what a fix may be off", () => {
    const tracker = start({ heartbeat_s: 3600 });
    for (let s = 0; s <= 300; s += 60) tracker.fix(0, 60);
    assert.equal(tracker.fix(190, 3600, { hdop: 20 }), "heartbeat");
    assert.equal(tracker.fix(202, 3600, { hdop: 20 }), "start");
  });

  test("goes on in a traffic jam, and as slowly as radius_m in still_s", () => {
    const tracker = start({ heartbeat_s: 3600 });
    tracker.fix(0, 60);
    assert.equal(tracker.fix(500, 60), "start");
    for (let metres = 500; metres < 1500; metres += 30) assert.equal(tracker.fix(metres, 60), "interval");
    assert.equal(tracker.policy.period_s(), 60);
  });

  test("is watched each watch_s, and kept each interval_s", () => {
    const tracker = start({ heartbeat_s: 3600, watch_s: 10 });
    tracker.fix(0, 10);
    assert.equal(tracker.policy.period_s(), 10);
    assert.equal(tracker.fix(200, 10), "start");
    const words = Array.from({ length: 24 }, (_, i) => tracker.fix(300 + 100 * i, 10));
    assert.deepEqual(
      words.flatMap((word, i) => (word ? [[word, i]] : [])),
      [5, 11, 17, 23].map((i) => ["interval", i]),
    );
  });

  test("the accelerometer ends stillness, and nothing comes of a false alarm", () => {
    const tracker = start({ heartbeat_s: 3600 });
    for (let s = 0; s <= 300; s += 60) tracker.fix(0, 60);
    assert.equal(tracker.policy.moved(), true, "a fix is wanted");
    assert.equal(tracker.policy.moved(), false, "that is known");
    assert.equal(tracker.policy.period_s(), 60);
    assert.equal(tracker.fix(0, 1), "motion");
    for (let s = 60; s < 300; s += 60) assert.equal(tracker.fix(0, 60), "interval");
    assert.equal(tracker.fix(0, 60), "interval");
    assert.equal(tracker.policy.period_s(), 3600);
    tracker.policy.moved();
    assert.equal(tracker.fix(20, 1), "motion");
    assert.equal(tracker.fix(400, 60), "start");
  });

  test("shaking holds it, wherever it is", () => {
    const tracker = start({ heartbeat_s: 3600 });
    tracker.fix(0, 60);
    tracker.fix(500, 60);
    for (let s = 0; s < 1200; s += 60) {
      tracker.policy.moved();
      assert.equal(tracker.fix(500, 60), "interval");
    }
  });

  test("heartbeat_s that is taken away ends stillness", () => {
    const tracker = start({ heartbeat_s: 3600 });
    for (let s = 0; s <= 300; s += 60) tracker.fix(0, 60);
    delete tracker.config.heartbeat_s;
    assert.equal(tracker.policy.period_s(), 60);
    assert.equal(tracker.fix(0, 60), "heartbeat");
    assert.equal(tracker.fix(0, 60), "interval");
  });
});

describe("a turn", () => {
  const at = (course_deg: number, speed_kmh = 50) => ({ course_deg, speed_kmh });

  test("is told where the course is another one by turn_deg than at the fix before", () => {
    const tracker = start({ turn_deg: 45, watch_s: 5 });
    assert.equal(tracker.fix(0, 5, at(350)), "interval");
    assert.equal(tracker.fix(100, 5, at(20)), "");
    assert.equal(tracker.fix(200, 5, at(34)), "");
    assert.equal(tracker.fix(300, 5, at(36)), "turn");
    assert.equal(tracker.fix(400, 5, at(80)), "");
    assert.equal(tracker.fix(500, 5, at(81)), "turn");
  });

  test("is none where it hardly moves, or has no course", () => {
    const tracker = start({ turn_deg: 45, watch_s: 5 });
    tracker.fix(0, 5, at(0));
    assert.equal(tracker.fix(1, 5, at(180, 4.9)), "");
    assert.equal(tracker.fix(1, 5, { speed_kmh: 50 }), "");
    assert.equal(tracker.fix(1, 5, at(180, 5)), "turn");
  });
});

describe("too high a speed", () => {
  const at = (speed_kmh: number) => ({ speed_kmh });

  test("is told once, after overspeed_s, and again after it was calm", () => {
    const tracker = start({ overspeed_kmh: 100, overspeed_s: 10, watch_s: 5 });
    tracker.fix(0, 5, at(100));
    const words = [101, 120, 130, 130, 99, 130, 130, 130, 90, 101, 101, 101].map((speed) =>
      tracker.fix(0, 5, at(speed)),
    );
    assert.deepEqual(words, ["", "", "overspeed", "", "", "", "", "", "", "", "", "overspeed"]);
  });

  test("for less time is nothing, and an unknown speed neither", () => {
    const tracker = start({ overspeed_kmh: 100, overspeed_s: 10, watch_s: 5 });
    tracker.fix(0, 5, at(100));
    const words = [110, 110, 100, 110, 110, 80, 110].map((speed) => tracker.fix(0, 5, at(speed)));
    assert.equal(words.join(""), "");
    assert.equal(tracker.fix(0, 5), "");
    assert.equal(tracker.fix(0, 5, at(110)), "overspeed");
  });
});

test("what happens at once is each a fix, a millisecond apart, and a zone's event has its name", () => {
  const tracker = start({
    heartbeat_s: 3600,
    overspeed_kmh: 50,
    zones: {
      depot: { latitude: 52, longitude: 13, radius: 200 },
      town: { latitude: 52, longitude: 13, radius: 500 },
    },
  });
  tracker.fix(0, 60);
  clock?.tick(60_000);
  const now = (clock as Clock).now;
  const event = tracker.policy.judge(
    { time_ms: now, latitude: 52 + 1000 * METRE, longitude: 13, speed_kmh: 80, hdop: 1 },
    Why.Interval,
  );
  assert.equal(event, true);
  assert.deepEqual(tracker.kept(), [
    { ts: now, why: "start" },
    { ts: now + 1, why: "overspeed" },
    { ts: now + 2, why: "exit", zone: "depot" },
    { ts: now + 3, why: "exit", zone: "town" },
  ]);
});
