import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { Word } from "../../firmware/tracker/kept.ts";
import { erasesPer1000 } from "../../scripts/bench/wear.ts";
import { seededRandom } from "../../scripts/simulator/modem/options.ts";
import {
  BLOCK,
  copyOf,
  createChip,
  filled,
  HEADER,
  type Opened,
  PAGES,
  PER_BLOCK,
  reopen,
  SLOT,
  START,
  upTo,
} from "./journal-rig.ts";

const KB = 1024;

/** A test for each size of a page. */
function onEachPage(name: string, run: (page: number, ring: number) => void): void {
  for (const { page, ring } of PAGES)
    test(`${name}; pages of ${page / KB} KB, ${ring / KB} KB`, () => run(page, ring));
}

describe("records", () => {
  onEachPage("are kept in order, and only the confirmed are gone", (page, ring) => {
    const opened = filled(page, ring, 5);
    assert.deepEqual(opened.take(2), [1, 2]);
    assert.equal(opened.queue.settleRecords(false), 0);
    assert.deepEqual(opened.confirm(2), [1, 2]);
    assert.deepEqual(opened.all(), [3, 4, 5]);
    assert.deepEqual(opened.reopened().all(), [3, 4, 5]);
    assert.equal(opened.journal.waiting(), 3);
    assert.deepEqual(opened.confirm(), [3, 4, 5]);
    assert.equal(opened.journal.waiting(), 0);
    assert.deepEqual(opened.all(), []);
    assert.deepEqual(opened.reopened().all(), []);
  });

  test("those appended while others are under way are not confirmed with them", () => {
    const { take, append, journal, queue, all } = filled(4096, 2 * BLOCK, 3);
    assert.deepEqual(take(), [1, 2, 3]);
    append(4);
    assert.equal(queue.settleRecords(true), 3);
    assert.deepEqual(all(), [4]);
    assert.equal(journal.waiting(), 1);
  });

  onEachPage("survive a restart at any moment", (page, ring) => {
    const random = seededRandom(page);
    let opened = reopen(createChip(page), ring);
    let next = 1;
    let kept: number[] = [];
    for (let step = 0; step < 600; step++) {
      const slots = random() < 0.2 ? 1 + Math.floor(random() * 31) : 1;
      if (random() < 0.6) {
        assert.ok(opened.append(next, slots));
        kept.push(next++);
      } else kept = kept.slice(opened.confirm(Math.floor(random() * 20)).length);
      if (random() < 0.3) opened = opened.reopened();
      // What was dropped is the oldest.
      const all = opened.all();
      assert.deepEqual(all, kept.slice(kept.length - all.length));
      kept = all;
    }
  });

  test("are found with as many reads as there are headers, three blocks and what was confirmed since", () => {
    const bytes = 64 * KB;
    const blocks = bytes / BLOCK;
    const opened = filled(4096, bytes, 20 * blocks * PER_BLOCK);
    const full = opened.reopened();
    assert.equal(full.journal.waiting() >= 15 * PER_BLOCK, true);
    assert.ok(full.flash.reads <= blocks + 3 * (PER_BLOCK + 4), `${full.flash.reads} reads`);
    opened.confirm(100);
    const { reads } = opened.reopened().flash;
    assert.ok(reads <= blocks + 3 * (PER_BLOCK + 4) + 101, `${reads} reads`);
  });

  test("are found as fast when a long backlog was confirmed at once", () => {
    const blocks = 16;
    const opened = filled(4096, blocks * BLOCK, blocks * PER_BLOCK - 20);
    while (opened.confirm(8).length > 0);
    const { reads } = opened.reopened().flash;
    assert.ok(reads <= blocks + 5 * (PER_BLOCK + 4), `${reads} reads`);
  });
});

