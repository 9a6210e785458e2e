import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { describe, test } from "node:test";
import { BOARDS, BUDGETS } from "../scripts/budgets.ts";
import { differs, fields } from "../scripts/config/fields.ts";
import { usage as configUsage } from "../scripts/config/options.ts";
import { USAGE as doctorUsage } from "../scripts/doctor/options.ts";
import { USAGE as flashUsage } from "../scripts/flash/options.ts";
import { USAGE as replUsage } from "../scripts/repl/options.ts";
import { USAGE } from "../scripts/start/options.ts";

const readme = readFileSync(new URL("../README.md", import.meta.url), "utf8");
const manifest = JSON.parse(readFileSync(new URL("../package.json", import.meta.url), "utf8"));

/** The cells of the table rows that begin with a name in code style, by name; a cell may name several. */
const rows = new Map<string, string[]>();
for (const line of readme.split("\n")) {
  const cells = line.split("|").map((cell) => cell.trim());
  for (const [, name] of (cells[1] ?? "").matchAll(/`([^`]+)`/g))
    if (name) rows.set(name, cells.slice(2, -1));
}

describe("the README", () => {
  for (const { path, required, initial, allowed, description } of fields())
    test(`says of ${path} what the firmware allows`, () => {
      const given = initial === "" || differs(path) ? initial : `\`${initial}\``;
      assert.deepEqual(rows.get(path), [required ? "_required_" : given, allowed, description]);
    });

  test("names no npm script that is not there", () => {
    for (const [, script] of readme.matchAll(/npm run ([\w:]+)/g))
      assert.ok(script && script in manifest.scripts, `npm run ${script}`);
  });

  test("promises the budgets that build and bench judge by", () => {
    const count = (value: number) => value.toLocaleString("en-US");
    // Wherever the lines break.
    const text = readme.replace(/\s+/g, " ");
    assert.ok(text.includes(`at most ${count(BUDGETS.blob_bytes.rak8212)} bytes`));
    assert.ok(text.includes(`(${count(BUDGETS.flashed_bytes.rak8212)} as \`npm run flash\` writes it`));
    assert.ok(text.includes(`at most ${count(BUDGETS.variables_in_use)} of the`));
  });

  test("names every board", () => {
    for (const board of BOARDS) assert.ok(readme.includes(`\`${board}\``), board);
  });

  test("has every option of npm start", () => {
    for (const [, option] of USAGE.matchAll(/^ {2}(--\w+)/gm))
      assert.ok(readme.includes(option ?? "-"), option);
  });

  test("has every option of npm run config", () => {
    for (const [, option] of configUsage().matchAll(/^ {2}(--\w+).* (?:file|asking|nothing)/gm))
      assert.ok(readme.includes(`\`${option}`), option);
  });

  test("has every option of npm run flash, repl and doctor", () => {
    for (const usage of [flashUsage, replUsage, doctorUsage])
      for (const [, option] of usage.matchAll(/^ {2}(?:-\w, )?(--\w+)/gm))
        if (option !== "--baud") assert.ok(readme.includes(option ?? "-"), option);
  });

  test("asks for the Node that package.json asks for", () => {
    assert.equal(manifest.engines.node, `>=${/Node ([\d.]+) or newer/.exec(readme)?.[1]}`);
  });
});
