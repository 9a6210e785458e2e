/** A journal on simulated flash, whose records are numbered. */
import assert from "node:assert/strict";
import type * as journals from "../../firmware/tracker/journal.ts";
import { Word } from "../../firmware/tracker/kept.ts";
import type * as queues from "../../firmware/tracker/queue.ts";
import type * as records from "../../firmware/tracker/record.ts";
import { Kind } from "../../firmware/tracker/slot.ts";
import type * as lists from "../../firmware/tracker/under-way.ts";
import { type Flash as Chip, createFlash } from "../../scripts/simulator/espruino/flash.ts";
import { rawFlash } from "../../scripts/simulator/espruino/raw-flash.ts";
import { seededRandom } from "../../scripts/simulator/modem/options.ts";
import { bootableParts } from "../modem/fresh.ts";
import { switchOn } from "./espruino.ts";

export const SLOT = 24;
export const BLOCK = 4096;
export const HEADER = 16;
/** Slots of a block, beside the first three, which have the state. */
export const PER_BLOCK = 167;
/** Where the journal's flash begins, in a chip that has other things before and after. */
export const START = 0x40000;
const AROUND = 0x20000;
const MOST = 0x40000;

/** Each size of a page that a board has, with the least flash the journal can have there. */
export const PAGES = [
  { page: 1024, ring: 2 * BLOCK },
  { page: 4096, ring: 2 * BLOCK },
  { page: 0x20000, ring: 0x40000 },
];

const boot = bootableParts<{
  journal: typeof journals;
  queue: typeof queues;
  its_record: typeof records;
  lists: typeof lists;
}>({
  journal: "tracker/journal.ts",
  queue: "tracker/queue.ts",
  its_record: "tracker/record.ts",
  lists: "tracker/under-way.ts",
});

switchOn();

/** Flash that is erased, or full of random bytes. */
export function createChip(page: number, garbage_seed?: number): Chip {
  const chip = createFlash({ start: START - AROUND, length: MOST + 2 * AROUND, pageSize: page });
  if (garbage_seed !== undefined) {
    const random = seededRandom(garbage_seed);
    for (let i = 0; i < chip.length; i++) chip.bytes[i] = random() * 256;
  }
  return chip;
}

export const copyOf = (chip: Chip): Chip => createFlash(chip, Uint8Array.from(chip.bytes));

/** From the first to the last. */
export const upTo = (first: number, last: number): number[] =>
  Array.from({ length: Math.max(0, last - first + 1) }, (_, i) => first + i);

/** A record's slots, without checks: its number, then what follows from it; one is a fix, more are a text. */
function slotsOf(id: number, slots: number): Uint8Array {
  const words = Int32Array.from({ length: 6 * slots }, (_, i) =>
    i === 1 ? id : Math.imul(id + i, 0x9e3779b1) & 0x7f7f7f7f,
  );
  const bytes = new Uint8Array(words.buffer);
  for (let at = 0; at < bytes.length; at += SLOT) {
    words[at / 4] = 0;
    bytes[at] = at ? Kind.More : slots > 1 ? Kind.Text : Kind.Fix;
  }
  if (slots > 1) new DataView(bytes.buffer).setUint16(20, 12 + 20 * (slots - 1), true);
  return bytes;
}

/** What a record is to be when it is taken: each is compared with it thousands of times. */
interface Expected {
  head: number;
  /** Of the first slot, without its first word. */
  first: Uint8Array;
  /** Of the others, each without its first word. */
  rest: string;
}

const expected = new Map<string, Expected>();

function expectedOf(id: number, slots: number): Expected {
  const key = `${id} ${slots}`;
  let record = expected.get(key);
  if (!record) {
    const appended = Buffer.from(slotsOf(id, slots));
    const parts = Array.from({ length: slots - 1 }, (_, i) =>
      appended.subarray(SLOT * (i + 1) + 4, SLOT * (i + 2)),
    );
    record = {
      head: appended[0] as number,
      first: appended.subarray(4, SLOT),
      rest: Buffer.concat(parts).toString("latin1"),
    };
    expected.set(key, record);
  }
  return record;
}

/** The firmware boots on what the chip has. */
export function reopen(chip: Chip, bytes: number) {
  const flash = rawFlash(chip);
  const { journal, queue, its_record, lists } = boot();
  journal.openJournal(flash, START, START + bytes);
  const self = {
    journal,
    queue,
    lists,
    flash,
    chip,
    bytes,
    /** Appends record `id`. */
    append: (id: number, slots = 1): boolean => queue.appendRecord(slotsOf(id, slots)),
    /** Takes the oldest, at most so many, and perhaps the latest: their numbers, in order. */
    take(most = Number.POSITIVE_INFINITY, latest = false): number[] {
      const ids: number[] = [];
      let refused = false;
      queue.takeRecords(() => {
        if (ids.length >= most && !(latest && refused)) {
          refused = true;
          return 0;
        }
        const { record } = its_record;
        const id = new Int32Array(record.buffer)[1] as number;
        const { head, first, rest } = expectedOf(id, its_record.length / SLOT);
        assert.equal(record[0], head);
        if (Buffer.compare(record.subarray(4), first) !== 0 || its_record.rest !== rest)
          assert.fail(`record ${id} is not what was appended: ${record}`);
        ids.push(id);
        return 1;
      });
      return ids;
    },
    /** All that wait. */
    all(): number[] {
      const ids = self.take();
      queue.settleRecords(false);
      return ids;
    },
    /** The server has the oldest, so many. */
    confirm(most = Number.POSITIVE_INFINITY): number[] {
      const ids = self.take(most);
      assert.equal(queue.settleRecords(true), ids.length);
      return ids;
    },
    get dropped(): number {
      return journal.state[Word.Dropped] as number;
    },
    /** As after a reset. */
    reopened: () => reopen(chip, bytes),
  };
  return self;
}
export type Opened = ReturnType<typeof reopen>;

/** A new journal with the records 1 to `count`. */
export function filled(page: number, bytes: number, count: number): Opened {
  const opened = reopen(createChip(page), bytes);
  for (const id of upTo(1, count)) assert.ok(opened.append(id));
  return opened;
}

/**
 * A journal whose records, 1 and on, take so many slots: in each block large ones, then fixes. The state has `settings`
 * from the first slots on.
 */
export function filledTo(slots: number, chip: Chip, bytes: number, settings: number[]): Opened {
  const opened = reopen(chip, bytes);
  let id = 0;
  let used = 0;
  opened.journal.state.set(settings, Word.Interval);
  while (used < slots) {
    const left = Math.min(PER_BLOCK - (used % PER_BLOCK), slots - used);
    const size = left >= 31 ? 31 : 1;
    assert.ok(opened.append(++id, size));
    used += size;
  }
  return opened;
}
