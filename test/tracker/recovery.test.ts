import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { createFlash } from "../../scripts/simulator/espruino/flash.ts";
import { createTracker, type FakeTracker } from "./tracker-rig.ts";

const LADDER = "context socket socket context context radio radio modem modem power power power".split(" ");
/** The longest delays, seconds. */
const RANGES = [10, 20, 40, 80, 160, 320, 600, 600, 600, 600, 600, 600];
const NEARLY_1 = 1 - 1e-9;

const said = ({ parts }: FakeTracker): Record<string, unknown> => parts.recovery.history({});
const MINUTE = 60;

describe("the ladder", () => {
  test("each failure goes further: what is tried, in order, and then the board is rebooted", (t) => {
    const tracker = createTracker(t);
    tracker.refusal = "no answer";
    tracker.random(0);
    tracker.start();
    tracker.runTries(12);
    assert.deepEqual(tracker.tries, LADDER);
    assert.equal(tracker.reboots, 0);
    tracker.run(5);
    assert.equal(tracker.reboots, 1);
  });

  for (const [name, random, ranges] of [
    ["the least", 0, RANGES.map(() => 1)],
    ["in between", 0.5, RANGES.map((most) => 1 + most / 2)],
    ["the most", NEARLY_1, RANGES],
  ] as const)
    test(`delays are at random, in a range that doubles, up to ten minutes: ${name}`, (t) => {
      const tracker = createTracker(t);
      tracker.refusal = "no answer";
      tracker.random(random);
      tracker.start();
      tracker.runTries(12);
      assert.deepEqual(tracker.delays(), ranges);
    });

  test("the delay that is said is the delay", (t) => {
    const tracker = createTracker(t);
    tracker.random(0.7);
    tracker.start();
    tracker.run(MINUTE);
    tracker.lose("connection lost");
    const [delay = 0] = tracker.delays();
    const before = tracker.tries.length;
    tracker.run(delay - 1);
    assert.equal(tracker.tries.length, before);
    tracker.run(1.5);
    assert.equal(tracker.tries.length, before + 1);
  });

  test("after the reboot the tries are 30 and 60 minutes apart, and each twelfth failure reboots", (t) => {
    const tracker = createTracker(t);
    tracker.refusal = "no answer";
    tracker.random(NEARLY_1);
    tracker.start();
    tracker.runTries(12);
    for (const reboots of [1, 2, 3, 4]) {
      tracker.runTries(12);
      assert.equal(tracker.reboots, reboots);
      const [first, ...others] = tracker.delays();
      assert.ok(first === 1800 || (first === 3600 && reboots > 1));
      assert.deepEqual(others, Array(11).fill(3600));
      assert.deepEqual(tracker.tries.splice(0, tracker.tries.length - 12).length, 12);
    }
    assert.deepEqual(tracker.tries, ["context", ...Array(11).fill("power")]);
  });

  test("the reason of the reboot is reported", (t) => {
    const tracker = createTracker(t);
    tracker.refusal = "no answer";
    tracker.random(0);
    tracker.start();
    tracker.runTries(12);
    tracker.refusal = "";
    tracker.run(30);
    assert.equal(tracker.reboots, 1);
    assert.match(tracker.parts.outbox.take(), /"values":{"reboot":"no answer"}}/);
    assert.equal(said(tracker).reboots, 1);
  });

  test("a modem that does not come up climbs it as well", (t) => {
    const tracker = createTracker(t);
    tracker.random(0);
    tracker.start();
    const serial = () => tracker.serial.answers;
    for (let failures = 0; failures < 11; failures = tracker.delays().length) {
      serial()["AT+QIDEACT=1"] = "\r\nERROR\r\n";
      serial()['AT+QICSGP=1,1,"iot.example","","",0;+QIACT=1'] = "\r\n+CME ERROR: 30\r\n";
      tracker.run(10);
      if (tracker.clock.now > Date.UTC(2026, 5, 3)) break;
    }
    const { contexts, radio_resets, modem_resets, power_cycles } = said(tracker);
    assert.deepEqual(
      { contexts, radio_resets, modem_resets, power_cycles },
      {
        contexts: 3,
        radio_resets: 2,
        modem_resets: 2,
        power_cycles: 2,
      },
    );
  });
});

describe("a server that refuses", () => {
  test("is asked again and again, and nothing of ours is restarted", (t) => {
    const tracker = createTracker(t);
    tracker.refusal = "refused: check login";
    tracker.random(NEARLY_1);
    tracker.start();
    tracker.runTries(60);
    assert.deepEqual(tracker.tries, ["context", ...Array(59).fill("socket")]);
    assert.equal(tracker.reboots, 0);
    assert.equal(Math.max(...tracker.delays()), 600);
  });

  test("with other faults in between: those climb", (t) => {
    const tracker = createTracker(t);
    tracker.random(0);
    tracker.start();
    tracker.run(MINUTE);
    tracker.tries.length = 0;
    tracker.refusal = "refused";
    tracker.lose("connection lost");
    tracker.runTries(3);
    tracker.refusal = "no answer";
    tracker.runTries(1);
    tracker.refusal = "refused";
    tracker.runTries(2);
    assert.deepEqual(tracker.tries, ["socket", "socket", "socket", "socket", "radio", "socket"]);
  });
});

