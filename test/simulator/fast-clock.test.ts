/** The world's time, faster than ours. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { createClock } from "@sinonjs/fake-timers";
import { type Clock, fromFakeTimers } from "../../scripts/simulator/clock.ts";
import { createFastClock } from "../../scripts/simulator/fast-clock.ts";

const START_MS = Date.UTC(2026, 5, 1);

function rig() {
  const ours = createClock(1000);
  const base = fromFakeTimers(ours);
  const clock = createFastClock({ base, start_ms: START_MS });
  const seen: string[] = [];
  const at = (name: string, ms: number) =>
    clock.setTimeout(() => seen.push(`${name} ${clock.now() - START_MS}`), ms);
  return { ours, base, clock, seen, at, passed: () => clock.now() - START_MS };
}

test("as ours at first, then so many times faster; it never jumps", () => {
  const { ours, clock, passed } = rig();
  ours.tick(500);
  assert.equal(passed(), 500);
  clock.run(60);
  assert.equal(passed(), 500);
  ours.tick(1000);
  assert.equal(passed(), 60_500);
  clock.run(1);
  assert.equal(passed(), 60_500);
  ours.tick(1000);
  assert.equal(passed(), 61_500);
  assert.equal(clock.times, 1);
});

test("a timer comes when the world's time is there, whatever the speed was when it was set", () => {
  const { ours, clock, seen, at } = rig();
  at("a", 1000);
  at("b", 100_000);
  const c = at("c", 20_000);
  clock.run(10);
  ours.tick(99);
  assert.deepEqual(seen, []);
  ours.tick(1);
  assert.deepEqual(seen, ["a 1000"]);
  clock.clearTimeout(c);
  ours.tick(4900);
  clock.run(1);
  ours.tick(49_999);
  assert.deepEqual(seen, ["a 1000"]);
  ours.tick(1);
  assert.deepEqual(seen, ["a 1000", "b 100000"]);
});

test("another thread's clock has the same time, and its timers follow", () => {
  const { ours, base, clock, passed } = rig();
  const lent = clock.lend();
  const other = createFastClock({ lent, base });
  let rang = 0;
  other.setTimeout(() => {
    rang = other.now() - START_MS;
  }, 3000);
  clock.run(30);
  other.changed();
  ours.tick(100);
  assert.equal(other.now() - START_MS, passed());
  assert.equal(rang, 3000);
  assert.notDeepEqual(clock.lend(), lent);
  clock.giveBack(lent);
  assert.deepEqual(clock.lend(), lent);
});

/** A clock of a thread that gets no turn: nothing that it waits for comes. */
const stuck = (base: Clock): Clock => ({ ...base, setTimeout: () => undefined });

test("while a thread gets no turn time stands still, and what it missed is not caught up with", () => {
  const { ours, base, clock, passed } = rig();
  const lent = clock.lend();
  clock.run(60);
  createFastClock({ lent, base: stuck(base) });
  ours.tick(30);
  const then = passed();
  assert.equal(then, 1800);
  ours.tick(500);
  assert.equal(passed(), then);
  // It has its turn again.
  const again = createFastClock({ lent, base });
  assert.ok(passed() - then <= 600, "no more than a beat");
  const before = passed();
  ours.tick(100);
  assert.equal(passed(), before + 6000);
  assert.equal(again.now(), clock.now());
});

test("a thread whose program does not return is not waited for in the end", () => {
  const { ours, base, clock, passed } = rig();
  clock.run(60);
  createFastClock({ lent: clock.lend(), base: stuck(base) });
  ours.tick(1050);
  const then = passed();
  ours.tick(1000);
  assert.equal(passed(), then + 60_000);
  assert.ok(then <= 6000, `${then} ms`);
});

test("as fast as ours it waits for nobody", () => {
  const { ours, base, clock, passed } = rig();
  createFastClock({ lent: clock.lend(), base: stuck(base) });
  ours.tick(5000);
  assert.equal(passed(), 5000);
});
