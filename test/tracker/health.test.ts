import assert from "node:assert/strict";
import { describe, type TestContext, test } from "node:test";
import { Mode } from "../../firmware/tracker/health.ts";
import { Word } from "../../firmware/tracker/kept.ts";
import { State } from "../../firmware/tracker/recovery.ts";
import { Ended } from "../../firmware/tracker/restart.ts";
import { Reboot } from "./espruino.ts";
import { createTracker, type FakeTracker } from "./tracker-rig.ts";

const MINUTE = 60;
const ALONE = { recovery: false };

/** Rounds come as they should, or not; no modem and no server. */
function started(t: TestContext, rounds = true): FakeTracker {
  const tracker = createTracker(t);
  tracker.start(ALONE);
  if (rounds) tracker.parts.health.due[0] = Number.POSITIVE_INFINITY;
  return tracker;
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
  const CRASH = "boom";

  /** A start that lasts so many seconds, then crashes. */
  function crash(tracker: FakeTracker, after_s: number): void {
    quiet(tracker);
    tracker.run(after_s, ALONE);
    assert.throws(() => tracker.parts.restart.restart(Ended.Crash, CRASH), Reboot);
  }

  /** A start whose rounds come as they should. */
  function quiet(tracker: FakeTracker, options: { bitten?: boolean } = {}): Mode {
    tracker.start({ ...ALONE, ...options });
    tracker.parts.health.due[0] = Number.POSITIVE_INFINITY;
    return tracker.parts.health.mode;
  }

  /** It is online. */
  function connect(tracker: FakeTracker): void {
    const { modem, server, parts } = tracker;
    tracker.parts.recovery.startRecovery(modem, server, () => {});
    tracker.run(5, ALONE);
    assert.equal(parts.recovery.state, State.Online);
  }

  test("five crashes lead to it, if no run between them lasted two minutes", (t) => {
    const tracker = createTracker(t);
    for (let starts = 1; starts <= 5; starts++) {
      assert.equal(quiet(tracker), Mode.Normal, `start ${starts}`);
      crash(tracker, 100);
    }
    assert.equal(quiet(tracker), Mode.Safe);
  });

  test("five power cuts do not, and do not end a row either", (t) => {
    const tracker = createTracker(t);
    for (let starts = 1; starts <= 12; starts++) {
      assert.equal(quiet(tracker), Mode.Normal, `start ${starts}`);
      tracker.run(100, ALONE);
    }
    for (let starts = 1; starts <= 5; starts++) {
      crash(tracker, 50);
      if (starts < 5) assert.equal(quiet(tracker), Mode.Normal);
    }
    assert.equal(quiet(tracker), Mode.Safe);
    // In it, too.
    assert.equal(quiet(tracker), Mode.Safe);
  });

  test("five bites of the watchdog do: they leave no note, but the chip tells", (t) => {
    const tracker = createTracker(t);
    for (let starts = 1; starts <= 5; starts++) {
      assert.equal(quiet(tracker, { bitten: starts > 1 }), Mode.Normal);
      tracker.run(30, ALONE);
    }
    assert.equal(quiet(tracker, { bitten: true }), Mode.Safe);
  });

  test("restarts that the firmware wanted do not, though the chip still tells of an old bite", (t) => {
    const tracker = createTracker(t);
    for (let starts = 1; starts <= 12; starts++) {
      assert.equal(quiet(tracker, { bitten: starts > 1 }), Mode.Normal, `start ${starts}`);
      assert.throws(() => tracker.parts.restart.restart(Ended.Wanted, "modem silent"), Reboot);
    }
  });

  test("a start that lasts ends the row", (t) => {
    const tracker = createTracker(t);
    for (let round = 0; round < 3; round++) {
      // The first of a row may come after any time.
      crash(tracker, 2 * MINUTE);
      for (let starts = 1; starts < 4; starts++) crash(tracker, 100);
    }
    assert.equal(quiet(tracker), Mode.Normal);
  });

  function intoSafe(t: TestContext, crashes = 5): FakeTracker {
    const tracker = createTracker(t);
    for (let starts = 0; starts < crashes; starts++) crash(tracker, 10);
    quiet(tracker);
    return tracker;
  }

  test("ends by itself after five minutes online, without a restart", (t) => {
    const tracker = intoSafe(t);
    assert.equal(tracker.parts.health.mode, Mode.Safe);
    tracker.run(10 * MINUTE, ALONE);
    assert.equal(tracker.parts.health.mode, Mode.Safe, "it is not online yet");
    connect(tracker);
    tracker.run(5 * MINUTE - 20, ALONE);
    assert.deepEqual([tracker.parts.health.mode, tracker.ends], [Mode.Safe, 0]);
    tracker.run(30, ALONE);
    assert.deepEqual([tracker.parts.health.mode, tracker.ends, tracker.reboots], [Mode.Normal, 1, 0]);
  });

  test("ends after an hour, should the server never be reached", (t) => {
    const tracker = intoSafe(t);
    tracker.run(59 * MINUTE, ALONE);
    assert.deepEqual([tracker.parts.health.mode, tracker.ends], [Mode.Safe, 0]);
    tracker.run(2 * MINUTE, ALONE);
    assert.deepEqual([tracker.parts.health.mode, tracker.ends, tracker.reboots], [Mode.Normal, 1, 0]);
  });

  test("after its end one more crash leads back, unless two minutes passed", (t) => {
    const tracker = intoSafe(t);
    tracker.run(60 * MINUTE, ALONE);
    assert.equal(tracker.ends, 1);
    tracker.run(60, ALONE);
    assert.throws(() => tracker.parts.restart.restart(Ended.Crash, CRASH), Reboot);
    assert.equal(quiet(tracker), Mode.Safe);
    tracker.run(61 * MINUTE, ALONE);
    tracker.run(3 * MINUTE, ALONE);
    assert.throws(() => tracker.parts.restart.restart(Ended.Crash, CRASH), Reboot);
    assert.equal(quiet(tracker), Mode.Normal);
  });

  test("a crash in it, whenever, leads to the bare one, which a power cut does not end and an hour does", (t) => {
    const tracker = intoSafe(t);
    tracker.run(30 * MINUTE, ALONE);
    assert.throws(() => tracker.parts.restart.restart(Ended.Crash, CRASH), Reboot);
    assert.equal(quiet(tracker), Mode.Bare);
    assert.equal(quiet(tracker), Mode.Bare, "after a power cut");
    tracker.parts.health.due[0] = 0;
    tracker.run(59 * MINUTE, ALONE);
    assert.equal(tracker.reboots, 0, "nobody expects rounds");
    tracker.run(2 * MINUTE, ALONE);
    assert.deepEqual([tracker.parts.health.mode, tracker.ends], [Mode.Normal, 1]);
  });

  test("in the safe one rounds are expected, as fixes are kept", (t) => {
    const tracker = intoSafe(t);
    tracker.parts.health.due[0] = 6;
    tracker.run(90, ALONE);
    assert.equal(tracker.reboots, 1);
    assert.equal(tracker.parts.health.mode, Mode.Bare);
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