describe("failures in a row", () => {
  test("are forgotten after a minute online", (t) => {
    const tracker = createTracker(t);
    tracker.random(NEARLY_1);
    tracker.start();
    tracker.run(2 * MINUTE);
    for (let i = 0; i < 4; i++) {
      tracker.lose("connection lost");
      tracker.run(10 + 2);
      assert.equal(tracker.parts.recovery.reason, "");
      tracker.run(MINUTE + 15);
    }
    assert.deepEqual(tracker.delays(), [10, 10, 10, 10]);
    assert.deepEqual(tracker.tries, ["context", "socket", "socket", "socket", "socket"]);
  });

  test("are not before", (t) => {
    const tracker = createTracker(t);
    tracker.random(NEARLY_1);
    tracker.start();
    tracker.run(2 * MINUTE);
    for (const most of [10, 20, 40]) {
      tracker.lose("connection lost");
      tracker.run(most + 5);
      assert.equal(tracker.parts.recovery.reason, "");
      tracker.run(50);
    }
    assert.deepEqual(tracker.delays(), [10, 20, 40]);
    assert.equal(tracker.tries.at(-1), "context");
  });

  test("are forgotten for the next start, too", (t) => {
    const tracker = createTracker(t);
    tracker.refusal = "no answer";
    tracker.random(0);
    tracker.start();
    tracker.runTries(12);
    tracker.refusal = "";
    tracker.run(3 * MINUTE);
    assert.equal(tracker.reboots, 1);
    tracker.random(NEARLY_1);
    tracker.start();
    tracker.run(MINUTE);
    tracker.lose("connection lost");
    assert.deepEqual(tracker.delays(), [10]);
  });

  test("are not, by a start that comes before", (t) => {
    const tracker = createTracker(t);
    tracker.refusal = "no answer";
    tracker.random(0);
    tracker.start();
    tracker.runTries(12);
    tracker.run(20);
    tracker.refusal = "no answer";
    tracker.random(NEARLY_1);
    tracker.start();
    tracker.runTries(1);
    assert.deepEqual(tracker.delays(), [1800]);
  });

  test("one loss that several parts tell of is one", (t) => {
    const tracker = createTracker(t);
    tracker.random(NEARLY_1);
    tracker.start();
    tracker.run(2 * MINUTE);
    tracker.lose("connection lost");
    tracker.parts.recovery.fail("no answer: check host, port");
    tracker.lose("PDP context lost");
    assert.deepEqual(tracker.delays(), [10]);
    assert.equal(said(tracker).lost, "connection lost");
    tracker.run(15);
    assert.deepEqual(tracker.tries, ["context", "socket"]);
  });
});

describe("what happened on the way", () => {
  test("is counted", (t) => {
    const tracker = createTracker(t);
    tracker.random(0);
    tracker.start();
    tracker.run(2 * MINUTE);
    assert.deepEqual(said(tracker), { contexts: 1, reboots: 0, dropped: 0 });
    tracker.refusal = "no answer";
    tracker.lose("connection lost");
    tracker.runTries(8);
    tracker.refusal = "";
    tracker.runTries(1);
    assert.deepEqual(said(tracker), {
      reconnects: 1,
      contexts: 3,
      radio_resets: 2,
      modem_resets: 2,
      power_cycles: 1,
      reboots: 0,
      dropped: 0,
      lost: "no answer",
    });
  });

  test("a session that was connected by hand is taken as it is", (t) => {
    const tracker = createTracker(t);
    tracker.random(NEARLY_1);
    tracker.start();
    tracker.run(2 * MINUTE);
    for (let i = 0; i < 3; i++) {
      tracker.refusal = "no answer";
      tracker.lose("connection lost");
      tracker.refusal = "";
      tracker.server.status = true;
      tracker.serial.commands = [];
      tracker.run(50);
      assert.deepEqual(tracker.serial.commands, []);
      assert.equal(tracker.parts.recovery.reason, "");
    }
  });

  test("the clock the network told is taken", (t) => {
    const tracker = createTracker(t);
    const told: number[] = [];
    tracker.start();
    Object.assign(globalThis, { setTime: (seconds: number) => told.push(seconds) });
    tracker.parts.outbox.useSettings({ no_time: "hold", keys: "" }, true);
    tracker.run(10);
    assert.deepEqual(told, [Date.UTC(2026, 6, 4, 8, 9, 10) / 1000]);
  });
});

test("a board whose flash never had a journal before starts at zero", (t) => {
  const tracker = createTracker(t);
  tracker.chip.bytes.set(createFlash(tracker.chip).bytes);
  tracker.start();
  assert.deepEqual(said(tracker), { contexts: 1, reboots: 0, dropped: 0 });
});
