/** RPC as it comes in the world: many at once, too large, sent again, their answers lost. */
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

const HOURS_6 = 6 * 3600_000;
const WAITING = { timeout_ms: HOURS_6, persistent: true };
/** What a call gave by now. */
const answerTo = (call: Promise<unknown>): Promise<unknown> =>
  Promise.race([call, new Promise((resolve) => setImmediate(resolve, "no answer"))]);
/** How often it came online. */
const connections = (lines: string[]) => lines.filter((line) => line === "tracker: connected").length;

describe("calls", () => {
  for (const count of [20, 45, 100])
    test(`${count} that waited are all answered, in one connection`, async () => {
      const { run, lines, thingsboard, board } = start();
      const answers = Array.from({ length: count }, (_, i) =>
        thingsboard.rpc("tracker", i % 2 ? "getPosition" : `echo${i}`, {}, WAITING),
      );
      await run(60);
      const found = await Promise.all(answers.map(answerTo));
      for (const [i, answer] of found.entries())
        if (i % 2 === 0) assert.deepEqual(answer, { error: `unknown method echo${i}` });
      assert.ok(thingsboard.rpcHistory("tracker").every(({ state }) => state === "SUCCESSFUL"));
      assert.equal(connections(lines), 1, lines.join("\n"));
      assert.ok(thingsboard.telemetry("tracker", "Latitude").length >= 3);
      assert.deepEqual(board.errorFlags, []);
    });

  test("one too large gets an error, and the fixes go on", async () => {
    const { run, lines, thingsboard } = start();
    await run(30);
    const answer = thingsboard.rpc("tracker", "x", "y".repeat(4200), WAITING);
    await run(60);
    assert.deepEqual(await answerTo(answer), { error: "too large" });
    assert.equal(connections(lines), 1);
    assert.ok(thingsboard.telemetry("tracker", "Latitude").length >= 6);
  });

  test("a reboot whose answer is lost is one reboot", async () => {
    const { run, lines, thingsboard } = start();
    await run(30);
    thingsboard.faults.lose_rpc_answers = 3;
    const answer = thingsboard.rpc("tracker", "reboot", {}, WAITING);
    for (let i = 0; i < 6; i++) {
      await run(60);
      thingsboard.faults.drop();
    }
    await run(60);
    assert.deepEqual(await answerTo(answer), { reboot: 1 });
    assert.equal(lines.filter((line) => line.startsWith("espruino-thingsboard")).length, 2, lines.join("\n"));
  });

  test("an interval whose answer is lost is not set again over a newer one", async () => {
    const { run, status, thingsboard } = start();
    await run(30);
    thingsboard.faults.lose_rpc_answers = 1;
    const first = thingsboard.rpc("tracker", "setInterval", 30, WAITING);
    await run(2);
    const second = thingsboard.rpc("tracker", "setInterval", 20, WAITING);
    await run(2);
    assert.deepEqual(await answerTo(second), { interval_s: 20 });
    thingsboard.faults.drop();
    await run(60);
    assert.deepEqual(await answerTo(first), { interval_s: 30 });
    assert.equal(status().interval_s, 20);
  });

  test("requests that come twice are answered, and nothing is done twice", async () => {
    const { run, lines, thingsboard } = start();
    await run(30);
    thingsboard.faults.repeat_requests = 1;
    for (const method of ["getPosition", "getStatus"]) {
      const answer = thingsboard.rpc("tracker", method);
      await run(2);
      assert.ok(await answerTo(answer));
    }
    const answer = thingsboard.rpc("tracker", "reboot");
    await run(2);
    assert.deepEqual(await answerTo(answer), { reboot: 1 });
    await run(60);
    assert.equal(lines.filter((line) => line.startsWith("espruino-thingsboard")).length, 2);
  });

  test("getPosition says how old the position is; locate takes a new one", async () => {
    const { run, modem, thingsboard } = start({ config: { interval_s: 600 } });
    await run(300);
    const call = async (method: string, seconds: number) => {
      const answer = thingsboard.rpc("tracker", method, {}, { timeout_ms: 600_000 });
      await run(seconds);
      return (await answerTo(answer)) as Record<string, number>;
    };
    const last = await call("getPosition", 2);
    assert.ok((last.age_s as number) > 200, `${last.age_s} s`);
    const fresh = await call("locate", 60);
    assert.ok((fresh.age_s as number) < 2, `${fresh.age_s} s`);
    assert.ok((fresh.time_ms as number) > (last.time_ms as number));
    modem.faults.noFixPolls = Number.POSITIVE_INFINITY;
    const none = (await call("locate", 200)) as Record<string, unknown>;
    assert.equal(none.reason, "no fix: needs open sky");
    assert.equal(none.time_ms, fresh.time_ms);
    assert.ok(Number(none.age_s) > 100);
  });
});

describe("a broker that forbids what is optional", () => {
  test("loses one connection by it, and has the fixes", async () => {
    const { run, lines, thingsboard } = start();
    thingsboard.faults.forbidden_topics = ["v1/devices/me/rpc/request/"];
    await run(600);
    assert.ok(connections(lines) <= 2, lines.join("\n"));
    assert.ok(thingsboard.telemetry("tracker", "Latitude").length >= 55);
    assert.ok(thingsboard.telemetry("tracker", "Latitude").every(({ received }) => received === 1));
  });
});

test("42 messages at once end nothing", async () => {
  const { run, lines, thingsboard } = start();
  await run(30);
  thingsboard.faults.burst(42);
  await run(30);
  assert.equal(connections(lines), 1, lines.join("\n"));
});
