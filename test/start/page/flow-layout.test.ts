import assert from "node:assert/strict";
import { test } from "node:test";
import { type Box, layOut, wayBetween } from "../../../scripts/start/page/flow-layout.ts";

const overlap = (a: Box, b: Box): boolean =>
  a.x < b.x + b.width && b.x < a.x + a.width && a.y < b.y + b.height && b.y < a.y + a.height;

test("at any width the boxes are within the picture, and none is over another", () => {
  for (let width = 280; width <= 1_700; width += 20) {
    const layout = layOut(width);
    const boxes = [layout.taken, layout.waiting, layout.sending, layout.acknowledged];
    for (const box of [layout.board, ...boxes])
      assert.ok(
        box.x >= 0 && box.x + box.width <= width && box.y + box.height <= layout.height,
        `${width} px`,
      );
    boxes.forEach((a, i) => {
      for (const b of boxes.slice(i + 1)) assert.equal(overlap(a, b), false, `${width} px`);
    });
    assert.equal(overlap(layout.board, layout.sending), false, `${width} px`);
  }
});

test("a way leads from the edge of one box to that of the next", () => {
  const { taken, waiting, is_wide } = layOut(600);
  const { from, to } = wayBetween(taken, waiting, is_wide);
  assert.deepEqual([from[0], to[0]], [taken.x + taken.width, waiting.x]);
  const narrow = layOut(320);
  const down = wayBetween(narrow.taken, narrow.waiting, narrow.is_wide);
  assert.deepEqual([down.from[1], down.to[1]], [narrow.taken.y + narrow.taken.height, narrow.waiting.y]);
});
