import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { Reason } from "../../firmware/reason.ts";
import { createFlash } from "../../scripts/simulator/espruino/flash.ts";
import { cme, ERROR, ok } from "../modem/fake-serial.ts";
import { createTracker, type FakeTracker } from "./tracker-rig.ts";

const NEARLY_1 = 1 - 1e-9;
const MINUTE = 60;
const HOUR = 3600;

const said = ({ parts }: FakeTracker): Record<string, unknown> => parts.recovery.history({});

/** One letter a failure in a row: a new connection, context, radio, modem, power, board. */
const RUNG_LETTERS = ".crmpb";

function at(fails: { rung: string }[], rung: string): number[] {
  return fails.flatMap((fail, i) => (fail.rung === rung ? [i + 1] : []));
}

describe("what happens", () => {
  for (const reason of [Reason.OpenFailed, Reason.NameUnknown, Reason.OpenTimeout])
    test(`${reason} for ever: a new context after the third, the modem after hours, no power cut, no reboot`, (t) => {
      const tracker = createTracker(t);
      tracker.refusal = reason;
      tracker.random(0.5);
      tracker.start();
      tracker.runTries(40);
      assert.deepEqual(tracker.tries, [
        "context",
        ...Array.from({ length: 39 }, (_, i) =>
          (i + 1) % 36 === 0 ? "modem" : (i + 1) % 3 === 0 ? "context" : "connection",
        ),
      ]);
      const hours = (tracker.tried_s[tracker.tries.indexOf("modem")] as number) / HOUR;
      // At the mean of the delays. A connection that fails takes up to 150 s more each time.
      assert.ok(hours > 2 && hours < 3, `${hours} h`);
      assert.ok((tracker.tried_s[3] as number) < 60, "the first new context soon");
      assert.equal(tracker.reboots, 0);
    });

  test("CONNACK 0 and then the end, for ever: the modem is left alone but for a new context at the 15th", (t) => {
    const tracker = createTracker(t);
    tracker.random(0.5);
    tracker.start();
    for (let i = 0; i < 40; i++) {
      tracker.runTries(1);
      assert.equal(tracker.server.status, true);
      tracker.lose(Reason.ClosedByServer);
    }
    tracker.runTries(1);
    assert.deepEqual(
      at(
        tracker.tries.map((rung) => ({ rung })),
        "context",
      ),
      [1, 16, 31],
    );
    assert.equal(tracker.tries.filter((rung) => rung === "connection").length, 38);
    assert.equal(tracker.reboots, 0);
  });

  test("a login that is refused for ever: nothing of ours is touched", (t) => {
    const tracker = createTracker(t);
    tracker.refusal = Reason.RefusedLogin;
    tracker.random(NEARLY_1);
    tracker.start();
    tracker.runTries(60);
    assert.deepEqual(tracker.tries, ["context", ...Array(59).fill("connection")]);
    assert.equal(Math.max(...tracker.delays()), 600);
    assert.equal(tracker.reboots, 0);
  });

  for (const [name, answers, rungs] of [
    ["a modem that is silent", { AT: undefined, ATE0: undefined }, "cpcpcpcpcpcp"],
    ["no SIM", { "AT+CPIN?": cme(10) }, "cccmcccmcccp"],
    ["a SIM that is locked", { "AT+CPIN?": ok("+CPIN: SIM PUK") }, "cccccccccccc"],
    ["no network", { "AT+CEREG?": ok("+CEREG: 0,2") }, "crcrcmcrcrcm"],
    ["no PDP context", { "AT+QIACT=1": ERROR }, "ccrccrccmccr"],
  ] as const)
    test(`${name}: ${rungs}`, (t) => {
      const tracker = createTracker(t);
      tracker.random(0.5);
      tracker.answers = { ...answers };
      tracker.start();
      assert.equal(
        tracker
          .fails(13)
          .map(
            ({ rung }) => RUNG_LETTERS["connection context radio modem power board".split(" ").indexOf(rung)],
          )
          .join(""),
        rungs,
      );
      // The board's rung is the power's, and a restart when that was in vain.
      assert.equal(tracker.reboots, name === "a modem that is silent" ? 1 : 0);
    });

  test("the reason of a reboot is reported", (t) => {
    const tracker = createTracker(t);
    tracker.random(0);
    tracker.answers = { AT: undefined, ATE0: undefined };
    tracker.start();
    tracker.fails(12);
    tracker.answers = {};
    tracker.run(HOUR);
    assert.equal(tracker.reboots, 1);
    assert.match(tracker.parts.outbox.take(), /"values":{"reboot":"modem silent: check power, UART"}}/);
    assert.equal(said(tracker).reboots, 1);
  });
});

