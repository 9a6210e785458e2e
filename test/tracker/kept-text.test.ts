/** The journal's text: whole or the one before, whenever the power goes, and in each block anew. */
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type * as kept_text from "../../firmware/tracker/kept-text.ts";
import { cutPowerAfter, PowerCut } from "../../scripts/simulator/espruino/flash.ts";
import { rawFlash } from "../../scripts/simulator/espruino/raw-flash.ts";
import { seededRandom } from "../../scripts/simulator/modem/options.ts";
import { bootableParts } from "../modem/fresh.ts";
import {
  BLOCK,
  copyOf,
  createChip,
  HEADER,
  type Opened,
  PAGES,
  PER_BLOCK,
  reopen,
  SLOT,
  START,
  upTo,
} from "./journal-rig.ts";
import { atEveryCut, someBits, untouched } from "./power-cuts.ts";

const OLD = "old ".repeat(40);
const NEW = "new ".repeat(75);
const LONGEST = 1440;
const NEXT = 1_000_000;

const textOf = ({ journal }: Opened): string => journal.keptText();

/** A journal with the old text and records from 1 on: up to so many slots before the end of a block's room. */
function withOld(page: number, ring: number, records: number, left: number): Opened {
  const opened = reopen(createChip(page), ring);
  opened.journal.saveState();
  assert.ok(opened.journal.saveText(OLD));
  for (const id of upTo(1, records)) assert.ok(opened.append(id));
  let id = records;
  while ((opened.journal.endOf(opened.journal.endOfRecords()) - opened.journal.endOfRecords()) / SLOT > left)
    assert.ok(opened.append(++id));
  return opened;
}

const ACTIONS: { name: string; run(opened: Opened): void; text: string }[] = [
  { name: "a text is kept", run: ({ journal }) => assert.ok(journal.saveText(NEW)), text: NEW },
  { name: "a fix is appended", run: ({ append }) => assert.ok(append(NEXT)), text: OLD },
  { name: "the state is saved", run: ({ journal }) => assert.ok(journal.saveState()), text: OLD },
];

for (const { page, ring } of PAGES)
  describe(`the power goes, pages of ${page / 1024} KB`, () => {
    const full = (ring / BLOCK) * PER_BLOCK;
    // In a ring that came round the old text's place is erased soon.
    for (const records of page === BLOCK ? [0, full + 10] : [0])
      for (const left of [150, 10, 0])
        for (const { name, run, text } of ACTIONS)
          test(`${name}, ${records} records, ${left} slots from a block's end`, () => {
            const opened = withOld(page, ring, records, left);
            const waiting = opened.all();
            for (const halfway of [untouched, someBits]) {
              const cuts = atEveryCut(opened, run, halfway, (again) => {
                assert.ok([OLD, text].includes(textOf(again)), `kept: ${textOf(again).substr(0, 20)}`);
                const all = again.all();
                assert.deepEqual(
                  all,
                  [...waiting, NEXT].filter((id) => all.includes(id)),
                );
                const kept = textOf(again);
                let after = again;
                for (const id of upTo(NEXT + 1, NEXT + 2)) {
                  assert.ok(after.append(id));
                  after = after.reopened();
                  assert.equal(textOf(after), kept);
                }
                assert.deepEqual(after.all().slice(-2), upTo(NEXT + 1, NEXT + 2));
              });
              assert.ok(cuts >= 3, `${cuts}`);
            }
          });

    if (page > BLOCK) return;
    test("five times in a row, at random, while a block begins", () => {
      const random = seededRandom(page);
      const start = withOld(page, ring, full, 0);
      for (let round = 0; round < 20; round++) {
        let opened = reopen(copyOf(start.chip), ring);
        for (let cut = 0; cut < 5; cut++) {
          cutPowerAfter(opened.chip, Math.floor(random() * 80));
          assert.throws(() => {
            opened = opened.reopened();
            for (;;) opened.append(NEXT);
          }, PowerCut);
          opened.chip.beforeOperation = undefined;
        }
        assert.equal(textOf(opened.reopened()), OLD);
      }
    });
  });

