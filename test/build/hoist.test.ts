import assert from "node:assert/strict";
import { test } from "node:test";
import { encodedMap, originalPositionFor, TraceMap } from "@jridgewell/trace-mapping";
import { hoistVariables } from "../../scripts/build/hoist.ts";
import { refusalsOf } from "./rules/rule-cases.ts";

const MAP = JSON.stringify({ version: 3, sources: [], names: [], mappings: "" });

/** The program after hoisting; it has to pass the verification then. */
function hoisted(program: string): string {
  const { code } = hoistVariables({ code: program, map: MAP });
  assert.deepEqual(refusalsOf(code), []);
  return code;
}

const CASES: [why: string, before: string, after: string][] = [
  [
    "a `var` behind its use moves to the top",
    "E.f=function(a){return b=a;var b}",
    "E.f=function(a){var b;return b=a;}",
  ],
  [
    "a `var` on one branch only is declared at the top too, and keeps its value",
    "E.f=function(a){if(a)var b=1;else b=2;return b}",
    "E.f=function(a){var b;if(a)var b=1;else b=2;return b}",
  ],
  [
    "a `var` at the top takes the name in",
    "E.f=function(a){var c=a;if(a){var b=1;print(b)}else b=c,print(b)}",
    "E.f=function(a){var b,c=a;if(a){var b=1;print(b)}else b=c,print(b)}",
  ],
  [
    "functions stay first",
    "function f(){return a}b=f;var a=1,b;f()",
    "function f(){return a}var b;b=f;var a=1,b;f()",
  ],
  ["two at once", "E.f=function(){a=b;var a;var b}", "E.f=function(){var a,b;a=b;}"],
  [
    "each function on its own",
    "E.f=function(){a=1;var a},E.g=function(){b=2;var b}",
    "E.f=function(){var a;a=1;},E.g=function(){var b;b=2;}",
  ],
];

for (const [why, before, after] of CASES) test(why, () => assert.equal(hoisted(before), after));

test("what is declared in time stays as it is", () => {
  for (const body of [
    "var a=1;print(a)",
    "for(var i=0;i<3;i++)print(i)",
    "E.f=function(a){if(a){var b=1;print(b)}}",
  ]) {
    assert.equal(hoisted(body), body);
  }
});

test("a function behind its use is not moved: that is the minifier's part", () => {
  const code = "f();function f(){}";
  assert.equal(hoistVariables({ code, map: MAP }).code, code);
});

test("the map follows the code, before, between and behind the edits", () => {
  const code = "E.f=function(a){return b=a;var b},E.g=7";
  const columns = [0, 16, 23, 27, 34];
  const mappings = [columns.map((column, line): [number, number, number, number] => [column, 0, line, 0])];
  const map = encodedMap(new TraceMap({ version: 3, sources: ["a.ts"], names: [], mappings }));
  const edited = hoistVariables({ code, map: JSON.stringify(map) });
  assert.equal(edited.code, "E.f=function(a){var b;return b=a;},E.g=7");
  const lineAt = (text: string) =>
    originalPositionFor(new TraceMap(edited.map), { line: 1, column: edited.code.indexOf(text) }).line;
  assert.deepEqual(["E.f", "return", "b=a", "E.g"].map(lineAt), [1, 2, 3, 5]);
});
