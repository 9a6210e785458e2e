import assert from "node:assert/strict";
import { test } from "node:test";
import type { Board } from "../../board/board.ts";
import { BOARDS, entryOf } from "../../scripts/boards.ts";
import { boardOf, refuseOld } from "../../scripts/flash/interpreter.ts";
import { boardSpecs } from "../../scripts/simulator/espruino/specs.ts";
import { bootable } from "../modem/fresh.ts";

test("a board's own name leads to its blob", () => {
  for (const board of BOARDS) {
    const { BOARD } = bootable<Board>(`../board/${board}.ts`)();
    assert.equal(entryOf(board).env_names[0], BOARD);
    assert.equal(boardSpecs[board].name, BOARD);
    assert.equal(boardOf(BOARD), board);
  }
  assert.equal(boardOf("LINUX2500"), "linux");
});

test("a board there is no firmware for is told which there are", () => {
  assert.throws(() => boardOf("PUCKJS"), {
    message: /^this board is a PUCKJS, .*: it is for RAK8212, RAK5010, WIO_LTE, .*LINUX, /,
  });
  assert.throws(() => boardOf("constructor"), /no firmware/);
});

test("an interpreter that is too old for its board, or without a version, is refused with the way to a newer one", () => {
  for (const board of BOARDS) refuseOld(board, "2v29.277");
  for (const version of ["2v06", "2v08"]) refuseOld("wio-lte", version);
  for (const board of ["rak5010", "linux"] as const) {
    refuseOld(board, "2v20.48");
    assert.throws(() => refuseOld(board, "2v20.47"), {
      message: /needs 2v20\.48 or newer \(as text the code is longer/,
    });
  }
  assert.throws(() => refuseOld("wio-lte", "2v05"), {
    message: /Espruino is 2v05, and the tracker needs 2v06 or newer .*: install the last official one, 2v08/,
  });
  refuseOld("rak8212", "2v20.48");
  for (const version of ["2v06", "2v20.47"])
    assert.throws(() => refuseOld("rak8212", version), {
      message:
        /needs 2v20\.48 or newer \(the board's 40 KB hold the code as tokens only.*: build the current one/,
    });
  assert.throws(() => refuseOld("linux", "dirty"), /Espruino is dirty/);
});