describe("a text", () => {
  test("is there after resets and when the ring came round, in each block anew", () => {
    for (const { page, ring } of PAGES.slice(0, 2)) {
      let opened = reopen(createChip(page), ring);
      assert.equal(textOf(opened), "");
      assert.ok(opened.journal.saveText(NEW));
      for (const id of upTo(1, 3 * (ring / BLOCK) * PER_BLOCK)) {
        opened.append(id);
        if (id % 97 === 0) opened = opened.reopened();
      }
      assert.equal(textOf(opened), NEW);
      assert.equal(textOf(opened.reopened()), NEW);
    }
  });

  test("of any length up to the longest; a longer one is refused and changes nothing", () => {
    const opened = reopen(createChip(4096), 3 * BLOCK);
    for (const length of [1, 11, 12, 13, 32, 33, 600, LONGEST]) {
      const text = "x".repeat(length);
      assert.ok(opened.journal.saveText(text));
      assert.equal(textOf(opened), text);
      assert.equal(textOf(opened.reopened()), text);
    }
    assert.equal(opened.journal.saveText("y".repeat(LONGEST + 1)), false);
    assert.equal(textOf(opened), "x".repeat(LONGEST));
  });

  test("is no record: none waits, none is counted as lost", () => {
    const opened = reopen(createChip(4096), 3 * BLOCK);
    opened.append(1);
    opened.journal.saveText(OLD);
    opened.append(2);
    assert.deepEqual(opened.all(), [1, 2]);
    assert.deepEqual(opened.confirm(), [1, 2]);
    opened.journal.saveText(NEW);
    assert.equal(opened.journal.waiting(), 0);
    assert.equal(opened.reopened().journal.waiting(), 0);
    assert.equal(opened.reopened().dropped, 0);
  });

  test("that flash did not take: the one before stays", () => {
    const opened = reopen(createChip(4096), 3 * BLOCK);
    opened.journal.saveText(OLD);
    opened.flash.write = () => {};
    assert.equal(opened.journal.saveText(NEW), false);
    assert.equal(textOf(opened), OLD);
  });

  test("of which a byte flips: it is this one, one that was kept before, or none; and no record is counted as lost", () => {
    const opened = withOld(4096, 3 * BLOCK, 0, 150);
    opened.journal.saveText(NEW);
    opened.append(NEXT);
    const all = opened.all();
    const end = opened.journal.endOfRecords() - opened.chip.start;
    for (let at = START - opened.chip.start + HEADER; at < end - SLOT; at++) {
      const chip = copyOf(opened.chip);
      chip.bytes[at] = (chip.bytes[at] as number) ^ 0x21;
      const hit = reopen(chip, 3 * BLOCK);
      assert.ok([NEW, OLD].includes(textOf(hit)), `byte ${at}`);
      assert.equal(hit.all().length + hit.dropped, all.length, `byte ${at}`);
    }
  });
});

describe("its members", () => {
  interface Parts {
    journal: typeof import("../../firmware/tracker/journal.ts");
    members: typeof kept_text;
  }
  const boot = bootableParts<Parts>({ journal: "tracker/journal.ts", members: "tracker/kept-text.ts" });
  const chip = createChip(4096);
  const start = (): Parts & { flash: ReturnType<typeof rawFlash> } => {
    const parts = boot();
    const flash = rawFlash(chip);
    parts.journal.openJournal(flash, START, START + 2 * BLOCK);
    return { ...parts, flash };
  };

  test("are kept each on its own, and forgotten each on its own", () => {
    const { members } = start();
    assert.equal(members.keptOf("id"), undefined);
    assert.ok(members.keep("id", { token: "A1", name: "é€" }));
    assert.ok(members.keep("set", { interval_s: 5 }));
    const again = start().members;
    assert.deepEqual(again.keptOf("id"), { token: "A1", name: "é€" });
    assert.deepEqual(again.keptOf("set"), { interval_s: 5 });
    assert.ok(again.keep("id", undefined));
    assert.equal(start().members.keptOf("id"), undefined);
    assert.deepEqual(start().members.keptOf("set"), { interval_s: 5 });
  });

  test("that are the same as before take no flash; that are too long change nothing", () => {
    const { members, journal } = start();
    const before = journal.endOfRecords();
    assert.ok(members.keep("set", { interval_s: 5 }));
    assert.equal(journal.endOfRecords(), before);
    assert.equal(members.keep("id", "x".repeat(LONGEST)), false);
    assert.deepEqual(members.keptOf("set"), { interval_s: 5 });
    assert.equal(members.keptOf("id"), undefined);
  });
});
