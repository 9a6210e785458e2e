import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { describe, test } from "node:test";
import { configFields, serverFields } from "../firmware/config.ts";
import { BOARDS } from "../scripts/budgets.ts";
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
  const fields = [
    ...Object.entries(serverFields()).map(([name, field]) => [`server.${name}`, field] as const),
    ...Object.entries(configFields()),
  ];
  for (const [name, field] of fields) {
    if (field === 0) continue;
    const [initial, least, most] = typeof field === "number" ? ["", 0, field] : field;
    test(`says of ${name} what the firmware allows`, () => {
      const [given, allowed] = rows.get(name) ?? [];
      assert.equal(given, initial !== "" ? `\`${initial}\`` : least > 0 ? "_required_" : "");
      assert.match(allowed ?? "", new RegExp(`^${least} to ${most}( |$)`));
    });
  }

  test("names no npm script that is not there", () => {
    for (const [, script] of readme.matchAll(/npm run ([\w:]+)/g))
      assert.ok(script && script in manifest.scripts, `npm run ${script}`);
  });

  test("names every board", () => {
    for (const board of BOARDS) assert.ok(readme.includes(`\`${board}\``), board);
  });

  test("has every option of npm start", () => {
    for (const [, option] of USAGE.matchAll(/^ {2}(--\w+)/gm))
      assert.ok(readme.includes(option ?? "-"), option);
  });

  test("asks for the Node that package.json asks for", () => {
    assert.equal(manifest.engines.node, `>=${/Node ([\d.]+) or newer/.exec(readme)?.[1]}`);
  });
});
