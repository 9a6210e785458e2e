import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { runInNewContext } from "node:vm";
import { encodedMap, originalPositionFor, TraceMap } from "@jridgewell/trace-mapping";
import { isFirmwareGlobal } from "../../scripts/build/global-names.ts";
import { renameByUse } from "../../scripts/build/rename.ts";

const MAP = JSON.stringify({ version: 3, sources: [], names: [], mappings: "" });

function renamed(body: string): string {
  const { code } = renameByUse({ code: body, map: MAP });
  return code;
}

const CASES: [why: string, before: string, after: string][] = [
  [
    "what is written most often gets the first name",
    "E.f=function(rare,often){print(often,often,rare)}",
    "E.f=function(b,a){print(a,a,b)}",
  ],
  [
    "outside of functions too, where the names are of another kind",
    "var rare=1,often=2;print(often,often,rare)",
    "var $a=1,$=2;print($,$,$a)",
  ],
  [
    "functions that do not see each other's variables may use the same names",
    "function f(x){return x+x}function g(y){return y+y}print(f,g)",
    "function $(a){return a+a}function $a(a){return a+a}print($,$a)",
  ],
  [
    "a name from outside that is used inside stays its own",
    "E.g=function(o){E.f=function(i){return i+i+o}}",
    "E.g=function(b){E.f=function(a){return a+a+b}}",
  ],
  [
    "a name from outside that only a function further in uses, too",
    "E.g=function(o){E.f=function(i){i(i);return function(){return o}}}",
    "E.g=function(b){E.f=function(a){a(a);return function(){return b}}}",
  ],
  [
    "a global keeps its name, and nothing else gets it",
    "var x=1;$(x,x);E.f=function(y){a(y,y)}",
    "var $a=1;$($a,$a);E.f=function(b){a(b,b)}",
  ],
  [
    "a member may have a variable's name",
    "E.f=function(x){x={b:1};print(x.a,x.b)}",
    "E.f=function(a){a={b:1};print(a.a,a.b)}",
  ],
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

/** A program of so many variables inside or outside of a function, and the names they got. */
function declaredOf(count: number, around: (body: string) => string): string[] {
  const names = Array.from({ length: count }, (_, i) => `variable${i}`);
  const code = renamed(around(`var ${names.map((name, i) => `${name}=${i}`).join(",")};print([${names}]);`));
  let printed: number[] = [];
  runInNewContext(code, { print: (values: number[]) => (printed = [...values]) });
  assert.deepEqual(
    printed,
    names.map((_, i) => i),
  );
  const declared = /var (.*?);print/.exec(code)?.[1]?.split(",") ?? [];
  return declared.map((part) => part.split("=")[0] ?? "");
}

test("more variables than letters: two letters, never a word of the language", () => {
  const declared = declaredOf(1000, (body) => `(function(){${body}})()`);
  assert.equal(new Set(declared).size, 1000);
  for (const word of ["do", "if", "in", "of"]) assert.ok(!declared.includes(word), word);
});

test("outside of functions they are the interpreter's globals: none that anything else could have", () => {
  const declared = declaredOf(500, (body) => body);
  assert.equal(new Set(declared).size, 500);
  for (const name of declared) {
    assert.ok(isFirmwareGlobal(name), name);
    assert.match(name, /^[\w$]{1,2}$/, "what stack traces leave out");
    assert.doesNotMatch(name, /^(\w|[A-Z]\d+|[a-z_]+|[A-Z][aeiouyx])$/, "letters, pins, words");
  }
});

test("nor one that the interpreter's own declarations know", () => {
  const declarations = readFileSync(new URL("../../firmware/espruino.d.ts", import.meta.url), "utf8");
  const known = [...declarations.matchAll(/^declare (?:const|function|var) (.*)/gm)].flatMap(
    ([, rest = ""]) => [...rest.matchAll(/(?:^|, )([\w$]+)(?=[:(<])/g)].map(([, name = ""]) => name),
  );
  assert.ok(known.includes("setTimeout") && known.includes("Bluetooth"));
  for (const name of known) assert.ok(!isFirmwareGlobal(name), name);
});

test("what somebody types on a console stays his", () => {
  for (const name of "a i x n ts at id dt data A C E X _ __ D0 A15 B5 PI IR Pi Tx Rx My Me Hz Ms I2C1".split(
    " ",
  ))
    assert.ok(!isFirmwareGlobal(name), name);
});

test("the map follows, to what got another name too", () => {
  const code = "!function(){var long=1;print(long)}();";
  const mappings: [number, number, number, number][][] = [
    [
      [code.indexOf("long"), 0, 2, 4],
      [code.indexOf("print"), 0, 4, 2],
      [code.lastIndexOf("long"), 0, 5, 1],
    ],
  ];
  const map = encodedMap(new TraceMap({ version: 3, sources: ["a.ts"], names: [], mappings }));
  const result = renameByUse({ code, map: JSON.stringify(map) });
  const trace = new TraceMap(result.map);
  const placeOf = (text: string) => {
    const { line, column } = originalPositionFor(trace, { line: 1, column: result.code.indexOf(text) });
    return [line, column];
  };
  assert.deepEqual(["a=1", "print", "a)"].map(placeOf), [
    [3, 4],
    [5, 2],
    [6, 1],
  ]);
});
