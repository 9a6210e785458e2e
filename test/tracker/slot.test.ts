import assert from "node:assert/strict";
import { test } from "node:test";
import { Kind, kindOf, plain, sign } from "../../firmware/tracker/slot.ts";
import { switchOn } from "./espruino.ts";

switchOn();

/** A fix as it stands in flash; `altitude` in tenths of a metre. */
function fix(altitude: number): Uint8Array {
  const slot = new Uint8Array(24);
  const words = new Int32Array(slot.buffer);
  slot[0] = Kind.Fix;
  words.set([1_780_000_000, 47_000_000, 8_000_000, altitude, 0x0123ffff], 1);
  words[0] = sign(slot);
  return slot;
}

for (const altitude of [4000, -1])
  test(`a fix at ${altitude} tenths of a metre: a bit that flips in it breaks it, and does not make it torn`, () => {
    assert.equal(kindOf(fix(altitude)), Kind.Fix);
    for (let bit = 32; bit < 24 * 8; bit++) {
      const hit = fix(altitude);
      hit[bit >> 3] = (hit[bit >> 3] as number) ^ (1 << (bit & 7));
      assert.equal(kindOf(hit), Kind.Broken, `bit ${bit}`);
    }
  });

test("a write that ended early is torn, wherever", () => {
  for (let words = 1; words < 6; words++) {
    const slot = fix(4000);
    slot.fill(0xff, words * 4);
    assert.equal(kindOf(slot), Kind.Torn, `${words} words`);
  }
});

test("nothing was written, and a bit flipped", () => {
  for (let bit = 32; bit < 24 * 8; bit++) {
    const slot = new Uint8Array(24).fill(0xff);
    slot[bit >> 3] = (slot[bit >> 3] as number) ^ (1 << (bit & 7));
    assert.equal(kindOf(slot), Kind.Torn, `bit ${bit}`);
  }
});

/** The same with what was measured: heights, percent, dBm above -143 in steps of two, and whether a `More` follows. */
function report(altitude: number, battery: number, signal: number, more = 0): Uint8Array {
  const slot = new Uint8Array(24);
  const words = new Int32Array(slot.buffer);
  slot[0] = Kind.Report;
  words.set(
    [1_780_000_000, -1, -1, altitude | (battery << 19) | (signal << 26), 0x7bffffff | (more << 31)],
    1,
  );
  words[0] = sign(slot);
  return slot;
}

for (const [what, slot] of [
  ["nothing of which is known", () => report(0x7ffff, 127, 0)],
  ["all ones but what may not be", () => report(0x7ffff, 127, 63, 1)],
] as const)
  test(`a report, ${what}: is whole, and a bit that flips in it breaks it`, () => {
    assert.equal(kindOf(slot()), Kind.Report);
    for (let bit = 32; bit < 24 * 8; bit++) {
      const hit = slot();
      hit[bit >> 3] = (hit[bit >> 3] as number) ^ (1 << (bit & 7));
      if (what === "nothing of which is known") assert.equal(kindOf(hit), Kind.Broken, `bit ${bit}`);
      else assert.ok([Kind.Broken, Kind.Torn].includes(kindOf(hit)), `bit ${bit}`);
    }
    for (let words = 1; words < 6; words++) {
      const torn = slot();
      torn.fill(0xff, words * 4);
      assert.equal(kindOf(torn), Kind.Torn, `${words} words`);
    }
  });

test("a report is a fix with what both have", () => {
  const slot = report(10_000 - 25, 50, 20, 1);
  assert.equal(kindOf(slot), Kind.Report);
  plain(slot);
  const words = new Int32Array(slot.buffer);
  assert.deepEqual(
    [slot[0], words[4], new Uint16Array(slot.buffer)[10], new Uint16Array(slot.buffer)[11]],
    [Kind.Fix, -25, 0xffff, 0x3ff],
  );
});
