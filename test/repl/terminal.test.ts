import assert from "node:assert/strict";
import { Recoverable } from "node:repl";
import { describe, test } from "node:test";
import { completeSource } from "../../scripts/repl/terminal.ts";

describe("what is typed", () => {
  for (const source of ["function f() {", "[1,", "tracker.status(", "x = ", "if (a) {\nb()", "`ab", "/* a"])
    test(`${JSON.stringify(source)} goes on with the next line`, () => {
      assert.throws(() => completeSource(`${source}\n`), Recoverable);
    });

  for (const source of [
    "tracker.status()",
    "function f() {\n}",
    "'ab",
    "a b",
    "1 +* 2",
    "f(}",
    "return 1",
    "",
  ])
    test(`${JSON.stringify(source)} is sent`, () => {
      assert.equal(completeSource(`${source}\n`), source);
    });

  test("braces are an object where they can be one", () => {
    assert.equal(completeSource("{a: 1}\n"), "({a: 1})");
    assert.equal(completeSource("{}\n"), "({})");
    assert.equal(completeSource("{ f(); }\n"), "{ f(); }");
  });
});
