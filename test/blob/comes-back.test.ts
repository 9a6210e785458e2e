import assert from "node:assert/strict";
import { afterEach, describe, test } from "node:test";
import { createWorld, type WorldChanges } from "./world.ts";

let world: ReturnType<typeof createWorld> | undefined;
afterEach(async () => {
  await world?.stop();
  world = undefined;
});

function start(changes?: WorldChanges) {
  world = createWorld(changes);
  return world;
}

describe("the tracker comes back", () => {
  const LATER_S = 1200;

  async function reports(change: (w: ReturnType<typeof createWorld>) => void | Promise<void>) {
    const w = start();
    await w.run(60);
    await change(w);
    await w.run(LATER_S);
    const { state, dropped } = w.status();
    assert.deepEqual({ state, dropped }, { state: "online", dropped: 0 });
    const times = w.thingsboard.telemetry("tracker", "Latitude").map(({ ts }) => ts);
    const gaps = times.slice(1).map((ts, i) => ts - (times[i] ?? 0));
    return { w, longest_s: Math.max(...gaps) / 1000 };
  }

  test("after the server restarted", async () => {
    const { longest_s } = await reports((w) => w.thingsboard.faults.restart());
    assert.ok(longest_s <= 20, `${longest_s} s without a fix on the server`);
  });

  test("a server that restarted costs no new PDP context, a lost context does", async () => {
    const { run, thingsboard, modem } = start();
    const commands = async (change: () => void) => {
      const from = modem.transcript.entries.length;
      change();
      await run(60);
      return JSON.stringify(modem.transcript.entries.slice(from));
    };
    await run(60);
    const restarted = await commands(() => thingsboard.faults.restart());
    assert.match(restarted, /AT\+QIOPEN/);
    assert.doesNotMatch(restarted, /AT\+QIACT/);
    const lost = await commands(() => modem.inject.pdpdeact());
    assert.match(lost, /AT\+QIDEACT.*AT\+QIACT.*AT\+QIOPEN/);
  });

  test("after server.disconnect() by hand", async () => {
    await reports((w) => void w.board.evaluate("server.disconnect()"));
  });

  test("after a session that was connected by hand while the tracker waited", async () => {
    const { board, run, runUntil, status, thingsboard, lines } = start();
    await runUntil(/^tracker: connected$/, 60);
    thingsboard.faults.restart();
    await runUntil(/again in/, 60);
    board.evaluate("server.connect()");
    await runUntil(/^tracker: connected$/, 60);
    const from = lines.length;
    await run(600);
    assert.equal(status().state, "online");
    assert.deepEqual(
      lines.slice(from).filter((line) => /again in/.test(line)),
      [],
    );
  });

  test("after a modem that restarts right after the PIN was entered", async () => {
    const { runUntil, run, modem } = start({ modem: { sim: { pin: "1234" } }, config: { pin: "1234" } });
    modem.inject.reset();
    for (let i = 0; i < 600 && !/CPIN=\\?"/.test(modem.transcript.toString()); i++) await run(0.05);
    modem.inject.reset();
    await runUntil(/^tracker: connected$/, 1200);
  });

  test("after PUBACKs got lost: sent again, stored once per ts", async () => {
    const { longest_s } = await reports((w) => {
      w.thingsboard.faults.drop_pubacks = 2;
    });
    assert.ok(longest_s <= 20, `${longest_s} s`);
  });

  test("after samples under way were given up while the modem looked for a network", async () => {
    const { run, runUntil, thingsboard, modem, lines, status } = start();
    await run(60);
    thingsboard.faults.drop_pubacks = 1;
    modem.faults.coverageHole = true;
    await run(15);
    modem.inject.pdpdeact();
    thingsboard.faults.drop_pubacks = 0;
    for (let s = 0; s < 300 && status().server !== "no answer: check host, port"; s++) await run(1);
    assert.equal(status().state, "modem");
    modem.faults.coverageHole = false;
    await runUntil(/^tracker: connected$/, 1200);
    lines.length = 0;
    await run(1200);
    assert.deepEqual(
      lines.filter((line) => line.startsWith("tracker")),
      [],
    );
    assert.equal(status().state, "online");
  });

  test("after the PDP context was lost", async () => {
    await reports((w) => w.modem.inject.pdpdeact());
  });

  test("after the modem restarted by itself", async () => {
    await reports((w) => w.modem.inject.reset());
  });

  test("after the modem's radio was left off by whoever had it before: it was never registered", async () => {
    const { modem, runUntil } = start();
    modem.receive("AT+CFUN=4\r");
    await runUntil(/^tracker: connected$/, 60);
    assert.equal(modem.state.functionality, 1);
  });

  test("after a power cut without coverage: the fixes of before it arrive, too, in order", async () => {
    const { board, modem, run, runUntil, status, thingsboard } = start();
    await runUntil(/^tracker: connected$/, 60);
    modem.faults.coverageHole = true;
    modem.inject.pdpdeact();
    await run(600);
    const waiting = Number(status().waiting);
    // More than the 24 that RAM had room for.
    assert.ok(waiting > 50, `${waiting} wait`);
    board.powerCut();
    await run(5);
    board.boot();
    modem.faults.coverageHole = false;
    await runUntil(/^tracker: connected$/, 1200);
    await run(60);
    const { dropped, waiting: left } = status();
    assert.deepEqual({ dropped, left }, { dropped: 0, left: 0 });
    const latitudes = thingsboard.telemetry("tracker", "Latitude");
    const gaps = latitudes.slice(1).map(({ ts }, i) => Math.abs(ts - (latitudes[i]?.ts ?? 0)));
    // What waits is counted in places of the outbox, and some hold the state; none but fixes is in these.
    assert.ok(latitudes.length > 60, `${latitudes.length}`);
    // A fix each 10 s, in order and none missing; once the receiver starts anew, with the board.
    const missing = gaps.filter((ms) => ms > 12_000);
    assert.ok(missing.length <= 1 && Math.max(...gaps) <= 30_000, `${gaps}`);
    assert.ok(latitudes.every(({ received }) => received === 1));
  });

  test("after a modem that came up, but whose sockets failed for ever: it was never restarted", async () => {
    const { run, modem, thingsboard, status } = start();
    await run(60);
    modem.faults.deadSockets = true;
    thingsboard.faults.drop();
    await run(3600);
    const { state, waiting, modem_resets } = status() as Record<string, unknown>;
    assert.deepEqual({ state, waiting, modem_resets }, { state: "online", waiting: 0, modem_resets: 1 });
  });

  test("after a PDP context on which nothing passed", async () => {
    const { run, modem, thingsboard, status } = start();
    await run(60);
    modem.faults.deadData = true;
    thingsboard.faults.drop();
    // TCP itself comes to an end in both directions here: a new context is no more than one of the sixth try.
    await run(1800);
    const { state, waiting, contexts, modem_resets } = status() as Record<string, unknown>;
    assert.deepEqual(
      { state, waiting, modem_resets },
      { state: "online", waiting: 0, modem_resets: undefined },
    );
    assert.ok(Number(contexts) >= 2);
  });

  test("from a context that is taken away each 25 s: online most of the time, and no fix is late", async () => {
    const { clock, modem, run, status, thingsboard, lines } = start();
    await run(30);
    const late_s: number[] = [];
    thingsboard.on("telemetry", ({ points, received_ms }) => {
      if (points.some(({ key }) => key === "Latitude"))
        for (const { ts } of points) late_s.push((received_ms - ts) / 1000);
    });
    modem.faults.contextLife_s = 25;
    modem.inject.pdpdeact();
    const from_ms = clock.now();
    let online_s = 0;
    while (clock.now() - from_ms < 3600_000) {
      await run(5);
      if (status().state === "online") online_s += 5;
    }
    assert.ok(online_s > 0.7 * 3600, `online ${online_s} s of an hour`);
    assert.ok(Math.max(...late_s) <= 60, `${Math.max(...late_s)} s late at most`);
    assert.ok(late_s.length >= 340, `${late_s.length} fixes`);
    const { dropped, radio_resets, modem_resets, power_cycles, reboots } = status();
    assert.deepEqual(
      { dropped, radio_resets, modem_resets, power_cycles, reboots },
      { dropped: 0, radio_resets: undefined, modem_resets: undefined, power_cycles: undefined, reboots: 0 },
    );
    assert.ok(lines.length > 100);
  });

  for (const error of [565, 566, 569])
    test(`from a context to which each connection is ${error}: a new one after the third`, async () => {
      const { modem, run, runUntil, status, thingsboard, lines } = start();
      await run(60);
      modem.faults.contextOpenError = error;
      thingsboard.faults.drop();
      // 569 is told after 75 s or more.
      await runUntil(/^tracker: connected$/, 900);
      assert.equal(lines.filter((line) => line.includes("again in")).length, 4, "the loss, and three tries");
      await run(30);
      const { contexts, radio_resets, modem_resets, reboots } = status();
      assert.deepEqual(
        { contexts, radio_resets, modem_resets, reboots },
        { contexts: 2, radio_resets: undefined, modem_resets: undefined, reboots: 0 },
      );
    });

  for (const late_s of [1.5, 10, 20])
    test(`a modem that says APP RDY ${late_s} s after it was registered is not taken for restarted`, async () => {
      const { modem, run, runUntil, status, lines } = start();
      await run(60);
      modem.faults.lateReady_ms = late_s * 1000;
      modem.inject.reset();
      await runUntil(/^tracker: connected$/, 300);
      const from = lines.length;
      await run(60);
      assert.equal(status().state, "online");
      assert.deepEqual(
        lines.slice(from).filter((line) => line.startsWith("tracker")),
        [],
      );
    });

  test("a muted AT+QIDEACT keeps the receiver waiting no longer than its 40 s and the search for the modem", async () => {
    const { modem, run, thingsboard, status } = start();
    await run(60);
    modem.faults.muted = new Set(["+QIDEACT"]);
    modem.inject.pdpdeact();
    await run(300);
    modem.faults.muted = new Set();
    await run(300);
    assert.equal(status().state, "online");
    const times = thingsboard.telemetry("tracker", "Latitude").map(({ ts }) => ts);
    const gaps = times.slice(1).map((ts, i) => (ts - (times[i] ?? 0)) / 1000);
    assert.ok(Math.max(...gaps) <= 55, `${Math.max(...gaps)} s without a fix`);
  });

  test("after a modem that never said whether it is registered: the board was rebooted each half hour, no round begun", async () => {
    const { run, modem, lines, status, board } = start({ config: { interval_s: 60 } });
    modem.faults.muted = new Set(["+CEREG"]);
    await run(1900);
    const { waiting, reboots } = status() as { waiting: number; reboots: number };
    assert.equal(reboots, 0);
    // Rounds begin when the first bringing up has come to nothing.
    assert.ok(waiting >= 20, `${waiting} fixes taken`);
    assert.ok(
      lines.some((line) => /no network/.test(line)),
      lines.join("\n"),
    );
    modem.faults.muted = new Set();
    await run(1300);
    assert.equal(status().state, "online");
    assert.equal(status().waiting, 0);
    assert.deepEqual(board.errorFlags, []);
  });

  test("after the modem stopped answering", async () => {
    await reports(async (w) => {
      w.modem.faults.mute = 1;
      await w.run(300);
      w.modem.faults.mute = 0;
    });
  });
});
