import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import { openRecords } from "../../scripts/line/record-file.ts";

const COLUMNS = ["time", "outcome", "reason"] as const;
const ROWS = [
  { time: "1", outcome: "passed", reason: "" },
  { time: "2", outcome: "failed", reason: 'no SIM (none, or "wrong"): power off, put it in' },
  { time: "3", outcome: "passed", reason: "plain" },
];
const NEW = { time: "4", outcome: "failed", reason: "a, b" };

function place(t: TestContext): string {
  const directory = mkdtempSync(join(tmpdir(), "records-"));
  t.after(() => rmSync(directory, { recursive: true }));
  return join(directory, "result.csv");
}

test("a table cut at any byte keeps each row that was whole, and takes the next", (t) => {
  const path = place(t);
  for (const row of ROWS) openRecords(path, COLUMNS).append(row);
  const text = readFileSync(path, "latin1");
  assert.deepEqual(openRecords(path, COLUMNS).rows, ROWS);
  const header = text.indexOf("\n") + 1;
  for (let cut = 0; cut <= text.length; cut++) {
    writeFileSync(path, text.slice(0, cut));
    openRecords(path, COLUMNS).append(NEW);
    const { rows } = openRecords(path, COLUMNS);
    const whole = cut < header ? 0 : text.slice(header, cut).split("\n").length - 1;
    assert.deepEqual(rows.slice(0, whole), ROWS.slice(0, whole), `at ${cut}`);
    assert.deepEqual(rows.at(-1), NEW, `at ${cut}`);
    // Of a row that was cut in its last cell all that counts is there.
    const cutRow = rows.slice(whole, -1)[0];
    if (cutRow) assert.equal(cutRow.outcome, ROWS[whole]?.outcome, `at ${cut}`);
    assert.ok(rows.length <= whole + 2);
  }
});

test("another table is refused, and left as it is", (t) => {
  const path = place(t);
  writeFileSync(path, "name,token\nred,SECRET\n");
  assert.throws(
    () => openRecords(path, COLUMNS),
    /result\.csv: is another table, or .*: its columns must be time,outcome,reason; name another file$/,
  );
  assert.equal(readFileSync(path, "latin1"), "name,token\nred,SECRET\n");
});

test("a table that a spreadsheet saved meanwhile keeps its rows, and those that come after", (t) => {
  const path = place(t);
  for (const row of ROWS) openRecords(path, COLUMNS).append(row);
  const text = readFileSync(path, "utf8");
  writeFileSync(path, `\uFEFF${text.replaceAll("\n", "\r\n")}`);
  openRecords(path, COLUMNS).append(NEW);
  openRecords(path, COLUMNS).append(NEW);
  assert.deepEqual(openRecords(path, COLUMNS).rows, [...ROWS, NEW, NEW]);
});

test("a table that was saved with other separators is refused: rows of both kinds would not be read", (t) => {
  const path = place(t);
  const text = `${COLUMNS.join(";")}\r\n1;passed;\r\n`;
  writeFileSync(path, text);
  assert.throws(() => openRecords(path, COLUMNS), /saved with other separators than commas/);
  assert.equal(readFileSync(path, "utf8"), text);
});

test("only its owner may read it", { skip: process.platform === "win32" }, (t) => {
  const path = place(t);
  openRecords(path, COLUMNS).append(NEW);
  assert.equal(statSync(path).mode & 0o777, 0o600);
});
