import assert from "node:assert/strict";
import { beforeEach, describe, test } from "node:test";
import * as outbox from "../../firmware/tracker/outbox.ts";

const { append, take, settle } = outbox;
const sample = (ts: number) => ({ ts, values: { Longitude: 8, Latitude: 47 } });
const times = (samples: Record<string, unknown>[]) => samples.map(({ ts }) => ts);
const upTo = (first: number, last: number) => Array.from({ length: last - first + 1 }, (_, i) => i + first);

function underWayAfter(count: number) {
  take(count);
  return times(outbox.underWay);
}

/** Counts since the test began: there is one outbox. */
let before: { sent: number; dropped: number };
const counts = () => ({ sent: outbox.sent - before.sent, dropped: outbox.dropped - before.dropped });

beforeEach(() => {
  take(99);
  settle(true);
  before = { sent: outbox.sent, dropped: outbox.dropped };
});

describe("outbox", () => {
  test("first in, first out, and gone only when confirmed", () => {
    for (const time of [1, 2, 3]) append(sample(time));
    assert.deepEqual(underWayAfter(2), [1, 2]);
    settle(false);
    assert.deepEqual(counts(), { sent: 0, dropped: 0 });
    assert.deepEqual(underWayAfter(2), [1, 2]);
    settle(true);
    assert.deepEqual(counts(), { sent: 2, dropped: 0 });
    assert.deepEqual(underWayAfter(2), [3]);
  });

  test("when full the oldest goes, and is counted", () => {
    for (const time of upTo(1, 30)) append(sample(time));
    assert.deepEqual(counts(), { sent: 0, dropped: 6 });
    assert.deepEqual(underWayAfter(100), upTo(7, 30));
  });

  for (const ok of [true, false])
    test(`a sample that is under way is not dropped; then it is ${ok ? "confirmed" : "sent again"}`, () => {
      for (const time of upTo(1, 24)) append(sample(time));
      take(3);
      for (const time of upTo(25, 46)) append(sample(time));
      assert.deepEqual(counts(), { sent: 0, dropped: 22 });
      settle(ok);
      assert.equal(counts().sent, ok ? 3 : 0);
      assert.deepEqual(underWayAfter(100), ok ? upTo(26, 46) : [1, 2, 3, ...upTo(26, 46)]);
    });
});
