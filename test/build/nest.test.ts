import assert from "node:assert/strict";
import { test } from "node:test";
import { encodedMap, originalPositionFor, TraceMap } from "@jridgewell/trace-mapping";
import { nestHelpers } from "../../scripts/build/nest.ts";

const MAP = JSON.stringify({ version: 3, sources: [], names: [], mappings: "" });
const nested = (code: string) => nestHelpers({ code, map: MAP }).code;

test("a function that one other alone calls goes into it, however often it is called there", () => {
  assert.equal(
    nested("function a(b){return b+1}function c(d){return a(d)*a(2)}print(c(1));"),
    "function c(d){function a(b){return b+1}return a(d)*a(2)}print(c(1));",
  );
  assert.equal(
    nested("function c(d){return a(d)}function a(b){return b+1}print(c(1));"),
    "function c(d){function a(b){return b+1}return a(d)}print(c(1));",
  );
});

test("helpers of helpers go along, and those that several helpers of one share", () => {
  const code =
    "function a(){return 1}function b(){return a()+1}function c(){return a()+b()}function d(){return c()+c()}print(d());";
  const result = nested(code);
  assert.equal(
    result,
    "function d(){function c(){function a(){return 1}function b(){return a()+1}return a()+b()}return c()+c()}print(d());",
  );
});

for (const [why, code] of [
  ["two call it", "function a(){}function b(){a()}function c(){a()}b(),c();"],
  ["it is called outside of functions", "function a(){}a();"],
  ["it is handed on", "function a(){}function b(){setTimeout(a,1)}b();"],
  ["a name that it uses is another there", "function a(){return e}function b(e){return a()+e}var e=1;b(2);"],
  ["a name of the interpreter is another there", "function a(){return E}function b(E){return a()+E}b(2);"],
  ["the other calls itself", "function a(){}function b(c){a(),c&&b(c-1)}b(2);"],
  [
    "the other leaves a function behind",
    "function a(){return 1}function b(c){return c(function(){return c}),a()}b(print);",
  ],
  [
    "it leaves a function behind",
    "function a(c){return c(function(){return c})}function b(c){return a(c)}b(print);",
  ],
  ["nobody calls it", "function a(){}"],
  ["nothing at all", ""],
] as const)
  test(`stays where it is: ${why}`, () => assert.equal(nested(code), code));

test("the map follows what moves", () => {
  const code = "function a(){return x}function c(){return a()}c();";
  const mappings: [number, number, number, number][][] = [[[code.indexOf("return x"), 0, 4, 2]]];
  const map = JSON.stringify(
    encodedMap(new TraceMap({ version: 3, sources: ["a.ts"], names: [], mappings })),
  );
  const result = nestHelpers({ code, map });
  const { line, column } = originalPositionFor(new TraceMap(result.map), {
    line: 1,
    column: result.code.indexOf("return x"),
  });
  assert.deepEqual([line, column], [5, 2]);
});
