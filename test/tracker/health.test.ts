import assert from "node:assert/strict";
import { describe, type TestContext, test } from "node:test";
import { Word } from "../../firmware/tracker/journal.ts";
import { Reboot, switchOn } from "./espruino.ts";
import { createTracker, type FakeTracker, unopened } from "./tracker-rig.ts";

const MINUTE = 60;
const ALONE = { recovery: false };

/** Rounds come as they should, or not; no modem and no server. */
function started(t: TestContext, rounds = true): FakeTracker {
  const tracker = createTracker(t);
  tracker.start(ALONE);
  if (rounds) tracker.parts.health.due[0] = Number.POSITIVE_INFINITY;
  return tracker;
}

/** A start that ends after so many seconds. */
function shortStart(tracker: FakeTracker, seconds: number): void {
  tracker.start(ALONE);
  tracker.parts.health.due[0] = Number.POSITIVE_INFINITY;
  tracker.run(seconds, ALONE);
}

describe("the watchdog", () => {
  test("is ours to kick, and is kicked more often than it bites", (t) => {
    const tracker = started(t);
    const { board } = tracker;
    const [seconds, automatic] = board.watchdog ?? [0, true];
    assert.ok(seconds >= 20 && seconds <= 26, `${seconds} s`);
    assert.equal(automatic, false);
    assert.equal(board.kicks, 1, "at once");
    tracker.run(60 * MINUTE, ALONE);
    assert.equal(board.kicks, 361);
    assert.equal(tracker.reboots, 0);
  });

  test("rounds that come in time keep it quiet", (t) => {
    const tracker = started(t, false);
    for (let i = 0; i < 100; i++) {
      tracker.parts.health.due[0] = 70;
      tracker.run(11 * MINUTE, ALONE);
    }
    assert.equal(tracker.reboots, 0);
  });

  test("no rounds: the board restarts, and says so", (t) => {
    const tracker = started(t, false);
    tracker.run(59 * MINUTE, ALONE);
    assert.equal(tracker.reboots, 0, "bringing the modem up may take long");
    tracker.run(2 * MINUTE, ALONE);
    assert.equal(tracker.reboots, 1);
    assert.match(tracker.parts.outbox.take(), /"values":{"crash":"no rounds"}}/);
  });

  test("a round that is overdue", (t) => {
    const tracker = started(t);
    tracker.run(MINUTE, ALONE);
    tracker.parts.health.due[0] = 6;
    tracker.run(MINUTE, ALONE);
    assert.equal(tracker.reboots, 0);
    tracker.run(30, ALONE);
    assert.equal(tracker.reboots, 1);
  });

  test("one AT command that never ends: the board restarts, and says so", (t) => {
    const tracker = started(t);
    tracker.parts.channel.queue.push({} as never);
    tracker.run(5 * MINUTE, ALONE);
    assert.equal(tracker.reboots, 0);
    tracker.run(20, ALONE);
    assert.equal(tracker.reboots, 1);
    assert.match(tracker.parts.outbox.take(), /"values":{"crash":"AT stuck"}}/);
  });

  test("AT commands that follow each other are no stuck channel", (t) => {
    const tracker = started(t);
    for (let i = 0; i < 20; i++) {
      tracker.parts.channel.queue[0] = {} as never;
      tracker.run(4 * MINUTE, ALONE);
    }
    tracker.parts.channel.queue.length = 0;
    tracker.run(60 * MINUTE, ALONE);
    assert.equal(tracker.reboots, 0);
  });
});

describe("safe mode", () => {
  test("five short starts lead to it", (t) => {
    const tracker = createTracker(t);
    for (let starts = 1; starts <= 5; starts++) {
      shortStart(tracker, 100);
      assert.equal(tracker.safe, false, `start ${starts}`);
    }
    tracker.start(ALONE);
    assert.equal(tracker.safe, true);
    tracker.run(3 * 60 * MINUTE, ALONE);
    assert.equal(tracker.reboots, 0, "nobody expects rounds");
  });

  test("a start that lasts ends the row", (t) => {
    const tracker = createTracker(t);
    for (let round = 0; round < 3; round++) {
      for (let starts = 0; starts < 4; starts++) shortStart(tracker, 100);
      shortStart(tracker, 2 * MINUTE);
    }
    tracker.start(ALONE);
    assert.equal(tracker.safe, false);
  });

  test("ends with the start after one in it that lasted", (t) => {
    const tracker = createTracker(t);
    for (let starts = 0; starts < 5; starts++) shortStart(tracker, 10);
    shortStart(tracker, 2 * MINUTE);
    assert.equal(tracker.safe, true);
    tracker.start(ALONE);
    assert.equal(tracker.safe, false);
  });

  test("starts are counted, and short ones in a row never spoil what else is kept", (t) => {
    const tracker = createTracker(t);
    for (let starts = 1; starts <= 600; starts++) {
      tracker.start(ALONE);
      const { state } = tracker.parts.journal;
      assert.equal(state[Word.Starts], starts);
      assert.equal(state[Word.Failures], 0, `failures after ${starts} starts`);
    }
  });
});

describe("restart", () => {
  test("keeps why, cut short, and what was counted", (t) => {
    const tracker = started(t);
    const { health, journal } = tracker.parts;
    journal.state[Word.Dropped] = 5;
    assert.throws(() => health.restart("crash", `Error: "${"x".repeat(2000)}`), Reboot);
    tracker.start(ALONE);
    assert.equal(tracker.parts.journal.state[Word.Dropped], 5);
    const [sample] = JSON.parse(tracker.parts.outbox.take());
    assert.equal(sample.ts, Date.UTC(2026, 5, 1, 12));
    assert.equal(sample.values.crash, `Error: "${"x".repeat(292)}`);
  });

  test("of the longest text, all of it escaped", (t) => {
    const tracker = started(t);
    const text = '"\\'.repeat(200);
    assert.throws(() => tracker.parts.health.restart("crash", text), Reboot);
    tracker.start(ALONE);
    assert.equal(JSON.parse(tracker.parts.outbox.take())[0].values.crash, text.slice(0, 300));
  });

  test("without a journal still restarts", () => {
    switchOn();
    assert.throws(() => unopened().health.restart("crash", "out of memory"), Reboot);
  });
});
