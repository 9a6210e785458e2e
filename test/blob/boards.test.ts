/** Each board's blob on its simulated board, with the outbox as small and as large as its settings allow. */
import assert from "node:assert/strict";
import { test } from "node:test";
import type { Board } from "../../board/board.ts";
import type { Field } from "../../firmware/check.ts";
import { BOARDS } from "../../scripts/boards.ts";
import { boardSpecs } from "../../scripts/simulator/espruino/specs.ts";
import { bootable } from "../modem/fresh.ts";
import { createBoardWorld } from "./board-world.ts";

function outboxLimits(board: string): [initial: number, least: number, most: number] {
  const fields: Record<string, Field> = {};
  bootable<Board>(`../board/${board}.ts`)().boardFields(fields);
  return fields.outbox_bytes as [number, number, number];
}

for (const name of BOARDS) {
  const limits = outboxLimits(name);

  test(`${name}: the outbox is whole pages, two at least, and its default is within its limits`, () => {
    const [initial, least, most] = limits;
    const page = Math.max(boardSpecs[name].pageSize, 4096);
    for (const bytes of limits) assert.equal(bytes % page, 0);
    assert.ok(least >= 2 * page && least <= initial && initial <= most);
  });

  for (const outbox_bytes of new Set(limits))
    test(`${name}: an outbox of ${outbox_bytes} bytes has room; it reports, after a power cut, too`, async () => {
      const { board, thingsboard, lines, run, powerCut, stop } = createBoardWorld(name, { outbox_bytes });
      try {
        for (const fixes of [4, 8]) {
          board.boot();
          await run(70);
          const latitudes = thingsboard.telemetry("tracker", "Latitude");
          assert.ok(latitudes.length >= fixes, `${latitudes.length} fixes; ${lines.join("\n")}`);
          assert.deepEqual(board.errorFlags, []);
          powerCut();
        }
      } finally {
        await stop();
      }
    });
}

/** Linux has no chip to ask. */
for (const name of BOARDS.filter((board) => boardSpecs[board].resetRegister))
  test(`${name}: five bites of the watchdog soon after the start are safe mode, power cuts are not`, async () => {
    const { board, run, powerCut, stop } = createBoardWorld(name);
    const safeMode = () => board.evaluate("tracker.status().safe_mode");
    try {
      for (let cuts = 0; cuts < 6; cuts++) {
        board.boot();
        await run(30);
        assert.equal(safeMode(), "undefined", `after ${cuts} power cuts`);
        powerCut();
      }
      board.boot();
      for (let bites = 0; bites < 5; bites++) {
        await run(20);
        assert.equal(safeMode(), "undefined", `after ${bites} bites`);
        // Nothing else stops it: the loop that kicks is armed first thing.
        board.evaluate("E.kickWatchdog=function(){}");
        await run(30);
      }
      assert.equal(safeMode(), "1");
      // What the chip remembers of the bites is no news to starts that were wanted, be there many.
      for (let s = 0; s < 400; s += 50) await run(50);
      assert.equal(safeMode(), "undefined", "it ends by itself");
    } finally {
      await stop();
    }
  });
