/** Requests of any size and shape, in an interpreter with little memory: each has an answer, and none restarts the board. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { startRealTracker } from "../../scripts/simulator/real-tracker.ts";

const binary = process.env.ESPRUINO ?? "";
const skip = binary ? false : "skipped: set ESPRUINO=<path of Espruino for Linux> to run the blob in it";

const TOO_LARGE = { error: "too large" };
const UNKNOWN = { error: "unknown method x" };
const nested = (depth: number): unknown => JSON.parse("[".repeat(depth) + "]".repeat(depth));
const members = (count: number) =>
  Object.fromEntries(Array.from({ length: count }, (_, i) => [`k${i}`, 1.5]));
const text = (length: number) => "y".repeat(length);

const REQUESTS: [name: string, method: string, params: unknown, answer: unknown][] = [
  ["a long text", "x", text(1450), UNKNOWN],
  ["one of backslashes", "x", "\\".repeat(700), UNKNOWN],
  ["a longer one", "x", text(2500), TOO_LARGE],
  ["the longest that was kept before", "x", text(4000), TOO_LARGE],
  ["many numbers", "x", Array(180).fill(1.5), UNKNOWN],
  ["more of them", "x", Array(700).fill(1), TOO_LARGE],
  ["many lists", "x", Array(95).fill([]), UNKNOWN],
  ["more of them", "x", Array(480).fill([]), TOO_LARGE],
  ["many members", "x", members(120), UNKNOWN],
  ["lists in lists", "x", nested(190), UNKNOWN],
  ["deeper ones", "x", nested(700), TOO_LARGE],
  ["a method with a long name", text(1450), 1, { error: `unknown method ${text(64)}` }],
  ["a change with much beside it", "setInterval", { interval_s: 5, x: text(1400) }, { interval_s: 5 }],
];

test("requests of any size and shape are answered, and restart nothing", { skip }, async (t) => {
  const tracker = await startRealTracker({ binary, interval_s: 5 });
  t.after(() => tracker.stop());
  await tracker.until("tracker.status().sent>0", 60);
  for (const [name, method, params, answer] of REQUESTS)
    assert.deepEqual(
      await tracker.thingsboard.rpc("tracker", method, params, { persistent: true, timeout_ms: 15_000 }),
      answer,
      name,
    );
  assert.equal(await tracker.evaluate("tracker.status().reboots"), 0);
});
