import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { crc32 } from "node:zlib";
import { createFlash, PowerCut } from "../../scripts/simulator/espruino/flash.ts";
import { seededRandom } from "../../scripts/simulator/modem/options.ts";
import { watchFlash } from "./flash-watch.ts";

/** A fix whose last word is `last`. */
function fix(last: number): Buffer {
  const bytes = Buffer.alloc(24);
  bytes.writeInt32LE(1_780_315_200, 4);
  bytes.writeInt32LE(last, 20);
  // Kind 1, a fix; its check; bits 7 and 31: it waits.
  bytes.writeUInt32LE(1);
  bytes.writeUInt32LE(((crc32(bytes) << 8) | 0x80000081) >>> 0);
  return bytes;
}

function setup() {
  const flash = createFlash({ start: 0x1000, length: 8192, pageSize: 4096 });
  const taken: number[] = [];
  const watch = watchFlash(flash, seededRandom(1), ({ ts }) => taken.push(ts));
  return { flash, taken, watch };
}

describe("the watch over the flash", () => {
  test("tells of a record that is complete, not of one that a cut left incomplete", () => {
    const { flash, taken, watch } = setup();
    flash.write(0x1010, fix(0));
    assert.equal(taken.length, 1);
    watch.cutAfter({ left: 5 });
    assert.throws(() => flash.write(0x1028, fix(0)), PowerCut);
    assert.equal(taken.length, 1);
  });

  test("a record whose last word is all ones is complete before it is written", () => {
    const { flash, taken, watch } = setup();
    watch.cutAfter({ left: 5 });
    assert.throws(() => flash.write(0x1010, fix(-1)), PowerCut);
    assert.equal(taken.length, 1);
  });

  test("a torn word is some of it, a torn page too, and nothing beside", () => {
    const { flash, watch } = setup();
    watch.cutAfter({ left: 1, torn: true });
    assert.throws(() => flash.write(0x1010, new Uint8Array(12)), PowerCut);
    const words = new Uint32Array(flash.bytes.buffer, 0x10, 3);
    assert.equal(words[0], 0);
    assert.ok(words[1] !== 0 && words[1] !== 0xffffffff);
    assert.equal(words[2], 0xffffffff);
    watch.disarm();
    flash.write(0x1000, new Uint8Array(4096));
    flash.write(0x2000, new Uint8Array(4096));
    watch.cutAfter({ left: 0, kind: "erase", torn: true });
    assert.throws(() => flash.erasePage(0x1000), PowerCut);
    const ones = flash.bytes.subarray(0, 4096).filter((byte) => byte !== 0).length;
    assert.ok(ones > 3000 && ones < 4096, `${ones} bytes`);
    assert.ok(flash.bytes.subarray(4096).every((byte) => byte === 0));
  });
});
