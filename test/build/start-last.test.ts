import assert from "node:assert/strict";
import { test } from "node:test";
import { encodedMap, originalPositionFor, TraceMap } from "@jridgewell/trace-mapping";
import { startLast } from "../../scripts/build/start-last.ts";

const MAP = JSON.stringify({ version: 3, sources: [], names: [], mappings: "" });
const started = (code: string) => startLast({ code, map: MAP }).code;

test("what runs once all is declared is in one function, called at once", () => {
  assert.equal(
    started('function f(){}var a=1;E.on("x",f),setTimeout(f,3e3);'),
    'function f(){}var a=1;!function(){E.on("x",f),setTimeout(f,3e3);}();',
  );
  assert.equal(
    started("var a=1;f(a);if(a)g();try{h()}catch(b){}"),
    "var a=1;!function(){f(a);if(a)g();try{h()}catch(b){}}();",
  );
});

test("what is declared stays outside, with all before it", () => {
  assert.equal(
    started("function f(){}f();var a=1;g(a);for(var i=0;i<2;i++)g(i);h();"),
    "function f(){}f();var a=1;g(a);for(var i=0;i<2;i++)g(i);!function(){h();}();",
  );
});

for (const [why, code] of [
  ["nothing is called", "var a=1;global.a=a;"],
  ["a declaration is the last", "f();var a=1;"],
  ["nothing at all", ""],
] as const)
  test(`stays as it is: ${why}`, () => assert.equal(started(code), code));

test("the map follows", () => {
  const code = "var a=1;print(a);";
  const mappings: [number, number, number, number][][] = [[[code.indexOf("print"), 0, 4, 2]]];
  const map = JSON.stringify(
    encodedMap(new TraceMap({ version: 3, sources: ["a.ts"], names: [], mappings })),
  );
  const result = startLast({ code, map });
  const column = result.code.indexOf("print");
  assert.equal(originalPositionFor(new TraceMap(result.map), { line: 1, column }).line, 5);
});