describe("what is proven clears what comes before it", () => {
  test("a server that cannot be reached, and a network that is lost now and then: neither hides the other", (t) => {
    const tracker = createTracker(t);
    tracker.random(0.5);
    tracker.refusal = Reason.OpenFailed;
    tracker.start();
    const noNetwork = () => {
      tracker.serial.answers["AT+CEREG?"] = ok("+CEREG: 0,2");
      tracker.serial.say("\r\nRDY\r\n");
    };
    // Two failures to open: the third will be due a new context.
    tracker.runTries(2);
    noNetwork();
    const lost = tracker.delays().length;
    while (tracker.delays().length < lost + 1) tracker.run(1);
    // The first of its kind: no radio yet.
    tracker.run(5);
    assert.equal(said(tracker).radio_resets, undefined);
    tracker.serial.answers["AT+CEREG?"] = ok("+CEREG: 0,1");
    tracker.tries.length = 0;
    tracker.runTries(2);
    // The third that could not open, of which the network being lost proved nothing.
    assert.equal(tracker.tries[1], "context");
    assert.equal(said(tracker).radio_resets, undefined);
  });

  test("opening proves the network: its failures before that are forgotten", (t) => {
    const tracker = createTracker(t);
    tracker.random(0.5);
    tracker.start();
    for (let i = 0; i < 6; i++) {
      tracker.runTries(1);
      tracker.serial.answers["AT+CEREG?"] = ok("+CEREG: 0,2");
      tracker.lose(Reason.ClosedByServer);
      tracker.serial.say("\r\nRDY\r\n");
      const lost = tracker.delays().length;
      while (tracker.delays().length < lost + 1) tracker.run(1);
      tracker.serial.answers["AT+CEREG?"] = ok("+CEREG: 0,1");
    }
    tracker.runTries(1);
    assert.equal(said(tracker).radio_resets, undefined);
  });

  test("a context that is taken away again and again from one that is accepted in between costs nothing but contexts", (t) => {
    const tracker = createTracker(t);
    tracker.random(0);
    tracker.start();
    for (let i = 0; i < 40; i++) {
      tracker.runTries(1);
      tracker.serial.say('\r\n+QIURC: "pdpdeact",1\r\n');
      tracker.lose(Reason.ContextLost);
    }
    tracker.runTries(1);
    assert.deepEqual(tracker.tries, Array(41).fill("context"));
  });
});

