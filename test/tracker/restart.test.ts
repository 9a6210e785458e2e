import assert from "node:assert/strict";
import { test } from "node:test";
import { Word } from "../../firmware/tracker/kept.ts";
import { Ended } from "../../firmware/tracker/restart.ts";
import { Reboot, switchOn } from "./espruino.ts";
import { createTracker, type FakeTracker, unopened } from "./tracker-rig.ts";

const ALONE = { recovery: false };

function restarted(tracker: FakeTracker, how: Ended.Crash | Ended.Wanted, why: string): void {
  assert.throws(() => tracker.parts.restart.restart(how, why), Reboot);
}

test("keeps why, cut short, and what was counted", (t) => {
  const tracker = createTracker(t);
  tracker.start(ALONE);
  tracker.parts.journal.state[Word.Dropped] = 5;
  restarted(tracker, Ended.Crash, `Error: "${"x".repeat(2000)}`);
  tracker.start(ALONE);
  assert.equal(tracker.parts.journal.state[Word.Dropped], 5);
  const [sample] = JSON.parse(tracker.parts.outbox.take());
  assert.equal(sample.ts, Date.UTC(2026, 5, 1, 12));
  assert.equal(sample.values.crash, `Error: "${"x".repeat(292)}`);
});

test("of the longest text, all of it escaped", (t) => {
  const tracker = createTracker(t);
  tracker.start(ALONE);
  const text = "\"\\'".repeat(200);
  restarted(tracker, Ended.Crash, text);
  tracker.start(ALONE);
  assert.equal(JSON.parse(tracker.parts.outbox.take())[0].values.crash, text.slice(0, 300));
});

test("notes how the run ended; the next start reads it once", (t) => {
  const tracker = createTracker(t);
  tracker.start(ALONE);
  for (const how of [Ended.Crash, Ended.Wanted] as const) {
    restarted(tracker, how, "why");
    assert.equal(tracker.parts.journal.state[Word.Ended], how);
    tracker.start(ALONE);
    assert.equal(tracker.parts.journal.state[Word.Ended], Ended.Untold);
  }
});

test("without a journal still restarts", () => {
  switchOn();
  assert.throws(() => unopened().restart.restart(Ended.Crash, "out of memory"), Reboot);
});
