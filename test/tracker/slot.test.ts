import assert from "node:assert/strict";
import { test } from "node:test";
import { Kind, kindOf, sign } from "../../firmware/tracker/slot.ts";
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
