import assert from "node:assert/strict";
import { describe, test } from "node:test";
import ts from "typescript";
import { nestSeldom } from "../../scripts/build/seldom.ts";
import { markSeldom } from "../../scripts/build/seldom-tag.ts";

const MAP = JSON.stringify({ version: 3, sources: [], names: [], mappings: "" });

const nested = (program: string): string => {
  const { code } = nestSeldom({ code: program, map: MAP });
  return code.replace(/\s+/g, " ");
};

test("the tag of a doc comment becomes a directive", () => {
  const emitted = ts.transpileModule(
    "/** What it does. @seldom */\nexport function f(x: number): number { return x; }\n/** Another. */\nfunction g() {}",
    {
      compilerOptions: { target: ts.ScriptTarget.ES5, removeComments: true },
      transformers: { before: [markSeldom] },
    },
  );
  const { outputText } = emitted;
  assert.match(outputText, /function f\(x\) \{\s+"seldom";\s+return x;/);
  assert.equal(outputText.split("seldom").length, 2);
});

const CASES: [why: string, before: string, after: string][] = [
  [
    "what only a marked function uses goes inside of it, and so on",
    'function a(){}function b(){a()}function f(){"seldom";b()}E.f=f',
    "function f(){function a(){}function b(){a()}b()}E.f=f",
  ],
  [
    "what another uses, too, stays",
    'function a(){}function f(){"seldom";a()}E.f=f;E.g=function(){a()}',
    "function a(){}function f(){a()}E.f=f;E.g=function(){a()}",
  ],
  [
    "what is handed on goes along where callbacks do",
    'function a(){b()}function b(){a()}function f(){"seldom callbacks";setTimeout(a,1)}E.f=f',
    "function f(){function a(){b()}function b(){a()}setTimeout(a,1)}E.f=f",
  ],
  [
    "else that stays, with what it uses",
    'function a(){b()}function b(){}function c(){}function f(){"seldom";setTimeout(a,1),c()}E.f=f',
    "function a(){b()}function b(){}function f(){function c(){}setTimeout(a,1),c()}E.f=f",
  ],
  [
    "a marked function that only a marked one uses has its own inside",
    'function a(){}function f(){"seldom";a()}function g(){"seldom";f()}E.g=g',
    "function g(){function f(){function a(){}a()}f()}E.g=g",
  ],
  [
    "one inside of another marked one, which takes callbacks along, too, is inside of both",
    'function c(){}function b(){c();E.t(b)}function a(){"seldom callbacks";b();c()}function f(){"seldom";a()}E.f=f',
    "function f(){function a(){function c(){}function b(){c();E.t(b)}b();c()}a()}E.f=f",
  ],
  [
    "a local variable of the same name is another one afterwards",
    'var x=1;function a(){return x}function f(a$1,x){"seldom";return a()+x}E.f=f',
    "var x=1;function f(a$1,x$){function a(){return x}return a()+x$}E.f=f",
  ],
  [
    "also one of a function further out",
    'var x=1;function a(){return x}function f(){"seldom";return a()}function g(x){"seldom";return f()+x}E.g=g',
    "var x=1;function g(x$){function f(){function a(){return x}return a()}return f()+x$}E.g=g",
  ],
  [
    "what is not marked stays as it is",
    "function a(){}function f(){a()}E.f=f",
    "function a(){}function f(){a()}E.f=f",
  ],
];

describe("nesting", () => {
  for (const [why, before, after] of CASES) test(why, () => assert.equal(nested(before), after));
});
