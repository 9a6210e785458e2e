import assert from "node:assert/strict";
import { test } from "node:test";
import { runInNewContext } from "node:vm";
import { encodedMap, originalPositionFor, TraceMap } from "@jridgewell/trace-mapping";
import { renameByUse } from "../../scripts/build/rename.ts";

const MAP = JSON.stringify({ version: 3, sources: [], names: [], mappings: "" });

function renamed(body: string): string {
  const { code } = renameByUse({ code: `!function(){${body}}();`, map: MAP });
  return code.slice("!function(){".length, -"}();".length);
}

const CASES: [why: string, before: string, after: string][] = [
  [
    "what is written most often gets the first name",
    "var rare=1,often=2;print(often,often,rare)",
    "var b=1,a=2;print(a,a,b)",
  ],
  [
    "functions that do not see each other's variables may use the same names",
    "function f(x){return x+x}function g(y){return y+y}print(f,g)",
    "function b(a){return a+a}function c(a){return a+a}print(b,c)",
  ],
  [
    "a name from outside that is used inside stays its own",
    "var o=1;E.f=function(i){return i+i+o}",
    "var b=1;E.f=function(a){return a+a+b}",
  ],
  [
    "a name from outside that only a function further in uses, too",
    "var o=1;E.f=function(i){i(i);return function(){return o}}",
    "var b=1;E.f=function(a){a(a);return function(){return b}}",
  ],
  ["a global keeps its name, and nothing else gets it", "var x=1;a(x,x)", "var b=1;a(b,b)"],
  ["a member may have a variable's name", "var x={b:1};print(x.a,x.b)", "var a={b:1};print(a.a,a.b)"],
  [
    "the variable of a catch is one as others",
    "try{f()}catch(problem){print(problem)}",
    "try{f()}catch(a){print(a)}",
  ],
  [
    "a function's own name too",
    "E.f=function me(n){return n?me(n-1):0}",
    "E.f=function b(a){return a?b(a-1):0}",
  ],
];

for (const [why, before, after] of CASES) test(why, () => assert.equal(renamed(before), after));

test("more variables than letters: two letters, never a word of the language", () => {
  const names = Array.from({ length: 1000 }, (_, i) => `variable${i}`);
  const code = renamed(`var ${names.map((name, i) => `${name}=${i}`).join(",")};print([${names}])`);
  const declared =
    /^var (.*);print/
      .exec(code)?.[1]
      ?.split(",")
      .map((part) => part.split("=")[0]) ?? [];
  assert.equal(new Set(declared).size, 1000);
  for (const word of ["do", "if", "in", "of"]) assert.ok(!declared.includes(word), word);
  let printed: number[] = [];
  runInNewContext(code, { print: (values: number[]) => (printed = [...values]) });
  assert.deepEqual(
    printed,
    names.map((_, i) => i),
  );
});

test("the map follows", () => {
  const code = "!function(){var long=1;print(long)}();";
  const map = JSON.stringify(
    encodedMap(
      new TraceMap({
        version: 3,
        sources: ["a.ts"],
        names: [],
        mappings: [[[code.indexOf("print"), 0, 4, 2]]],
      }),
    ),
  );
  const result = renameByUse({ code, map });
  const position = originalPositionFor(new TraceMap(result.map), {
    line: 1,
    column: result.code.indexOf("print"),
  });
  assert.deepEqual([position.line, position.column], [5, 2]);
});
