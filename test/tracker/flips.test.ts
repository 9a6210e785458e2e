/** Any bit or byte of the ring flips: nothing false comes of it, and what is lost is counted. */
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { Word } from "../../firmware/tracker/kept.ts";
import { seededRandom } from "../../scripts/simulator/modem/options.ts";
import {
  BLOCK,
  copyOf,
  createChip,
  HEADER,
  type Opened,
  PER_BLOCK,
  reopen,
  SLOT,
  START,
  upTo,
} from "./journal-rig.ts";

const RING = 3 * BLOCK;

/** A ring that came round, with fixes and texts, of which every third went ahead and some of the oldest are done. */
function lived(): Opened {
  const opened = reopen(createChip(4096), RING);
  opened.journal.state[Word.Interval] = 77;
  for (const id of upTo(1, 3 * PER_BLOCK)) {
    assert.ok(opened.append(id, id % 10 ? 1 : 1 + (id % 7)));
    if (id % 40 === 0) {
      opened.take(0, true);
      opened.queue.settleRecords(true);
    }
    if (id % 100 === 0) opened.journal.saveState();
  }
  opened.confirm(20);
  return opened;
}

const whole = lived();
const before = whole.reopened();
const kept = before.all();
const { dropped } = before;

/** What the byte at this place is of. */
function partOf(offset: number): "header" | "state" | "record" {
  const slot = (offset % BLOCK) - HEADER;
  return slot < 0 ? "header" : slot < 3 * SLOT ? "state" : "record";
}

/** Is it one of the two bytes of a slot that say whether it waits? */
const isMarked = (offset: number): boolean => [0, 3].includes(((offset % BLOCK) - HEADER) % SLOT);

/** The ring after a byte was hit. */
function hit(offset: number, bits: number): void {
  const chip = copyOf(whole.chip);
  const at = START - chip.start + offset;
  chip.bytes[at] = (chip.bytes[at] as number) ^ bits;
  const where = `${partOf(offset)}, byte ${offset % BLOCK} of block ${Math.floor(offset / BLOCK)}, bits ${bits}`;
  const opened = reopen(chip, RING);
  // Their contents are compared with what was appended.
  const all = opened.all();
  const there = new Set(all);
  const lost = kept.filter((id) => !there.has(id));
  // One that is done with may wait again, when its mark was hit: the server has it, by the same ts.
  const more = all.filter((id) => !kept.includes(id));
  assert.ok(lost.length <= 1, `${lost.length} lost: ${where}`);
  assert.ok(more.length <= (bits & 0x80 ? 1 : 0), where);
  // The very last may as well have been torn when it was written; and of a record with one mark and a wrong check nobody
  // can say whether it waited.
  const counted = opened.dropped - dropped;
  if (!lost.length && counted) assert.ok(counted === 1 && bits > 0x80 && isMarked(offset), where);
  else assert.equal(counted, lost[0] === kept.at(-1) ? 0 : lost.length, `lost ${lost}: ${where}`);
  assert.equal(opened.journal.state[Word.Interval], 77, where);
  // It goes on.
  assert.ok(opened.append(1_000_000));
  const again = opened.reopened();
  assert.deepEqual(again.all(), [...all, 1_000_000], where);
  assert.equal(again.dropped - dropped, counted, `counted once: ${where}`);
}

describe("a byte flips", () => {
  test("in a header or a state, each of them in any way", () => {
    for (const block of [0, 1, 2])
      for (let i = 0; i < HEADER + 3 * SLOT; i++)
        for (let bits = 1; bits < 256; bits += i < HEADER ? 1 : 23) hit(block * BLOCK + i, bits);
  });

  test("in a record, a bit", () => {
    const random = seededRandom(1);
    for (let i = 0; i < 1500; i++) hit(Math.floor(random() * RING), 1 << Math.floor(random() * 8));
  });

  test("in a record, any", () => {
    const random = seededRandom(2);
    for (let i = 0; i < 1500; i++) hit(Math.floor(random() * RING), 1 + Math.floor(random() * 255));
  });

  test("the two of the issue: a kind 41 to c1, byte 1 of a block's number", () => {
    for (let offset = HEADER; offset < RING; offset += SLOT) hit(offset, 0x80);
    for (const block of [0, 1, 2]) for (let bits = 1; bits < 256; bits++) hit(block * BLOCK + 1, bits);
  });
});

test("a ring of the former format is empty, and counts nothing", () => {
  const chip = createChip(4096);
  const at = START - chip.start;
  for (const block of [0, 1]) {
    const offset = at + block * BLOCK;
    chip.bytes.fill(0x5a, offset, offset + BLOCK);
    chip.bytes.set([block + 1, 0, 0, 0x54, 0xff - block - 1], offset);
    for (let slot = 0; slot < 170; slot++) chip.bytes[offset + HEADER + SLOT * slot] = 0x81;
  }
  const opened = reopen(chip, 2 * BLOCK);
  assert.deepEqual(opened.all(), []);
  assert.equal(opened.journal.waiting(), 0);
  for (const id of upTo(1, 3 * PER_BLOCK)) opened.append(id);
  const all = opened.reopened().all();
  assert.equal(all.length + opened.dropped, 3 * PER_BLOCK);
});

test("nothing waits after starts at which nothing waited", () => {
  let opened = reopen(createChip(4096), RING);
  for (let starts = 0; starts < 200; starts++) {
    opened.journal.saveState();
    assert.equal(opened.journal.waiting(), 0);
    opened = opened.reopened();
    assert.equal(opened.journal.waiting(), 0, `start ${starts}`);
  }
});
