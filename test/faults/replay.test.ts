import assert from "node:assert/strict";
import { test } from "node:test";
import { live } from "./life.ts";
import { tlsOf, worldOf } from "./protection.ts";

async function replay(seed: number) {
  const happened: string[] = [];
  const { transcript, taken, received } = await live(
    seed,
    (line) => happened.push(line),
    undefined,
    worldOf(tlsOf(seed)),
  );
  return { happened, transcript, taken, received };
}

test("a seed is the same life each time", async () => {
  const first = await replay(7);
  const second = await replay(7);
  assert.ok(first.happened.length > 100 && first.transcript.length > 10_000);
  assert.deepEqual(second.happened, first.happened);
  assert.ok(second.transcript === first.transcript, "the AT traffic differs");
  assert.deepEqual(second.taken, first.taken);
  assert.deepEqual(second.received, first.received);
});

test("another seed is another life", async () => {
  const lives = [await replay(1), await replay(2)];
  assert.notDeepEqual(lives[0]?.happened, lives[1]?.happened);
});
