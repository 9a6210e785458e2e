/** The power goes before or while any single word is written, any page is erased: what was kept is kept. */
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import { Word } from "../../firmware/tracker/kept.ts";
import {
  type Flash as Chip,
  countOperations,
  cutPowerAfter,
  PowerCut,
} from "../../scripts/simulator/espruino/flash.ts";
import {
  BLOCK,
  copyOf,
  createChip,
  filledTo,
  type Opened,
  PAGES,
  PER_BLOCK,
  reopen,
  upTo,
} from "./journal-rig.ts";
import { atEveryCut, type Halfway, someBits, untouched } from "./power-cuts.ts";

const NEW = 1_000_000;
/** After so many appended records. */
const RESTARTS = [1, 3, PER_BLOCK + 1, PER_BLOCK + 2];
const OLD_STATE = [11, 12];
const NEW_STATE = [21, 22];

function save({ journal }: Opened, values: number[]): void {
  journal.state.set(values, Word.Interval);
  assert.ok(journal.saveState());
}
const stateOf = ({ journal }: Opened): number[] => [...journal.state.subarray(Word.Interval, Word.Dropped)];

/** What the tracker does; `confirmed` are those whose confirmation may have begun, oldest first. */
interface Action {
  name: string;
  run(opened: Opened): void;
  appends?: true;
  confirms?: number;
}

const ACTIONS: Action[] = [
  { name: "a fix is appended", run: ({ append }) => assert.ok(append(NEW)), appends: true },
  {
    name: "values of five slots are appended",
    run: ({ append }) => assert.ok(append(NEW, 5)),
    appends: true,
  },
  { name: "three are confirmed", run: ({ confirm }) => void confirm(3), confirms: 3 },
  { name: "the state is saved", run: (opened) => save(opened, NEW_STATE) },
];

/** Places in the ring, as slots that records took there. */
function places(page: number, ring: number): Record<string, number> {
  const in_page = Math.max(page / BLOCK, 1) * PER_BLOCK;
  const full = (ring / BLOCK) * PER_BLOCK;
  return {
    "where nothing was written": 0,
    "in the middle of a block": 60,
    "at the last slot of a block": PER_BLOCK - 1,
    "at the end of a block": PER_BLOCK,
    ...(page > BLOCK && { "at the last slot of a page": in_page - 1, "at the end of a page": in_page }),
    "at the last slot of the ring": full - 1,
    "where the ring is full": full,
    "in a ring that came round": full + 60,
    "at the end of the first block of a ring that came round": full + PER_BLOCK,
  };
}

/** `part` is `whole` without some of those that `may` be missing. */
function assertLacksOnly(part: number[], whole: number[], may: number[]): void {
  const there = new Set(part);
  const optional = new Set(may);
  assert.deepEqual(
    part,
    whole.filter((id) => there.has(id)),
    "in order, none twice, none that was never appended",
  );
  const lost = whole.filter((id) => !there.has(id) && !optional.has(id));
  assert.deepEqual(lost, [], "lost");
}

function checkCuts(chip: Chip, ring: number, slots: number, action: Action, halfway: Halfway): number {
  const opened = filledTo(slots, chip, ring, OLD_STATE);
  const waiting = opened.all();
  const before = opened.dropped;
  const whole = reopen(copyOf(opened.chip), ring);
  action.run(whole);
  const goes = whole.dropped - before;
  return atEveryCut(opened, action.run, halfway, (again, done) => {
    const all = again.all();
    const begun = (kind: string) =>
      done.filter((operation) => operation.kind === kind).length + (halfway === untouched ? 0 : 1);
    // They are counted before the page is erased.
    const may_be_gone = Math.max(
      begun("erase") || again.dropped > before ? goes : 0,
      Math.min(begun("write"), action.confirms ?? 0),
    );
    assertLacksOnly(all, action.appends ? [...waiting, NEW] : waiting, [
      NEW,
      ...waiting.slice(0, may_be_gone),
    ]);
    if (action.confirms && halfway === untouched)
      assert.deepEqual(all, waiting.slice(may_be_gone), "a mark, one that is gone");
    const states = [slots ? OLD_STATE : [0, 0], NEW_STATE].map(String);
    assert.ok(states.includes(`${stateOf(again)}`), `the state is ${stateOf(again)}`);
    // Whether the last word was torn when it was written, or hit later, nobody can say: one more is counted then.
    const { dropped } = again;
    const may_be = [before, before + goes];
    if (halfway === someBits) may_be.push(before + 1, before + goes + 1);
    assert.ok(may_be.includes(dropped), `${dropped} dropped, before ${before}`);
    if (dropped > before + 1) assert.ok(!all.includes(waiting[goes - 1] as number));
    // And it goes on, with more restarts, over the end of a block. The tracker saves the state at each start.
    assert.ok(again.journal.saveState());
    const next = upTo(NEW + 1, NEW + PER_BLOCK + 2);
    let after = again;
    for (const id of next) {
      assert.ok(after.append(id));
      if (RESTARTS.includes(id - NEW)) after = after.reopened();
    }
    const rest = after.all();
    assert.deepEqual(rest, [...all, ...next].slice(-rest.length));
    assert.equal(rest.length + after.dropped - dropped, all.length + next.length);
    assert.deepEqual(stateOf(after), stateOf(again));
  });
}

for (const { page, ring } of PAGES)
  describe(`pages of ${page / 1024} KB`, () => {
    for (const [place, slots] of Object.entries(places(page, ring)))
      for (const action of ACTIONS)
        test(`${action.name}, ${place}`, () => {
          const count = checkCuts(createChip(page), ring, slots, action, untouched);
          if (slots || !action.confirms) assert.ok(count >= 3);
          checkCuts(createChip(page, slots + 1), ring, slots, action, someBits);
        });
  });

