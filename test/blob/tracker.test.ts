import assert from "node:assert/strict";
import { afterEach, describe, test } from "node:test";
import { TOKEN } from "./peers.ts";
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

describe("the tracker", () => {
  test("reports each fix with its time and is acknowledged", async () => {
    const { run, thingsboard, board, status } = start();
    await run(120);
    const latitudes = thingsboard.telemetry("tracker", "Latitude");
    assert.ok(latitudes.length >= 10, `${latitudes.length} fixes`);
    assert.ok(latitudes.every(({ received }) => received === 1));
    assert.ok(latitudes.every(({ value }) => Math.abs(Number(value) - 52.52) < 0.05));
    // The first one waited for the receiver's start.
    const steps = latitudes.slice(2).map(({ ts }, i) => ts - (latitudes[i + 1]?.ts ?? 0));
    assert.ok(
      steps.every((ms) => Math.abs(ms - 10000) <= 1000),
      `steps of ${steps}`,
    );
    const { state, sent, waiting, dropped } = status();
    assert.deepEqual({ state, waiting, dropped }, { state: "online", waiting: 0, dropped: 0 });
    // And one report of how it came online.
    assert.equal(sent, latitudes.length + 1);
    assert.equal(thingsboard.telemetry("tracker", "reboots").length, 1);
    assert.deepEqual(board.errorFlags, []);
  });

  test("uses no more memory after an hour than after a minute", async () => {
    const { run, board } = start();
    await run(65);
    const before = board.memory().usage;
    await run(3600);
    assert.ok(board.memory().usage <= before + 5, `${before} to ${board.memory().usage}`);
  });

  test("answers its RPC methods", async () => {
    const { run, thingsboard } = start();
    await run(60);
    const call = async (method: string, params?: unknown) => {
      const reply = thingsboard.rpc("tracker", method, params);
      await run(2);
      return (await reply) as Record<string, unknown>;
    };
    assert.ok(Math.abs(Number((await call("getPosition")).latitude) - 52.52) < 0.05);
    assert.equal((await call("getStatus")).state, "online");
    assert.deepEqual(await call("setInterval", { interval_s: 3 }), { interval_s: 3 });
    assert.deepEqual(await call("setInterval", 4), { interval_s: 4 });
    assert.deepEqual(await call("setInterval", 0), { error: "interval_s: must be whole, 1 to 86400" });
    assert.deepEqual(await call("setInterval", "soon"), { error: "interval_s: must be whole, 1 to 86400" });
    assert.deepEqual(await call("selfDestruct"), { error: "unknown method selfDestruct" });
    const before = thingsboard.telemetry("tracker", "Latitude").length;
    await run(40);
    assert.ok(thingsboard.telemetry("tracker", "Latitude").length >= before + 9, "every 4 s");
  });

  test("a request by the name of its own question for the limits is a request like any other", async () => {
    const { run, thingsboard } = start();
    await run(60);
    const answer = thingsboard.rpc("tracker", "getSessionLimits");
    await run(5);
    assert.deepEqual(await answer, { error: "unknown method getSessionLimits" });
    const position = thingsboard.rpc("tracker", "getPosition");
    await run(5);
    assert.ok(Number(((await position) as { latitude: number }).latitude) > 52);
  });

  test("a burst of calls is answered, every one", async () => {
    const { run, thingsboard } = start();
    await run(60);
    const replies = Promise.all(Array.from({ length: 8 }, () => thingsboard.rpc("tracker", "getPosition")));
    await run(10);
    assert.equal((await replies).length, 8);
  });

  test("reboots when told to, after the answer left", async () => {
    const { run, thingsboard, lines } = start();
    await run(60);
    const reply = thingsboard.rpc("tracker", "reboot");
    await run(2);
    assert.deepEqual(await reply, { reboot: 1 });
    lines.length = 0;
    await run(60);
    assert.ok(lines.some((line) => line.startsWith("espruino-thingsboard ")));
    assert.ok(lines.includes("tracker: connected"));
  });

  /** Starts that each end in a crash soon. */
  async function crashes(count: number) {
    const w = start();
    const starts = () => w.lines.filter((line) => line.startsWith("espruino-thingsboard ")).length;
    for (let i = 0; i < count; i++) {
      await w.run(30);
      w.board.outOfMemory();
      await w.run(5);
      assert.equal(starts(), i + 2);
    }
    await w.run(25);
    return { ...w, starts };
  }
  const fixTimes = (w: ReturnType<typeof createWorld>) =>
    w.thingsboard.telemetry("tracker", "Latitude").map(({ ts }) => ts);

  test("five crashes in a row: safe mode keeps fixes, answers RPC, and ends by itself; then all that waited is sent", async () => {
    const w = await crashes(5);
    const { safe_mode, state } = w.status();
    assert.deepEqual({ safe_mode, state }, { safe_mode: 1, state: "online" });
    const before = fixTimes(w).length;
    const waiting = Number(w.status().waiting);
    await w.run(120);
    assert.equal(fixTimes(w).length, before, "nothing is sent");
    assert.ok(Number(w.status().waiting) >= waiting + 11, "fixes are kept");
    const answer = w.thingsboard.rpc("tracker", "getStatus") as Promise<{ safe_mode: number }>;
    await w.run(5);
    assert.equal((await answer).safe_mode, 1);
    await w.run(240);
    const after = w.status();
    assert.deepEqual([after.safe_mode, after.waiting, after.dropped], [undefined, 0, 0]);
    assert.equal(w.starts(), 6, "no restart");
    const times = fixTimes(w).slice(before);
    const gaps = times.slice(1).map((ts, i) => ts - (times[i] ?? 0));
    assert.ok(times.length >= 35 && Math.max(...gaps) <= 12_000, `${gaps}`);
    assert.deepEqual(
      w.thingsboard.telemetry("tracker", "crash").map(({ value }) => value),
      Array(5).fill("out of memory"),
    );
  });

  test("one more crash in safe mode: no fixes are taken, RPC is answered; it ends by itself", async () => {
    const w = await crashes(6);
    assert.deepEqual([w.status().safe_mode, w.status().state], [2, "online"]);
    const waiting = Number(w.status().waiting);
    await w.run(120);
    assert.equal(w.status().waiting, waiting);
    const answer = w.thingsboard.rpc("tracker", "getStatus") as Promise<{ safe_mode: number }>;
    await w.run(5);
    assert.equal((await answer).safe_mode, 2);
    await w.run(300);
    const before = fixTimes(w).length;
    assert.equal(w.status().safe_mode, undefined);
    await w.run(60);
    assert.ok(fixTimes(w).length >= before + 5);
    assert.equal(w.starts(), 7);
  });

  test("seven power cuts, each within two minutes of the start, are no crashes", async () => {
    const { run, board, status, thingsboard } = start();
    for (let cuts = 0; cuts < 7; cuts++) {
      await run(60);
      board.powerCut();
      board.boot();
    }
    const before = thingsboard.telemetry("tracker", "Latitude").length;
    await run(60);
    assert.equal(status().safe_mode, undefined);
    assert.ok(thingsboard.telemetry("tracker", "Latitude").length >= before + 4);
  });

  test("from boot to the first telemetry: at most 29 lines of AT and 6 s, and no line holds two commands", async () => {
    const { run, modem, clock, thingsboard } = start();
    const from_ms = clock.now();
    let first_ms = 0;
    let lines: string[] = [];
    thingsboard.on("telemetry", ({ received_ms }) => {
      if (first_ms) return;
      first_ms = received_ms - from_ms;
      lines = modem.transcript.entries.flatMap(({ from, bytes }) =>
        from === "host" && bytes.startsWith("AT") ? [bytes] : [],
      );
    });
    await run(10);
    assert.ok(first_ms > 0 && first_ms <= 6000, `${first_ms} ms`);
    assert.ok(lines.length <= 29, `${lines.length}:\n${lines.join("\n")}`);
    for (const line of lines) assert.ok(!line.includes(";"), line);
    console.log(`${first_ms} ms, ${lines.length} lines of AT`);
  });

  test("an error nobody caught restarts the board, and is reported after it", async () => {
    const { run, board, thingsboard, lines, status } = start();
    await run(60);
    // In the firmware's own code, which calls it each 10 s.
    board.evaluate('E.kickWatchdog=function(){throw Error("boom")}');
    await run(60);
    const [crash] = thingsboard.telemetry("tracker", "crash");
    assert.match(String(crash?.value), /^Error: boom\n/);
    assert.equal(status().reboots, 1);
    assert.ok(lines.some((line) => /^Uncaught Error: boom/.test(line)));
    assert.equal(status().state, "online");
  });

  test("out of memory restarts the board, and is reported after it", async () => {
    const { run, board, thingsboard, status } = start();
    await run(60);
    board.outOfMemory();
    await run(60);
    assert.deepEqual(
      thingsboard.telemetry("tracker", "crash").map(({ value, received }) => [value, received]),
      [["out of memory", 1]],
    );
    assert.equal(status().reboots, 1);
    assert.equal(status().state, "online");
  });

  test("short topics and QoS 0", async () => {
    const { run, thingsboard } = start({
      config: { server: { host: "h", username: TOKEN, qos: 0, topics: 2 } },
    });
    const topics = new Set<string>();
    thingsboard.on("telemetry", ({ topic, qos }) => topics.add(`${topic} ${qos}`));
    await run(60);
    assert.deepEqual([...topics], ["v2/t 0"]);
    const reply = thingsboard.rpc("tracker", "getStatus");
    await run(2);
    assert.equal(((await reply) as { state: string }).state, "online");
  });
});
