import assert from "node:assert/strict";
import { test } from "node:test";
import { BOARDS } from "../../scripts/budgets.ts";
import { boardOf, refuseOld } from "../../scripts/flash/interpreter.ts";

test("a board's own name leads to its blob", () => {
  const names = ["RAK8212", "RAK5010", "WIO_LTE", "LINUX"];
  assert.deepEqual(
    names.map((BOARD) => boardOf(BOARD)),
    BOARDS,
  );
  assert.equal(boardOf("LINUX2500"), "linux");
});

test("a board there is no firmware for is told which there are", () => {
  assert.throws(() => boardOf("PUCKJS"), {
    message: /^this board is a PUCKJS, .*: it is for RAK5010, RAK8212, WIO_LTE, LINUX/,
  });
  assert.throws(() => boardOf("constructor"), /no firmware/);
});

test("an interpreter older than 2v06, or without a version, is refused with the way to a newer one", () => {
  for (const VERSION of ["2v06", "2v08", "2v29.277"]) for (const board of BOARDS) refuseOld(board, VERSION);
  assert.throws(() => refuseOld("rak8212", "2v05"), {
    message: /Espruino is 2v05, and the tracker needs 2v06 or newer .*: install the last official one, 2v06/,
  });
  assert.throws(() => refuseOld("linux", "dirty"), /Espruino is dirty/);
});
