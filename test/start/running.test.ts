/** How many samples were taken, by where they are: what is lost shows. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { realClock } from "../../scripts/simulator/clock.ts";
import { missing } from "../../scripts/start/page/balance.ts";
import { watchTracker } from "../../scripts/start/running.ts";
import type { SimulatedTracker } from "../../scripts/start/tracker.ts";

/** Gives how many were taken and how many of them are nowhere, after looks at which so many waited. */
async function after(...waiting: number[]): Promise<[number, number]> {
  const left = [...waiting];
  const tracker = {
    name: "tracker",
    is_powered: true,
    modem: { transcript: {} },
    status: async () => "{}",
    waiting: () => left.shift(),
  } as unknown as SimulatedTracker;
  const { look } = watchTracker(tracker, realClock, []);
  let outbox: Parameters<typeof missing>[0] | undefined;
  for (const _ of waiting) outbox = (await look())?.outbox;
  assert.ok(outbox);
  return [outbox.taken, missing(outbox)];
}

test("those that are somewhere are all that were taken", async () => {
  assert.deepEqual(await after(0, 1, 3), [3, 0]);
});

test("one that is in two places for a moment is one", async () => {
  assert.deepEqual(await after(3, 3, 4, 3), [3, 0]);
});

test("one that is nowhere any more is missed", async () => {
  assert.deepEqual(await after(3, 3, 2, 2), [3, 1]);
});