describe("a full ring", () => {
  onEachPage("loses the oldest, a page at a time, and counts them", (page, ring) => {
    const capacity = (ring / BLOCK) * PER_BLOCK;
    const perPage = Math.max(page / BLOCK, 1) * PER_BLOCK;
    const { append, all, confirm, journal, ...opened } = filled(page, ring, capacity);
    assert.deepEqual(all(), upTo(1, capacity));
    assert.equal(journal.waiting() >= capacity, true);
    append(capacity + 1);
    assert.deepEqual(all(), upTo(perPage + 1, capacity + 1));
    assert.equal(journal.state[Word.Dropped], perPage);
    assert.deepEqual(confirm(10).length, 10);
    for (const id of upTo(capacity + 2, 3 * capacity + 7)) append(id);
    const kept = all();
    assert.deepEqual(kept, upTo(3 * capacity + 8 - kept.length, 3 * capacity + 7));
    assert.equal(journal.state[Word.Dropped] + kept.length + 10, 3 * capacity + 7);
    const again = opened.reopened();
    assert.deepEqual(again.all(), kept);
    assert.equal(again.dropped, journal.state[Word.Dropped]);
  });

  for (const arrived of [true, false])
    onEachPage(`under way when their page is erased: ${arrived ? "arrived" : "not"}`, (page, ring) => {
      const capacity = (ring / BLOCK) * PER_BLOCK;
      const perPage = Math.max(page / BLOCK, 1) * PER_BLOCK;
      const { take, append, journal, queue, all } = filled(page, ring, capacity);
      // From the page that goes, and from the one after it.
      assert.equal(take(perPage + 5).length, perPage + 5);
      append(capacity + 1);
      assert.equal(journal.state[Word.Dropped], perPage);
      assert.equal(queue.settleRecords(arrived), arrived ? 5 : 0);
      assert.deepEqual(all(), upTo(perPage + (arrived ? 6 : 1), capacity + 1));
      const confirmed = arrived ? 5 : 0;
      assert.equal(all().length + (journal.state[Word.Dropped] as number) + confirmed, capacity + 1);
    });

  test("all that is under way is dropped", () => {
    const { take, append, queue, all } = filled(4096, 2 * BLOCK, 2 * PER_BLOCK);
    take(3);
    append(1000);
    assert.equal(queue.settleRecords(true), 0);
    assert.deepEqual(all(), [...upTo(PER_BLOCK + 1, 2 * PER_BLOCK), 1000]);
  });

  test("what was dropped is counted on after restarts", () => {
    let opened = reopen(createChip(4096), 2 * BLOCK);
    for (const id of upTo(1, 2000)) {
      opened.append(id);
      if (id % 37 === 0) opened = opened.reopened();
    }
    assert.equal(opened.all().length + opened.dropped, 2000);
  });

  test("comes round more often than a byte of the block's number can count", () => {
    const opened = reopen(createChip(4096), 2 * BLOCK);
    const count = 600 * PER_BLOCK;
    for (const id of upTo(1, count)) {
      opened.append(id);
      if (id % 10_000 === 0) assert.equal(opened.reopened().all().at(-1), id);
    }
    assert.equal(opened.all().length + opened.dropped, count);
  });
});

describe("the latest record", () => {
  test("goes along with the oldest of a long backlog, once", () => {
    const { take, journal, queue, all, confirm } = filled(4096, 2 * BLOCK, 50);
    assert.deepEqual(take(7, true), [...upTo(1, 7), 50]);
    assert.equal(queue.settleRecords(true), 8);
    assert.deepEqual(all(), upTo(8, 49));
    assert.deepEqual(take(7, true), upTo(8, 14));
    queue.settleRecords(true);
    assert.deepEqual(confirm(), upTo(15, 49));
    assert.equal(journal.waiting(), 0);
  });

  test("does not come twice when it is the last of the oldest, or the next one", () => {
    for (const most of [2, 3]) {
      const { take, queue, all } = filled(4096, 2 * BLOCK, 3);
      assert.deepEqual(take(most, true), [1, 2, 3]);
      assert.equal(queue.settleRecords(true), 3);
      assert.deepEqual(all(), []);
    }
  });

  test("waits in its place when it did not arrive", () => {
    const { take, queue, all } = filled(4096, 2 * BLOCK, 50);
    take(7, true);
    queue.settleRecords(false);
    assert.deepEqual(all(), upTo(1, 50));
  });

  test("that went ahead is gone after a restart, too", () => {
    const opened = filled(4096, 2 * BLOCK, 50);
    opened.take(7, true);
    opened.queue.settleRecords(true);
    assert.deepEqual(opened.reopened().all(), upTo(8, 49));
  });
});

