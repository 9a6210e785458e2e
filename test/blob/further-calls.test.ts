/** The calls of `calls=all` in the world: over the modem look-alike, with answers that are lost. */
import assert from "node:assert/strict";
import { afterEach, test } from "node:test";
import { createWorld, type WorldChanges } from "./world.ts";

let world: ReturnType<typeof createWorld> | undefined;
afterEach(async () => {
  await world?.stop();
  world = undefined;
});

const HOURS_6 = 6 * 3600_000;
const connections = (lines: string[]) => lines.filter((line) => line === "tracker: connected").length;

/** A tracker that is online. */
async function online(changes?: WorldChanges) {
  const its_world = createWorld(changes);
  world = its_world;
  await its_world.run(30);
  return {
    ...its_world,
    /** The answer to a call, within so many seconds, or "no answer". */
    async call(method: string, params: unknown = {}, seconds = 5): Promise<unknown> {
      const answer = its_world.thingsboard.rpc("tracker", method, params, {
        timeout_ms: HOURS_6,
        persistent: true,
      });
      await its_world.run(seconds);
      return Promise.race([answer, new Promise((resolve) => setImmediate(resolve, "no answer"))]);
    },
  };
}

test("getLog: what was said, with the time, also from before it was known", async () => {
  const { call, thingsboard, run, clock, lines } = await online();
  thingsboard.faults.drop();
  await run(60);
  const { log } = (await call("getLog")) as { log: [number, string][] };
  assert.deepEqual(
    log.map(([, line]) => line),
    lines,
  );
  assert.match(log[0]?.[1] ?? "", /^espruino-thingsboard/);
  for (const [time_ms] of log)
    assert.ok(time_ms > clock.now() - 120_000 && time_ms <= clock.now(), `${time_ms}`);
});

test("modemReset: the modem starts anew, and the tracker is back; one restart, though the answer is lost", async () => {
  const { call, run, thingsboard, status, lines } = await online();
  thingsboard.faults.lose_rpc_answers = 2;
  const answer = call("modemReset");
  await run(120);
  thingsboard.faults.drop();
  await run(120);
  thingsboard.faults.drop();
  await run(120);
  assert.deepEqual(await answer, "no answer");
  assert.ok(thingsboard.rpcHistory("tracker").every(({ state }) => state === "SUCCESSFUL"));
  assert.equal(status().modem_resets, 1, lines.join("\n"));
  assert.equal(status().state, "online");
  assert.equal(status().reboots, 0);
  assert.equal(connections(lines), 4, lines.join("\n"));
  assert.ok(lines.includes("tracker: modem restarts, as asked for"));
  assert.equal(status().dropped, 0);
});

test("modemReset whose connection is lost before it happens: the next try does it", async () => {
  const { call, run, thingsboard, status } = await online();
  assert.deepEqual(await call("modemReset", {}, 1), { modemReset: 1 });
  thingsboard.faults.drop();
  await run(120);
  assert.equal(status().modem_resets, 1);
  assert.equal(status().state, "online");
});

test("at: not allowed by default; allowed, the modem's own answer", async () => {
  const { call } = await online();
  assert.deepEqual(await call("at", "AT+CSQ"), { error: "at: not allowed, set remote_at" });
  await world?.stop();
  const allowed = await online({ config: { remote_at: 1 } });
  const { lines } = (await allowed.call("at", "AT+CSQ")) as { lines: string[] };
  assert.match(lines[0] ?? "", /^\+CSQ: \d+,\d+$/);
  assert.deepEqual(await allowed.call("at", { command: "AT+NOSUCH" }), {
    lines: [],
    error: "modem error",
  });
  assert.deepEqual(await allowed.call("at", "AT\r\nAT"), {
    error: "command: must be plain text of 2 to 256, with AT first",
  });
  assert.equal(connections(allowed.lines), 1);
});

test("remote_at: another value is refused at the start", async () => {
  const { lines } = await online({ config: { remote_at: 2 } });
  assert.equal(lines.at(-1), "tb.json: remote_at: must be whole, 0 to 1");
});

test("dropOutbox: what waited is dropped, and counted; new fixes go on", async () => {
  const { call, run, thingsboard, status } = await online();
  const before = thingsboard.telemetry("tracker", "Latitude").length;
  // Nothing is acknowledged: each connection ends, and all waits.
  thingsboard.faults.close_before_pubacks = Number.POSITIVE_INFINITY;
  await run(300);
  thingsboard.faults.close_before_pubacks = 0;
  const { dropped } = (await call("dropOutbox", {}, 60)) as { dropped: number };
  assert.ok(dropped >= 30, `${dropped}`);
  assert.equal(status().dropped, dropped);
  await run(600);
  assert.ok(thingsboard.telemetry("tracker", "Latitude").length > before + 50);
  assert.ok(Number(status().waiting) < 5);
});

test("flush: says how much waits; with a connection made by hand the tracker takes it over", async () => {
  const { call, run, thingsboard, board, status, lines } = await online();
  const { waiting } = (await call("flush")) as { waiting: number };
  assert.ok(waiting < 5);
  thingsboard.faults.down = true;
  thingsboard.faults.drop();
  await run(600);
  assert.equal(status().state, "waiting", lines.join("\n"));
  thingsboard.faults.down = false;
  board.evaluate("server.connect(function(){})");
  await call("flush", {}, 10);
  assert.equal(status().state, "online", lines.join("\n"));
});

test("the others: names, firmware by cable, settings", async () => {
  const { call, status } = await online();
  const { methods } = (await call("rpcMethods")) as { methods: string[] };
  assert.ok(methods.includes("getPosition") && methods.includes("rpcMethods"));
  assert.ok(await call("updateFirmware"));
  assert.deepEqual(await call("setSettings", 5), { error: "params: use {name: value}" });
  assert.match(
    JSON.stringify(await call("setSettings", { remote_at: 1 })),
    /"error":"remote_at: unknown, use /,
  );
  assert.deepEqual(await call("setSettings", { interval_s: 30, fix_timeout_s: 4 }), {
    error: "fix_timeout_s: must be whole, 5 to 900",
  });
  assert.equal(status().interval_s, 10);
  assert.deepEqual(await call("setSettings", { interval_s: 30, fix_timeout_s: 40 }), {
    interval_s: 30,
    fix_timeout_s: 40,
  });
  assert.equal(status().interval_s, 30);
});

test("a report goes out while an answer waits for its PUBACK", async () => {
  const { thingsboard, board, run, call } = await online({ config: { remote_at: 1 } });
  thingsboard.faults.puback_delay_ms = 3000;
  assert.deepEqual(await call("at", "AT", 1), { lines: [] });
  // The interpreter finds the number of this message in what is remembered of that answer, if it is not asked with care.
  board.evaluate("tracker.report({n:1})");
  await run(30);
  assert.equal(thingsboard.telemetry("tracker", "n").length, 1);
});
