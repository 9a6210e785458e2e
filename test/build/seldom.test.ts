import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { isSeldom, nest } from "../../scripts/build/seldom.ts";

/** What stands in front of the map. */
const nested = (code: string): string => (nest(code).split("\n//# source")[0] as string).replace(/\s+/g, " ");

test("a file says so in its first comment", () => {
  assert.ok(isSeldom("/** What it is. @seldom */\nexport function f() {}"));
  assert.ok(isSeldom("/**\n * What it is.\n *\n * @seldom\n */\n"));
  assert.ok(!isSeldom("/** What it is. */\n/** @seldom */\nexport function f() {}"));
  assert.ok(!isSeldom("// @seldom\n"));
});

describe("the private parts go inside of what is exported", () => {
  test("functions and constants, wherever they stand", () => {
    assert.equal(
      nested(
        'import { b } from "./b.ts";\nvar MOST = 3;\nexport function f(x) { return g(x); }\nfunction g(x) { return b(x, MOST); }\n',
      ),
      'import { b } from "./b.ts"; export function f(x) {var MOST = 3; function g(x) { return b(x, MOST); } return g(x); } ',
    );
  });

  test("and run there", () => {
    const code = nested("function twice(x) { return 2 * x; }\nexport function f(x) { return twice(x) + 1; }");
    assert.equal(new Function(`${code.replace("export ", "")} return f(4);`)(), 9);
  });

  test("what refers to a place in the TypeScript still does", () => {
    const map = { version: 3, sources: ["a.ts"], names: [], mappings: "AAAA;AACA" };
    const inline = Buffer.from(JSON.stringify(map)).toString("base64");
    const code = nest(
      `function g() {}\nexport function f() { g(); }\n//# sourceMappingURL=data:application/json;base64,${inline}`,
    );
    const led = JSON.parse(Buffer.from(code.split("base64,")[1] as string, "base64").toString());
    assert.deepEqual(led.sources, ["a.ts"]);
    assert.notEqual(led.mappings, "");
  });
});

describe("is refused", () => {
  const CASES: [code: string, why: RegExp][] = [
    ["function f() {}", /must export one function/],
    ["export function f() {}\nexport function g() {}", /must export one function/],
    ["export var x = 1;", /must export one function/],
    ["var count;\nexport function f() { count = 1; }", /from one call to the next/],
    ["var seen = [];\nexport function f() {}", /from one call to the next/],
    ["start();\nexport function f() {}", /while it is loaded/],
    ["function g() {}\nexport function f(g) {}", /g is the name of two things/],
    ["function g() {}\nexport function f() { if (1) { var g = 1; } }", /g is the name of two things/],
  ];
  for (const [code, why] of CASES) test(code, () => assert.throws(() => nest(code), why));
});