describe("records of several slots", () => {
  test("that do not fit a block begin the next one, and are whole after a restart", () => {
    for (const left of upTo(0, 31)) {
      const opened = filled(4096, 4 * BLOCK, PER_BLOCK - left);
      const first = PER_BLOCK - left + 1;
      assert.ok(opened.append(first, 31));
      assert.ok(opened.append(first + 1, 2));
      assert.ok(opened.append(first + 2));
      for (const one of [opened, opened.reopened()])
        assert.deepEqual(one.all(), upTo(1, first + 2), `${left} slots left`);
    }
  });

  test("at the end of the ring", () => {
    for (const left of [0, 1, 5]) {
      const count = 2 * PER_BLOCK - left;
      const opened = filled(4096, 2 * BLOCK, count);
      assert.ok(opened.append(count + 1, 6));
      for (const one of [opened, opened.reopened()])
        assert.deepEqual(one.all(), upTo(PER_BLOCK + 1, count + 1));
    }
  });

  onEachPage("of any size, many times round", (page, ring) => {
    const random = seededRandom(ring + page);
    const opened = reopen(createChip(page), ring);
    const count = Math.floor((4 * ring) / (SLOT * 16));
    for (const id of upTo(1, count)) assert.ok(opened.append(id, 1 + Math.floor(random() * 31)));
    const kept = opened.all();
    assert.deepEqual(kept, upTo(count - kept.length + 1, count));
    assert.equal(kept.length + opened.dropped, count);
    assert.deepEqual(opened.reopened().all(), kept);
  });
});

describe("the state", () => {
  const set = ({ journal }: Opened, value: number): void => {
    journal.state.set([value, value + 1], Word.Interval);
    journal.saveState();
  };
  const got = ({ journal }: Opened): number[] => [...journal.state.subarray(Word.Interval, Word.Dropped)];

  onEachPage("is kept over restarts, however often it and records are written", (page, ring) => {
    let opened = reopen(createChip(page), ring);
    for (const round of upTo(1, 40)) {
      set(opened, round);
      for (const id of upTo(1, 30)) opened.append(round * 100 + id);
      opened = opened.reopened();
      assert.deepEqual(got(opened), [round, round + 1]);
    }
  });

  onEachPage("is carried on when the record that had it is erased", (page, ring) => {
    const opened = reopen(createChip(page), ring);
    set(opened, 7);
    for (const id of upTo(1, Math.floor((3 * ring) / SLOT))) opened.append(id);
    assert.deepEqual(got(opened.reopened()), [7, 8]);
  });

  test("is not taken for a record", () => {
    const opened = filled(4096, 2 * BLOCK, 3);
    set(opened, 1);
    opened.append(4);
    set(opened, 2);
    assert.deepEqual(opened.take(2, true), [1, 2, 4]);
    opened.queue.settleRecords(true);
    assert.deepEqual(opened.all(), [3]);
    assert.deepEqual(opened.confirm(), [3]);
    assert.deepEqual(opened.reopened().all(), []);
  });
});

