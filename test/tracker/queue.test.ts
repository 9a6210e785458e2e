import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { BLOCK, filled, type Opened, PER_BLOCK, upTo } from "./journal-rig.ts";

const RING = 4 * BLOCK;

/** Puts the oldest aside. */
function putAside(opened: Opened): void {
  assert.equal(opened.take(1).length, 1);
  opened.queue.putAside();
}

const asideOf = ({ lists, queue }: Opened): number =>
  lists.aside.filter((one) => {
    let taken = false;
    queue.takeAside(one, () => {
      taken = true;
      return 0;
    });
    return taken;
  }).length;

describe("a record that was put aside", () => {
  test("is passed by the others, and waits", () => {
    const opened = filled(4096, RING, 5);
    putAside(opened);
    assert.deepEqual(opened.confirm(2), [2, 3]);
    assert.deepEqual(opened.all(), [4, 5]);
    const [one] = opened.lists.aside;
    assert.ok(one);
    opened.queue.takeAside(one, () => 1);
    assert.equal(opened.queue.settleRecords(true), 1);
    assert.deepEqual(opened.lists.aside, []);
    assert.deepEqual(opened.reopened().all(), [4, 5]);
  });

  test("is one after a restart, when the state was saved", () => {
    const opened = filled(4096, RING, 5);
    putAside(opened);
    assert.deepEqual(opened.reopened().all(), upTo(1, 5));
    opened.journal.saveState();
    const again = opened.reopened();
    assert.deepEqual(again.all(), upTo(2, 5));
    assert.equal(asideOf(again), 1);
  });

  test("is never far behind, so that nobody walks past what is done", () => {
    const opened = filled(4096, RING, 300);
    for (let i = 0; i < 5; i++) putAside(opened);
    const { flash } = opened;
    while (opened.confirm(8).length) {
      const { reads } = flash;
      opened.all();
      assert.ok(flash.reads - reads < 400, `${flash.reads - reads} reads`);
    }
    assert.equal(asideOf(opened), 5);
    assert.ok(opened.journal.waiting() <= 110, `${opened.journal.waiting()}`);
    for (const one of [...opened.lists.aside]) {
      opened.queue.takeAside(one, () => 1);
      opened.queue.settleRecords(true);
    }
    assert.equal(opened.journal.waiting(), 0);
    assert.equal(opened.dropped, 0);
  });

  test("goes with its page, and is counted", () => {
    const opened = filled(4096, RING, 3);
    putAside(opened);
    opened.journal.saveState();
    for (const id of upTo(4, 4 * PER_BLOCK)) opened.append(id);
    assert.deepEqual(opened.lists.aside, []);
    const all = opened.all();
    assert.equal(all.length + opened.dropped, 4 * PER_BLOCK);
    assert.deepEqual(opened.reopened().all(), all);
  });

  test("one too many is moved to the end", () => {
    const opened = filled(4096, RING, 20);
    for (let i = 0; i < 16; i++) putAside(opened);
    putAside(opened);
    assert.equal(asideOf(opened), 16);
    assert.deepEqual(opened.all(), [18, 19, 20, 17]);
    assert.equal(opened.dropped, 0);
  });
});