/** What may happen, and after how many operations of it the power goes, if it does. */
type Event = {
  what: "fix" | "values" | "confirm" | "fail" | "state" | "text" | "restart";
  size: number;
  cut?: number;
};

const event: fc.Arbitrary<Event> = fc.record(
  {
    what: fc.constantFrom("fix", "fix", "values", "values", "confirm", "fail", "state", "text", "restart"),
    size: fc.integer({ min: 1, max: 31 }),
    cut: fc.nat(40),
  },
  { requiredKeys: ["what", "size"] },
);

/** Lives through the events; after each, what there is is what there must be. */
function live(start: Opened, events: Event[]): void {
  let opened = start;
  let kept = opened.all();
  let next = NEW;
  let saved = stateOf(opened);
  let saved_text = "";
  for (const { what, size, cut } of events) {
    const { dropped } = opened;
    const id = next++;
    let state = saved;
    let text = saved_text;
    let taken: number[] = [];
    let done = true;
    if (cut !== undefined) cutPowerAfter(opened.chip, cut);
    const { erases } = opened.flash;
    try {
      if (what === "fix") assert.ok(opened.append(id));
      else if (what === "values") assert.ok(opened.append(id, size));
      else if (what === "confirm" || what === "fail") {
        taken = opened.take(size, true);
        opened.queue.settleRecords(what === "confirm");
      } else if (what === "state") {
        state = [id, id + 1];
        save(opened, state);
      } else if (what === "text") {
        text = `${id} `.repeat(size * 2);
        assert.ok(opened.journal.saveText(text));
      } else opened = opened.reopened();
    } catch (error) {
      if (!(error instanceof PowerCut)) throw error;
      done = false;
    }
    opened.chip.beforeOperation = undefined;
    const erased = what !== "restart" && opened.flash.erases > erases;
    if (!done) opened = opened.reopened();
    const all = opened.all();
    const whole = what === "fix" || what === "values" ? [...kept, id] : kept;
    const confirmed = what === "confirm" ? taken : [];
    const lost =
      erased || opened.dropped > dropped ? whole.findIndex((one) => one === (all[0] ?? whole.at(-1))) : 0;
    if (done) {
      const left = whole.filter((one) => !confirmed.includes(one));
      assert.deepEqual(all, left.slice(left.length - all.length));
      assert.equal(opened.dropped - dropped, left.length - all.length);
      assert.deepEqual(stateOf(opened), state);
      assert.equal(opened.journal.keptText(), text);
    } else {
      assertLacksOnly(all, whole, [id, ...confirmed, ...whole.slice(0, lost)]);
      // A page goes after the confirmed ones in it were marked: those are not lost.
      const counted = whole.slice(0, lost).filter((one) => !confirmed.includes(one)).length;
      assert.ok(
        [dropped, dropped + counted].includes(opened.dropped),
        `${what} ${size}: ${opened.dropped} after ${dropped}, lost ${lost} of ${whole.length}, ${all.length} left, erased ${erased}`,
      );
      assert.ok([`${saved}`, `${state}`].includes(`${stateOf(opened)}`));
      assert.ok([saved_text, text].includes(opened.journal.keptText()));
    }
    saved = stateOf(opened);
    saved_text = opened.journal.keptText();
    kept = all;
  }
}

describe("a record is given up", () => {
  const giveUp = ({ queue, journal, lists }: Opened): void => {
    const [one] = lists.aside;
    assert.ok(one);
    queue.takeAside(one, () => 1);
    queue.giveUpTaken();
    assert.ok(journal.saveState());
  };
  for (const appended of [3, PER_BLOCK - 4, 2 * PER_BLOCK - 2])
    test(`after ${appended} others: it is counted once, or it waits and is not counted`, () => {
      const before = reopen(createChip(4096), 3 * BLOCK);
      before.append(NEW);
      before.take(1);
      before.queue.putAside();
      assert.ok(before.journal.saveState());
      for (let id = 1; id <= appended; id++) before.append(id);
      const whole = copyOf(before.chip);
      const opened = (): Opened => reopen(copyOf(whole), 3 * BLOCK);
      const { dropped } = opened();
      const uncut = opened();
      const operations = countOperations(uncut.chip, () => giveUp(uncut));
      assert.ok(operations > 3);
      for (let cut = 0; cut < operations; cut++) {
        const life = opened();
        cutPowerAfter(life.chip, cut);
        assert.throws(() => giveUp(life), PowerCut);
        life.chip.beforeOperation = undefined;
        const after = life.reopened();
        const waits = after.lists.aside.length > 0;
        assert.equal(after.dropped - dropped, waits ? 0 : 1, `operation ${cut}`);
      }
    });
});

describe("any life", () => {
  for (const { page, ring, runs } of [
    { page: 1024, ring: 2 * BLOCK, runs: 150 },
    { page: 4096, ring: 2 * BLOCK, runs: 150 },
    { page: 4096, ring: 5 * BLOCK, runs: 60 },
    { page: 0x20000, ring: 0x40000, runs: 15 },
  ])
    test(`pages of ${page / 1024} KB, ${ring / BLOCK} blocks`, () => {
      const full = (ring / BLOCK) * PER_BLOCK;
      const property = fc.property(
        fc.constantFrom(0, PER_BLOCK - 9, full - 50, full + PER_BLOCK - 9),
        fc.array(event, { minLength: 30, maxLength: 60 }),
        (slots, events) => live(filledTo(slots, createChip(page, 1), ring, OLD_STATE).reopened(), events),
      );
      fc.assert(property, {
        numRuns: Number(process.env.RUNS ?? runs),
        endOnFailure: !!process.env.RUNS,
        includeErrorInReport: true,
      });
    });
});
