import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { BOARDS } from "../../scripts/budgets.ts";
import { DESCRIPTIONS } from "../../scripts/config/descriptions.ts";
import { boardsWith, faultOf, fields } from "../../scripts/config/fields.ts";
import { flagOf } from "../../scripts/config/options.ts";

describe("fields", () => {
  test("are described, each, and nothing else is", () => {
    assert.deepEqual(
      fields()
        .map((field) => field.path)
        .sort(),
      Object.keys(DESCRIPTIONS).sort(),
    );
  });

  test("have a flag each", () => {
    const flags = fields().map((field) => flagOf(field.path));
    assert.equal(new Set(flags).size, flags.length);
    for (const taken of ["--out", "--check", "--schema", "--yes", "--force", "--help", "--board"])
      assert.ok(!flags.includes(taken), taken);
  });

  test("required are those without a default that would do", () => {
    const required = fields().filter((field) => field.required);
    assert.deepEqual(
      required.map((field) => field.path),
      ["server.host", "server.username"],
    );
    for (const field of fields()) assert.equal(faultOf(field, undefined) !== "", field.required, field.path);
  });

  test("of a board are the common ones and its own", () => {
    assert.deepEqual(boardsWith("modem_port"), ["linux"]);
    assert.deepEqual(boardsWith("server.host"), [...BOARDS]);
    assert.equal(fields("rak8212").length, fields().length - 1);
  });

  // The pattern is ours, for the schema; the check is the firmware's.
  for (const field of fields().filter(({ type }) => type === "string"))
    test(`${field.path}: the pattern and the check let the same characters pass`, () => {
      const base = "0";
      const pattern = new RegExp(field.pattern ?? "");
      for (let code = 0; code < 0x180; code++) {
        const text = base.slice(1) + String.fromCharCode(code);
        if (text.length < field.least) continue;
        assert.equal(faultOf(field, text) === "", pattern.test(text), JSON.stringify(text));
      }
    });
});
