import assert from "node:assert/strict";
import { test } from "node:test";
import { refusalsOf, testRules } from "./rule-cases.ts";

testRules([
  {
    name: "labels",
    refused: ["a:for(;;)for(;;)break a", "a:for(;;){for(;;)continue a}"],
    message: /no labels: leave the loops/,
    accepted: ["for(;;)for(;;)break", "for(;;)for(;;)continue", "print({a:1})"],
  },
  { name: "with", refused: ["with(Math)print(PI)"], message: /no `with`/, accepted: ["print(Math.PI)"] },
  {
    name: "debugger",
    refused: ["if(E)debugger"],
    message: /`debugger` hangs/,
    accepted: ['print("debugger")'],
  },
  {
    name: "loosely equal to nothing",
    refused: ["print(E.x==null)", "print(null!=E.x)", "print(void 0==E.x)", "print(E.x==undefined)"],
    message: /"null" == null/,
    accepted: ["print(E.x===null)", "print(typeof E.x==typeof E.y)"],
  },
  {
    name: "a sign behind a minus or a plus",
    refused: ["print(E.x- -143)", "print(E.x+ +E.y)", "print(E.x- -E.y*2)"],
    message: /the tokens join ([+-]) and a sign behind it to/,
    accepted: ["print(E.x+143)", "print(E.x-(-E.y))", "print(E.x+ ++E.y)", "print(E.x-+E.y)", "print(-E.x)"],
  },
  {
    name: "array holes",
    refused: ["print([4,6,,7])", "if(0)print([,1])"],
    message: /array with holes/,
    accepted: ["print([4,6,void 0,7])", "print([1,2,])", "print([])"],
  },
  {
    name: "default before a case",
    refused: ["switch(E.x){default:print(1);case 2:print(2)}"],
    message: /put it last/,
    accepted: [
      "switch(E.x){case 2:print(2);default:print(1)}",
      "switch(E.x){default:print(1)}",
      "switch(E.x){}",
    ],
  },
  {
    name: "a loop over what it deletes from",
    refused: ["var a={x:1};for(var n in a)delete a[n]", "var a={x:1};for(var n in a)if(E.x)delete a.x"],
    message: /put what stays into a new one/,
    accepted: [
      "var a={x:1},b={x:1};for(var n in a)delete b[n]",
      "var a={x:1};for(var n in a)print(n);delete a.x",
    ],
  },
  {
    name: "long names",
    refused: [`var ${"a".repeat(61)}=1`, `E.${"a".repeat(61)}=1`],
    message: /more than 60 characters/,
    accepted: [`var ${"a".repeat(60)}=1`],
  },
  {
    name: "assignment to arguments",
    refused: ["E.f=function(a){arguments[0]=1;return a}", "E.f=function(a){arguments.x+=1}"],
    message: /`arguments` is a copy/,
    accepted: ["E.f=function(a){a=arguments[1];return a}"],
  },
  {
    name: "TypeScript helpers",
    refused: ["print(__spreadArray([],[1],!0))", "__extends(E,E)", "E.f=function(){return __awaiter()}"],
    message: /TypeScript helper __\w+/,
    accepted: ["print(__FILE__)", "E.__proto__=E", "var __mine=E;print(__mine)"],
  },
  {
    name: "characters above 0xff",
    refused: ['print("\\u20ac")'],
    message: /strings are bytes/,
    accepted: ['print("\\xe2\\x82\\xac")', 'print("\\u00ff\\0")'],
  },
  {
    name: "raw characters",
    refused: [
      'print("\u00ff")',
      'print("\u00e9")',
      "print(1)\nprint(2)",
      'print("a\\\nb")',
      "print(1);\tprint(2)",
    ],
    message: /a raw character 0x(ff|e9|0a|09)/,
    accepted: ['print("\\xff\\n\\t")'],
  },
]);

test("a line end after the program is no character of it", () => {
  assert.deepEqual(refusalsOf("print(1);\n"), []);
});

test("variables and functions outside of any function are fine: the blob has no function around it", () => {
  assert.deepEqual(refusalsOf("function f(a){return a}var a=1;print(f(a))"), []);
});

test("what is newer than ES5 is refused by the parser, with its place", () => {
  for (const body of ["let a=1", "print(()=>1)", "print(`a`)", "print(2**2)", "class A{}", "print(...[1])"]) {
    assert.throws(() => refusalsOf(body), /^BuildError: column \d+: not ES5/, body);
  }
});

test("a getter in an object literal is ES5 that Espruino has", () => {
  assert.deepEqual(refusalsOf("print({get a(){return 1}}.a)"), []);
});