describe("failures in a row", () => {
  test("are forgotten at once when the server acknowledged something", (t) => {
    const tracker = createTracker(t);
    tracker.random(NEARLY_1);
    tracker.start();
    for (let i = 0; i < 4; i++) {
      tracker.runTries(1);
      tracker.parts.recovery.acknowledged();
      tracker.lose(Reason.ClosedByServer);
    }
    assert.deepEqual(tracker.delays(), [10, 10, 10, 10]);
  });

  test("are not by time alone at QoS 1, where something would be", (t) => {
    const tracker = createTracker(t);
    tracker.random(NEARLY_1);
    tracker.start();
    for (let i = 0; i < 4; i++) {
      tracker.runTries(1);
      tracker.run(3 * MINUTE);
      tracker.lose(Reason.ClosedByServer);
    }
    assert.deepEqual(tracker.delays(), [10, 20, 40, 80]);
  });

  test("are at QoS 0 after a minute online, and not before", (t) => {
    const tracker = createTracker(t);
    tracker.random(NEARLY_1);
    tracker.qos = 0;
    tracker.start();
    for (const online_s of [50, 50, 80, 50]) {
      tracker.runTries(1);
      tracker.run(online_s);
      tracker.lose(Reason.ClosedByServer);
    }
    assert.deepEqual(tracker.delays(), [10, 20, 10, 20]);
  });

  test("are forgotten for the next start, too", (t) => {
    const tracker = createTracker(t);
    tracker.refusal = Reason.OpenFailed;
    tracker.random(0);
    tracker.start();
    tracker.runTries(12);
    tracker.refusal = Reason.None;
    tracker.runTries(1);
    tracker.parts.recovery.acknowledged();
    tracker.random(NEARLY_1);
    tracker.start();
    tracker.runTries(1);
    tracker.lose(Reason.ClosedByServer);
    assert.deepEqual(tracker.delays(), [10]);
  });

  test("are not, by a start that comes before", (t) => {
    const tracker = createTracker(t);
    tracker.refusal = Reason.OpenFailed;
    tracker.random(0);
    tracker.start();
    tracker.runTries(5);
    tracker.random(NEARLY_1);
    tracker.start();
    tracker.runTries(1);
    // The third was written down, so this is the fourth again.
    assert.deepEqual(tracker.delays(), [80]);
  });

  test("one loss that several parts tell of is one", (t) => {
    const tracker = createTracker(t);
    tracker.random(NEARLY_1);
    tracker.start();
    tracker.runTries(1);
    tracker.lose(Reason.ClosedByServer);
    tracker.parts.recovery.fail(Reason.OpenTimeout);
    tracker.lose(Reason.ContextLost);
    assert.deepEqual(tracker.delays(), [10]);
    assert.equal(said(tracker).lost, "closed by server");
    tracker.run(15);
    assert.deepEqual(tracker.tries, ["context", "connection"]);
  });

  test("the delay that is said is the delay", (t) => {
    const tracker = createTracker(t);
    tracker.random(0.7);
    tracker.start();
    tracker.run(MINUTE);
    tracker.lose(Reason.ClosedByServer);
    const [delay = 0] = tracker.delays();
    const before = tracker.tries.length;
    tracker.run(delay - 1);
    assert.equal(tracker.tries.length, before);
    tracker.run(1.5);
    assert.equal(tracker.tries.length, before + 1);
  });
});

describe("a reset after any failure changes nothing: the rung that was due is taken, a new context at least", () => {
  for (const [name, change] of [
    ["silent", { answers: { AT: undefined, ATE0: undefined } }],
    ["a modem that refuses", { answers: { "AT+CMEE=1": ERROR } }],
    ["no SIM", { answers: { "AT+CPIN?": cme(10) } }],
    ["no network", { answers: { "AT+CEREG?": ok("+CEREG: 0,2") } }],
    ["no context", { answers: { "AT+QIACT=1": ERROR } }],
    ["no socket", { refusal: Reason.SocketInUse }],
    ["not reached", { refusal: Reason.OpenFailed }],
    ["unanswered", { refusal: Reason.ConnectUnanswered }],
    ["refused", { refusal: Reason.RefusedLogin }],
  ] as const)
    test(name, (t) => {
      const tracker = createTracker(t);
      tracker.random(0);
      Object.assign(tracker, change);
      tracker.start();
      for (const [i, { rung, flash }] of tracker.fails(38).entries()) {
        tracker.chip.bytes.set(flash);
        tracker.start();
        // The start is what the board's rung is.
        const reboots = name === "silent" && (i + 1) % 12 === 0;
        const expected = rung === "connection" || reboots ? "context" : rung;
        assert.equal(tracker.firstRung(), expected, `after failure ${i + 1}`);
      }
    });
});

describe("what happened on the way", () => {
  test("is counted", (t) => {
    const tracker = createTracker(t);
    tracker.random(0);
    tracker.start();
    tracker.run(2 * MINUTE);
    assert.deepEqual(said(tracker), { contexts: 1, reboots: 0, dropped: 0 });
    tracker.refusal = Reason.OpenFailed;
    tracker.lose(Reason.ClosedByServer);
    tracker.runTries(40);
    tracker.refusal = Reason.None;
    tracker.runTries(1);
    assert.deepEqual(said(tracker), {
      reconnects: 1,
      contexts: 13,
      modem_resets: 1,
      reboots: 0,
      dropped: 0,
      lost: "refused: check host, port",
    });
  });

  test("a session that was connected by hand is taken as it is", (t) => {
    const tracker = createTracker(t);
    tracker.random(NEARLY_1);
    tracker.start();
    tracker.run(2 * MINUTE);
    for (let i = 0; i < 3; i++) {
      tracker.refusal = Reason.OpenFailed;
      tracker.lose(Reason.ClosedByServer);
      tracker.refusal = Reason.None;
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
    tracker.parts.clock.startClock(true);
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
