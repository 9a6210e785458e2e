import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { append, confirm, createOutbox, peek, type Sample } from "../../firmware/tracker/outbox.ts";

const sample = (time: number): Sample => [time, 8, 47, undefined, undefined];
const times = (samples: Sample[]) => samples.map((s) => s[0]);

describe("outbox", () => {
  test("first in, first out, and gone only when confirmed", () => {
    const outbox = createOutbox();
    for (const time of [1, 2, 3]) append(outbox, sample(time));
    assert.deepEqual(times(peek(outbox, 2)), [1, 2]);
    confirm(outbox, false);
    assert.deepEqual(times(peek(outbox, 2)), [1, 2]);
    confirm(outbox, true);
    assert.deepEqual(times(peek(outbox, 2)), [3]);
  });

  test("when full the oldest goes, and is counted", () => {
    const outbox = createOutbox();
    for (let time = 1; time <= 30; time++) append(outbox, sample(time));
    assert.equal(outbox.dropped_, 6);
    assert.deepEqual(
      times(peek(outbox, 100)),
      Array.from({ length: 24 }, (_, i) => i + 7),
    );
  });

  for (const ok of [true, false])
    test(`a sample that is under way is not dropped; then it is ${ok ? "confirmed" : "sent again"}`, () => {
      const outbox = createOutbox();
      for (let time = 1; time <= 24; time++) append(outbox, sample(time));
      peek(outbox, 3);
      for (let time = 25; time <= 46; time++) append(outbox, sample(time));
      assert.equal(outbox.dropped_, 22);
      confirm(outbox, ok);
      const left = Array.from({ length: 21 }, (_, i) => i + 26);
      assert.deepEqual(times(peek(outbox, 100)), ok ? left : [1, 2, 3, ...left]);
    });
});
