/** The production line against four simulated boards at once. */
import assert from "node:assert/strict";
import { readFileSync, writeFileSync } from "node:fs";
import { test } from "node:test";
import { bench, boardNumber } from "./rig.ts";

const CSV =
  "name,token,imei\nred,TOKEN_RED,\ngreen,TOKEN_GREEN,\nblue,TOKEN_BLUE,860000000000004\nwhite,TOKEN_WHITE,\n";
const TOKENS: Record<string, string> = {
  red: "TOKEN_RED",
  green: "TOKEN_GREEN",
  blue: "TOKEN_BLUE",
  white: "TOKEN_WHITE",
};

test("four boards, one without SIM, one unplugged in the middle; then again: only these two are done", async (t) => {
  const at = bench(t);
  writeFileSync(at.path("boards.csv"), CSV);
  const args = ["--csv", at.path("boards.csv"), "--wait", "5"];
  const boards = await Promise.all([
    boardNumber(t, 1),
    boardNumber(t, 2, { sim: "absent" }),
    boardNumber(t, 3),
    boardNumber(t, 4),
  ]);
  for (const board of boards) at.plugged.add(board);
  const [, , third] = boards;
  // While its code is written.
  let left = 100;
  third.flash.beforeOperation = () => {
    if (left-- !== 0) return;
    at.plugged.delete(third);
    third.unplug();
  };

  const first = await at.run(args, 4);
  assert.deepEqual(first.code, 1, first.said.join("\n"));
  assert.match(first.said.at(-1) ?? "", /^2 passed, 2 failed: .*result\.csv$/);
  const rows = new Map(at.results().map((row) => [row.chip, row]));
  assert.equal(rows.size, 4);
  assert.deepEqual(
    boards.map(({ chip }) => rows.get(chip)?.outcome),
    ["passed", "failed", "failed", "passed"],
  );
  assert.match(rows.get("chip-2")?.reason ?? "", /^no SIM \(.*\): power off, put the SIM in, power on$/);
  assert.match(
    rows.get("chip-3")?.reason ?? "",
    /connection lost; was the board unplugged.*run the same again/,
  );
  assert.equal(rows.get("chip-4")?.imei, "860000000000004");
  assert.equal(rows.get("chip-4")?.name, "blue", "the table says which board it is for");
  for (const chip of ["chip-1", "chip-4"]) assert.equal(rows.get(chip)?.firmware, "9.9.9");

  // A SIM is put in, the other is plugged in again.
  await boards[1].close();
  third.flash.beforeOperation = undefined;
  third.boot();
  at.plugged.clear();
  const second = await boardNumber(t, 2);
  const again = [boards[0], second, third, boards[3]];
  for (const board of again) at.plugged.add(board);
  const written = [boards[0], boards[3]].map(({ flash }) => Buffer.from(flash.bytes));
  const last = await at.run(args, 4);
  assert.equal(last.code, 0, last.said.join("\n"));
  assert.match(last.said.at(-1) ?? "", /^2 passed, 0 failed, 2 had passed before: /);
  assert.deepEqual(
    [boards[0], boards[3]].map(({ flash }) => Buffer.from(flash.bytes)),
    written,
    "nothing was written to those that had passed",
  );
  const all = at.results();
  assert.equal(all.length, 6);
  assert.deepEqual(
    all
      .slice(4)
      .map(({ chip, outcome }) => [chip, outcome])
      .sort(),
    [
      ["chip-2", "passed"],
      ["chip-3", "passed"],
    ],
  );

  // Each has a token of its own, and kept it.
  const tokens = again.map((board) => JSON.parse(board.file("tb.json") ?? "{}").server.username);
  assert.equal(new Set(tokens).size, 4);
  const named = new Map(
    all.filter(({ outcome }) => outcome === "passed").map(({ chip, name }) => [chip, name]),
  );
  assert.deepEqual(
    tokens,
    again.map(({ chip }) => TOKENS[named.get(chip) ?? ""]),
  );
  assert.equal(named.get("chip-3"), rows.get("chip-3")?.name);

  // No secret is said or written down.
  const told = [first, last].flatMap(({ said, complained }) => [...said, ...complained]);
  for (const file of ["result.csv", "result.names.csv"]) told.push(readFileSync(at.path(file), "utf8"));
  assert.doesNotMatch(told.join("\n"), /TOKEN_/);
});