describe("what flash can have", () => {
  onEachPage("garbage before the first use does no harm, and nothing else is touched", (page, ring) => {
    for (const seed of upTo(1, 20)) {
      const chip = createChip(page, seed);
      const around = () => [
        chip.bytes.slice(0, START - chip.start),
        chip.bytes.slice(START - chip.start + ring),
      ];
      const before = around();
      const first = reopen(chip, ring);
      assert.deepEqual(first.all(), []);
      assert.equal(first.journal.waiting(), 0);
      assert.deepEqual([...first.journal.state.subarray(0, Word.Oldest)], Array(Word.Oldest).fill(0));
      const count = Math.floor(ring / SLOT);
      const half = Math.floor(count / 2);
      for (const id of upTo(1, half)) first.append(id);
      const second = first.reopened();
      assert.deepEqual(second.all(), upTo(1, half));
      for (const id of upTo(half + 1, count)) second.append(id);
      const kept = second.reopened().all();
      assert.deepEqual(kept, upTo(count - kept.length + 1, count));
      assert.equal(kept.length + second.dropped, count);
      assert.deepEqual(around(), before);
    }
  });

  test("zeros", () => {
    const chip = createChip(4096);
    chip.bytes.fill(0);
    const { all, append, reopened } = reopen(chip, 2 * BLOCK);
    assert.deepEqual(all(), []);
    append(1);
    assert.deepEqual(reopened().all(), [1]);
  });

  test("a broken record is passed, and those around it are kept", () => {
    const opened = filled(4096, 2 * BLOCK, 5);
    opened.append(6, 4);
    opened.append(7);
    const slot = (index: number) => START - opened.chip.start + HEADER + SLOT * (3 + index);
    for (const [at, gone] of [
      // Check and content; the first slot of several and the last.
      [slot(2) + 1, 3],
      [slot(2) + 23, 3],
      [slot(5) + 2, 6],
      [slot(8) + 20, 6],
    ] as const)
      for (let bit = 1; bit < 256; bit *= 2) {
        const chip = copyOf(opened.chip);
        chip.bytes[at] = (chip.bytes[at] as number) ^ bit;
        const broken = reopen(chip, opened.bytes);
        assert.deepEqual(
          broken.all(),
          upTo(1, 7).filter((id) => id !== gone),
        );
        broken.append(8);
        assert.equal(broken.reopened().all().at(-1), 8);
      }
  });

  test("bits that do not take: the record is written again, in the next place", () => {
    const { chip, append, reopened } = filled(4096, 2 * BLOCK, 2);
    const at = START - chip.start + HEADER + SLOT * 5;
    chip.bytes.fill(0xf7, at + 5, at + 8);
    assert.ok(append(3));
    assert.ok(append(4));
    assert.deepEqual(reopened().all(), [1, 2, 3, 4]);
  });

  test("worn out: appending says so, and what is there stays", () => {
    const { append, all, flash, reopened } = filled(4096, 2 * BLOCK, 2);
    const { write } = flash;
    flash.write = () => {};
    assert.equal(append(3), false);
    assert.deepEqual(all(), [1, 2]);
    flash.write = write;
    assert.ok(append(4));
    assert.deepEqual(all(), [1, 2, 4]);
    assert.deepEqual(reopened().all().slice(0, 2), [1, 2]);
  });

  test("a write that did nothing: what is appended then is there after a restart", () => {
    const { append, all, flash, reopened } = filled(4096, 2 * BLOCK, 2);
    const { write } = flash;
    flash.write = () => {
      flash.write = write;
    };
    assert.ok(append(3));
    assert.ok(append(4));
    assert.deepEqual(all(), [1, 2, 3, 4]);
    assert.deepEqual(reopened().all(), [1, 2, 3, 4]);
  });

  test("another size of the area: nothing hangs, and it goes on", () => {
    const sizes = [2, 16, 3, 8, 64, 2, 5, 64, 16];
    const chip = createChip(4096);
    let next = 1;
    for (const blocks of [...sizes, ...sizes]) {
      const opened = reopen(chip, blocks * BLOCK);
      const before = opened.all().length;
      assert.ok(before <= blocks * PER_BLOCK);
      for (const id of upTo(next, next + 399)) assert.ok(opened.append(id));
      next += 400;
      const kept = opened.reopened().all();
      const fresh = Math.min(400, (blocks - 1) * PER_BLOCK);
      assert.deepEqual(kept.slice(-fresh), upTo(next - fresh, next - 1));
      opened.confirm(100);
    }
  });
});

test("24 KB hold 1,000 fixes", () => {
  const opened = filled(4096, 24 * KB, 1000);
  assert.equal(opened.dropped, 0);
  assert.equal(opened.all().length, 1000);
});

test("a page of 4 KB is erased once in 167 fixes, that of 128 KB once in 5,344", async () => {
  assert.ok(Math.abs((await erasesPer1000(4096, 64 * KB)) - 1000 / PER_BLOCK) < 0.1);
  assert.ok((await erasesPer1000(128 * KB, 256 * KB)) <= 0.2);
});
