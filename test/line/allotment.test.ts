import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import type { OwnSettings } from "../../scripts/config/fleet.ts";
import { openAllotment } from "../../scripts/line/allotment.ts";

const row = (name: string, more: { chip?: string; imei?: string; board?: string } = {}): OwnSettings => ({
  board: { row: 2, name, chip: more.chip ?? "", imei: more.imei ?? "", given: new Map() },
  settings: { ...(more.board && { board: more.board }) },
});
const named = ({ board }: OwnSettings): string => board.name;

function result(t: TestContext): string {
  const directory = mkdtempSync(join(tmpdir(), "allotment-"));
  t.after(() => rmSync(directory, { recursive: true }));
  return join(directory, "result.csv");
}

test("rows go in order, those that name a board to that alone, and to one board each, also after a start anew", (t) => {
  const path = result(t);
  const fleet = [row("a"), row("b", { imei: "111" }), row("c", { chip: "C3" }), row("d")];
  const open = () => openAllotment(path, "boards.csv", fleet);
  assert.equal(named(open().take({ chip: "c1", imei: "999" }, "rak5010")), "a");
  assert.equal(named(open().take({ chip: "c2", imei: "111" }, "rak5010")), "b");
  assert.equal(named(open().take({ chip: "c3", imei: "" }, "rak5010")), "c");
  assert.equal(named(open().take({ chip: "c1", imei: "999" }, "rak5010")), "a", "it has one already");
  assert.equal(named(open().take({ chip: "", imei: "555" }, "linux")), "d", "known by the modem's number");
  assert.equal(named(open().take({ chip: "", imei: "555" }, "linux")), "d");
  assert.throws(
    () => open().take({ chip: "c9", imei: "9" }, "rak5010"),
    /^Error: boards\.csv: no row is left for this rak5010: add one$/,
  );
});

test("a row that is for another kind of board is left to that", (t) => {
  const fleet = [row("small", { board: "rak8212" }), row("large", { board: "rak5010" }), row("any")];
  const allotment = openAllotment(result(t), "boards.csv", fleet);
  assert.equal(named(allotment.take({ chip: "1", imei: "" }, "rak5010")), "large");
  assert.equal(named(allotment.take({ chip: "2", imei: "" }, "rak5010")), "any");
  assert.equal(named(allotment.take({ chip: "3", imei: "" }, "rak8212")), "small");
});

test("a name that was given stays with its board, whatever becomes of the table", (t) => {
  const path = result(t);
  openAllotment(path, "boards.csv", [row("a"), row("b")]).take({ chip: "1", imei: "" }, "linux");
  const later = openAllotment(path, "boards.csv", [row("b")]);
  assert.throws(
    () => later.take({ chip: "1", imei: "" }, "linux"),
    /this board was given a before, .*result\.names\.csv$/,
  );
  assert.equal(named(later.take({ chip: "2", imei: "" }, "linux")), "b");
  const claimed = openAllotment(path, "boards.csv", [row("b", { chip: "3" })]);
  assert.throws(
    () => claimed.take({ chip: "3", imei: "" }, "linux"),
    /row 2, b, is of another board already \(2\)/,
  );
});
