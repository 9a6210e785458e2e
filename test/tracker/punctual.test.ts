/** When rounds begin: so that their fix comes in time, and later where none is to be had. */
import assert from "node:assert/strict";
import { afterEach, describe, test } from "node:test";
import { type Clock, install } from "@sinonjs/fake-timers";
import type * as clocks from "../../firmware/tracker/clock.ts";
import type * as punctuals from "../../firmware/tracker/punctual.ts";
import { bootable } from "../modem/fresh.ts";
import { switchOn } from "./espruino.ts";

const boot = bootable<typeof punctuals & typeof clocks>("tracker/punctual.ts", "tracker/clock.ts");
const HOUR_S = 3600;

let clock: Clock | undefined;
afterEach(() => clock?.uninstall());

/** `round` runs one: its search takes so long, and finds a fix or does not. Gives when that came, s from the start. */
function start(period_s: number, saves: boolean) {
  const its_clock = install({ now: Date.UTC(2026, 5, 1, 12), toFake: ["Date"] });
  clock = its_clock;
  switchOn();
  const parts = boot();
  parts.startClock(false);
  const began_ms = Date.now();
  let wait_ms = 0;
  return {
    ...parts,
    round(took_s: number, is_fix = true, late_ms = 0): number {
      its_clock.tick(wait_ms + late_ms);
      parts.beginRound(period_s, saves);
      parts.beginSearch();
      its_clock.tick(took_s * 1000);
      const came_s = (Date.now() - began_ms) / 1000;
      assert.equal(parts.endSearch(is_fix), took_s * 1000);
      wait_ms = parts.untilNext_ms(period_s, saves);
      return came_s;
    },
    wait_s: () => wait_ms / 1000,
  };
}

describe("a tracker that saves power", () => {
  test("begins so much earlier as a fix takes: they come a period apart", () => {
    const { round } = start(HOUR_S, true);
    const came = [8, 8, 8, 8].map((took_s) => round(took_s));
    assert.deepEqual(
      came.slice(1).map((s, i) => s - (came[i] as number)),
      [HOUR_S - 8, HOUR_S, HOUR_S],
    );
  });

  test("learns that it takes longer, and does not drift", () => {
    const { round } = start(HOUR_S, true);
    for (let i = 0; i < 8; i++) round(8);
    const before = round(8);
    for (let i = 0; i < 12; i++) round(20);
    const after = round(20);
    assert.ok(Math.abs(after - before - 13 * HOUR_S) <= 1, `${after - before}`);
  });

  test("lets one slow search count half", () => {
    const { round } = start(HOUR_S, true);
    for (let i = 0; i < 8; i++) round(8);
    const slow = round(60);
    assert.equal(round(8) - slow, HOUR_S - (60 - 8) - (60 - 8) / 2);
  });

  test("does not come later and later by what its timers are late", () => {
    const { round } = start(HOUR_S, true);
    for (let i = 0; i < 8; i++) round(8);
    const before = round(8);
    for (let i = 0; i < 20; i++) round(8, true, 300);
    assert.equal(round(8) - before, 21 * HOUR_S);
  });

  test("learns nothing of a search that failed, and rests longer after each one more, up to an hour", () => {
    const { round, wait_s } = start(600, true);
    for (let i = 0; i < 4; i++) round(8);
    const usual_s = wait_s();
    const waits = Array.from({ length: 6 }, () => {
      round(120, false);
      return Math.round(wait_s() + 120 - 8);
    });
    assert.equal(usual_s, 600 - 8);
    // The first may be chance.
    assert.deepEqual(
      waits.map((s) => Math.round(s / 100) * 100),
      [600, 1200, 2400, 3600, 3600, 3600],
    );
    round(8);
    assert.ok(Math.abs(wait_s() - usual_s) < 1, "any fix is the end of that");
  });

  test("that hour is no limit to a longer period", () => {
    const { round, wait_s } = start(4 * HOUR_S, true);
    for (let i = 0; i < 5; i++) round(60, false);
    assert.equal(Math.round(wait_s() + 60), 4 * HOUR_S);
  });
});

test("a receiver that is on is asked when the fix is due, whatever the first one took", () => {
  const { round, isWorthOff } = start(10, false);
  const came = [31, 1, 1, 1].map((took_s) => round(took_s));
  assert.equal(isWorthOff(10), false);
  assert.deepEqual(
    came.slice(2).map((s, i) => s - (came[i + 1] as number)),
    [10, 10],
  );
});

test("it is switched off from fix to fix where that is three searches or more, and twenty seconds", () => {
  const { round, isWorthOff } = start(60, false);
  round(31);
  assert.equal(isWorthOff(60), false, "it takes half of it");
  for (let i = 0; i < 6; i++) round(3);
  assert.equal(isWorthOff(60), true);
  assert.equal(isWorthOff(19), false);
});
