/** The calls of `calls=all` in the real interpreter, against the stand-in. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { startRealTracker } from "../../scripts/simulator/real-tracker.ts";

const binary = process.env.ESPRUINO ?? "";
const skip = binary ? false : "skipped: set ESPRUINO=<path of Espruino for Linux> to run the blob in it";
const CALLS = { calls: "all", log: "yes" };
const ONLINE = 'tracker.status().state=="online"';

test("what is only asked, a command to the modem, a full outbox dropped", { skip }, async (t) => {
  const tracker = await startRealTracker({
    binary,
    features: CALLS,
    interval_s: 60,
    config: { remote_at: 1 },
  });
  t.after(() => tracker.stop());
  const { thingsboard, evaluate, until } = tracker;
  const call = (method: string, params: unknown = {}): Promise<unknown> =>
    thingsboard.rpc("tracker", method, params, { timeout_ms: 60_000 });
  await until("tracker.status().sent>0", 60);
  const { methods } = (await call("rpcMethods")) as { methods: string[] };
  assert.ok(methods.includes("getLog"));
  const { log } = (await call("getLog")) as { log: [number, string][] };
  assert.match(log[0]?.[1] ?? "", /^espruino-thingsboard/);
  assert.ok(log.some(([time_ms, line]) => line === "tracker: connected" && time_ms > Date.UTC(2026, 0)));
  const { lines } = (await call("at", "AT+CSQ")) as { lines: string[] };
  assert.match(lines[0] ?? "", /^\+CSQ: /);
  assert.match(JSON.stringify(await call("at", "AT\rAT")), /"error":"command: must be/);
  assert.match(JSON.stringify(await call("setSettings", [])), /"error":"params: use/);
  assert.ok(await call("updateFirmware"));
  assert.ok(Number(((await call("flush")) as { waiting: number }).waiting) < 5);

  const before = Number(await evaluate("process.memory().usage"));
  // In parts, as the modem's line overflows meanwhile.
  for (let part = 0; part < 20; part++)
    await evaluate("(function(){for(var i=0;i<10;i++)tracker.report({n:i})})()");
  const began_ms = performance.now();
  const { dropped } = (await call("dropOutbox")) as { dropped: number };
  t.diagnostic(`${dropped} dropped in ${Math.round(performance.now() - began_ms)} ms`);
  assert.ok(dropped > 20 && dropped <= 200, `${dropped}`);
  assert.ok(Number(await evaluate("tracker.status().dropped")) >= dropped);
  await until("tracker.status().waiting<5", 60);
  const after = Number(await evaluate("process.memory().usage"));
  assert.ok(after <= before + 40, `${before} to ${after} variables`);
  // With 2,500 variables, of which the build with all there is takes most, it may warn of LOW_MEMORY.
  assert.ok(!/"(MEMORY|CALLBACK|FIFO_FULL)"/.test(JSON.stringify(await evaluate("E.getErrorFlags()"))));
});

test("the modem is restarted once, though the call comes again, and the tracker is back", {
  skip,
}, async (t) => {
  const tracker = await startRealTracker({ binary, features: CALLS, interval_s: 60 });
  t.after(() => tracker.stop());
  const { thingsboard, evaluate, until } = tracker;
  await until(ONLINE, 60);
  thingsboard.faults.lose_rpc_answers = 1;
  const answer = thingsboard.rpc("tracker", "modemReset", {}, { timeout_ms: 120_000, persistent: true });
  await until("tracker.status().modem_resets==1", 60);
  await until(ONLINE, 90);
  assert.deepEqual(await answer, { modemReset: 1 });
  await until(`${ONLINE}&&tracker.status().modem_resets==1`, 90);
  assert.equal(await evaluate("tracker.status().reboots"), 0);
});
