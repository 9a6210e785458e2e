import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { crc32 } from "node:zlib";
import { Place } from "../../firmware/ota/layout.ts";
import { cutPowerAfter } from "../../scripts/simulator/espruino/flash.ts";
import {
  buildParts,
  flashedBoard,
  keyOf,
  program,
  SLOTTED,
  type SlotBoard,
  slotBoard,
  update,
} from "./rig.ts";
import { putUpdate } from "./slot-image.ts";

const B = program("B");
const LONG = program("L", `x="${"x".repeat(4000)}";`);
const crcOf = (code: string): number => crc32(Buffer.from(code, "latin1"));

for (const name of SLOTTED) {
  const parts = buildParts(name);
  const fresh = async (): Promise<SlotBoard> => {
    const board = slotBoard(name, flashedBoard(name, await parts));
    board.boot();
    return board;
  };
  /** The first slot, as the board itself says. */
  const slotAt = async (board: SlotBoard): Promise<number> =>
    (board.ask((await parts).loader.area) as number[])[0] as number;

  describe(`an update of a ${name}`, () => {
    test("goes on after a cut where it was, to the word, and not with another one's bytes", async () => {
      const board = await fresh();
      const size = 13 + 2 + 500;
      cutPowerAfter(board.flash, size);
      assert.equal(update(board, LONG), "");
      board.flash.beforeOperation = undefined;
      assert.equal(board.boot(), "A");
      const stored = Number(board.ask(`ota.resumeAt(${keyOf(LONG)})`));
      assert.ok(stored > 1500 && stored % 4 === 0, String(stored));
      let words = 0;
      board.flash.beforeOperation = ({ kind }) => {
        words += kind === "write" ? 1 : 9999;
      };
      assert.equal(update(board, LONG), "L");
      board.flash.beforeOperation = undefined;
      assert.ok(words < LONG.length / 4 - stored / 4 + 20, `${words} words for what was missing`);
      board.ask("(ota.confirm(),0)");
      assert.equal(board.ask(`ota.resumeAt(${keyOf(B)})`), 0);
      assert.equal(board.ask(`ota.resumeAt(${keyOf(LONG)})`), 0);
      assert.equal(board.reboot(), "L");
      board.dispose();
    });

    test("is not taken when it is too large, out of place, or with nothing begun; on trial none is", async () => {
      const board = await fresh();
      const most = Number(board.ask("ota.slotBytes()"));
      assert.ok(most >= 52_000);
      assert.equal(board.ask('ota.store(0,"abcd")'), false);
      assert.equal(board.ask("ota.complete(4,1)"), false);
      board.ask("(ota.activate(),0)");
      assert.equal(board.ask("ota.resumeAt(1)"), 0);
      for (const [offset, bytes] of [
        [most, "abcd"],
        [most - 2, "abcd"],
        [1, "abcd"],
        [0, ""],
        [0, "x".repeat(1025)],
      ])
        assert.equal(board.ask(`ota.store(${offset},${JSON.stringify(bytes)})`), false);
      assert.equal(board.ask('ota.store(0,"abcd")'), true);
      assert.equal(board.ask('ota.store(0,"abcd")'), true, "the same again");
      assert.equal(board.ask('ota.store(0,"abce")'), false, "others");
      assert.equal(board.ask(`ota.complete(${most + 1},1)`), false);
      assert.equal(board.ask("ota.complete(0,0)"), false);
      assert.equal(update(board, B), "B");
      assert.equal(board.ask("ota.isTrial()"), true);
      assert.equal(board.ask(`ota.resumeAt(${keyOf(LONG)})`), 0);
      assert.equal(board.ask('ota.store(0,"abcd")'), false);
      board.dispose();
    });

    test("with a wrong byte begins anew, and is not started", async () => {
      const board = await fresh();
      assert.equal(board.ask("ota.resumeAt(1)"), 0);
      assert.equal(board.ask(`ota.store(0,${JSON.stringify(B.replace("B", "X"))})`), true);
      assert.equal(board.ask(`ota.complete(${B.length},${crcOf(B)})`), false);
      board.ask("(ota.activate(),0)");
      assert.equal(board.reboot(), "A");
      assert.equal(board.ask("ota.resumeAt(1)"), 0);
      assert.equal(board.ask(`ota.store(0,${JSON.stringify(B)})`), true);
      board.dispose();
    });

    test("whose flash loses a bit gives way to what was before, confirmed or not", async () => {
      const board = await fresh();
      const slot = await slotAt(board);
      putUpdate(board.flash, slot, { code: B, number: 7, confirmed: true });
      putUpdate(board.flash, slot + 61_440, { code: program("C"), number: 8, confirmed: true });
      assert.equal(board.boot(), "C");
      board.flash.write(slot + 61_440 + Place.Code, Uint8Array.of(0, 0, 0, 0));
      assert.equal(board.boot(), "B");
      board.flash.write(slot + Place.Length, Uint8Array.of(0, 0, 0, 0));
      assert.equal(board.boot(), "A");
      // The number goes on from the highest there is.
      assert.equal(update(board, program("D")), "D");
      board.dispose();
    });

    test("without a loader is by cable", async () => {
      const board = await fresh();
      board.ask("delete slot");
      assert.equal(board.ask("ota.slotBytes()"), 0);
      assert.equal(board.ask("ota.resumeAt(1)"), 0);
      assert.equal(board.ask('ota.store(0,"abcd")'), false);
      assert.ok(!board.ask("ota.lastVerdict()"));
      board.dispose();
    });
  });
}
