import assert from "node:assert/strict";
import { test } from "node:test";
import { encodedMap, originalPositionFor, TraceMap } from "@jridgewell/trace-mapping";
import { parenthesizeLiterals } from "../../scripts/build/parenthesize.ts";
import { blobOf } from "./fixture.ts";

const MAP = JSON.stringify({ version: 3, sources: [], names: [], mappings: "" });
const mended = (code: string) => parenthesizeLiterals({ code, map: MAP }).code;

const CASES: [why: string, before: string, after: string][] = [
  ["first in a case", 'switch(a){case 6:"A"===s&&f()}', 'switch(a){case 6:("A")===s&&f()}'],
  [
    "in each case, and after an `if` in it",
    'switch(a){case 6:"A"===s&&f();break;case 7:if(a)f();"B"===s&&f()}',
    'switch(a){case 6:("A")===s&&f();break;case 7:if(a)f();("B")===s&&f()}',
  ],
  ["after an if", 'if(a){b()}"A"===s?f():g()', 'if(a){b()}("A")===s?f():g()'],
  [
    "after an `if` whose `else` ends in a semicolon",
    'if(a)b();else if(c)d();"A"===s&&f()',
    'if(a)b();else if(c)d();("A")===s&&f()',
  ],
  ["after a try", 'try{a()}catch(e){}"A"===s&&f()', 'try{a()}catch(e){}("A")===s&&f()'],
  ["with single quotes", "if(a){}'\"'===s&&f()", "if(a){}('\"')===s&&f()"],
  ["as an object", 'if(a){}"AB".indexOf(s)<0||f("AB")', 'if(a){}("AB").indexOf(s)<0||f("AB")'],
  ["in a sequence", 'if(a){}"A"===s&&f(),"B"===s&&g()', 'if(a){}("A")===s&&f(),"B"===s&&g()'],
  ["a regular expression", "if(a){}/^A/.test(s)&&f()", "if(a){}(/^A/).test(s)&&f()"],
  ["a regular expression as the body of an if", "if(a)/^A/.test(s)&&f()", "if(a)(/^A/).test(s)&&f()"],
  [
    "a regular expression as the body of a loop",
    "for(;a;)/A/.test(s)&&f();for(b in c)/B/.test(b)&&f();while(a)/C/.test(s)&&f()",
    "for(;a;)(/A/).test(s)&&f();for(b in c)(/B/).test(b)&&f();while(a)(/C/).test(s)&&f()",
  ],
  [
    "one within another",
    'if(a){}"A"===s&&f(function(){if(b){}"B"===s&&g()})',
    'if(a){}("A")===s&&f(function(){if(b){}("B")===s&&g()})',
  ],
];

for (const [why, before, after] of CASES) test(why, () => assert.equal(mended(before), after));

test("what Espruino reads correctly stays as it is", () => {
  for (const code of [
    'function f(){"A"===s&&f()}"B"===s&&f()',
    'a();"A"===s&&f()',
    'if(a)"A"===s&&f();else"B"===s&&f()',
    "if(a)b();else/A/.test(s)&&f()",
    'if(a){"A"===s&&f()}',
    'for(;a;){}"A"===s&&f()',
    'while(a)"A"===s&&f()',
    'switch(a){case"A":{"B"===s&&f()}default:"C"===s&&f()}"D"===s&&f()',
    'if(a){}s==="A"&&f()',
    "if(a)return/A/",
    "if(a)b/c/d",
  ]) {
    const program = code.includes("return") ? `!function(){${code}}()` : code;
    assert.equal(mended(program), program);
  }
});

test("the map follows the code", () => {
  const code = 'if(a){}"A"===s&&f()';
  const columns = [0, 7, 10, 13, 16];
  const mappings = [columns.map((column, line): [number, number, number, number] => [column, 0, line, 0])];
  const map = encodedMap(new TraceMap({ version: 3, sources: ["a.ts"], names: [], mappings }));
  const result = parenthesizeLiterals({ code, map: JSON.stringify(map) });
  const lineAt = (text: string) =>
    originalPositionFor(new TraceMap(result.map), { line: 1, column: result.code.indexOf(text) }).line;
  assert.deepEqual(["if", '"A"', "===", "s&&", "f()"].map(lineAt), [1, 2, 3, 4, 5]);
});

test("a comparison that the minifier turns round is mended in the blob", async (t) => {
  const { code } = await blobOf(t, {
    "main.ts": `
global.on = function (state: number, line: string): void {
  switch (state) {
    case 6:
      if (line === "READY") print(line);
      break;
    case 7:
      print(state);
  }
};
`,
  });
  assert.match(code, /case 6:\("READY"\)===/);
});
