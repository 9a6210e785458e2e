import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { isReadAlike } from "../../../scripts/build/rules/regexp.ts";
import { rig } from "../../simulator/espruino-rig.ts";
import { patterns, texts } from "./patterns.ts";
import { testRules } from "./rule-cases.ts";

testRules([
  {
    name: "regular expressions that are matched otherwise",
    refused: [
      "print(/a{2}/)",
      "print(/a?b/)",
      "print(/a*?b/)",
      "print(/(a)/)",
      "print(/a(?=b)/)",
      "print(/\\ba/)",
      "print(/(a)\\1/)",
      "print(/\\x41/)",
      "print(/[\\x41-\\x43]/)",
      "print(/\\u0041/)",
      "print(/[\\0]/)",
      // The first is how no board saw +QIURC, and two accepted what begins with a word.
      'print(/^.QI(OPEN: |URC: "[rc].*",)0/)',
      "print(/^(hold|server|drop)$/)",
      "print(/(RDY|DOWN|NOT READY|UART)$/)",
      "print(/^A|,A/)",
      "print(/,MEMORY,|CALLBACK/)",
      // What follows a `+` is tried without what it repeats, and the end of a text is a character to it.
      "print(/a+a/)",
      "print(/^\\d+$/)",
      // Nothing is found at the end of a text.
      "print(/a*$/)",
      "print(/b*/)",
      "print(/^b*/)",
      "print(/$/)",
      "print(/.+/)",
      "print(/a.b/)",
      "print(/a[^b]+/)",
      "print(/\\S+/)",
      "print(/[\\D]+/)",
      // Classes.
      "print(/[+-.]/)",
      "print(/[a-a]/)",
      "print(/[a-c-e]/)",
      "print(/a[|]b/)",
      "print(/[[]/)",
      "print(/[]/)",
      "print(/[^]/)",
      "print(/a$b/)",
      "print(/a^b/)",
    ],
    message: /^column \d+: Espruino might match .* otherwise: use indexOf and substr/,
    accepted: [
      "print(/[^ -~]/)",
      "print(/[^ -!#-~]/.test(x))",
      'print(/"SC",[01]/)',
      "print(/REG: \\d,[15]/)",
      "print(/^\\[*[{]/)",
      "print(/^\\d\\d*$/)",
      "print(x.split(/[ ,]/))",
      "print(/[1-5ADFPR]/)",
      "print(/[?{}.*-]/)",
      "print(/\\?\\*\\.\\//)",
      "print(/[\\]?\\|]/)",
      "print(/a[^b]*c$/)",
    ],
  },
  {
    name: "flags of regular expressions",
    refused: ["print(/^a/m)", "print(/a/i)", "print(/a/g)", "print(x.match(/a/g))", 'x.replace("a",/b/g)'],
    message: /^column \d+: the flags . of a regular expression: only g, and only within replace/,
    accepted: ["print(x.replace(/a/g,f))", "print(x.replace(y?/a/g:/b/g,f))"],
  },
  {
    name: "regular expressions made at run time",
    refused: ['print(new RegExp("a"))', 'print(RegExp("a"))', "var r=RegExp;print(r(x))"],
    message: /a regular expression made at run time cannot be checked/,
    accepted: ["var RegExp=E.x;print(new RegExp(E.pattern))", "print(x.RegExp)"],
  },
  {
    name: "what replaces a match",
    refused: ['print(x.replace(/a/,"$1"))', 'print(x.replace(/a/,"$"))'],
    message: /give replace a function/,
    accepted: ['print(x.replace(/a/,"b"))'],
  },
  {
    name: "lastIndex",
    refused: ["var r=/a/;r.lastIndex=1"],
    message: /lastIndex/,
    accepted: ["var lastIndex=1;print(lastIndex)"],
  },
]);

/** What the four uses of an expression give, as JSON. */
const USES = `function(r,g,t){
  var m=r.exec(t);
  return JSON.stringify([m&&[m.index,m[0],m.length],r.test(t),t.split(r),t.replace(r,"<>"),
    t.replace(g,function(a,i,s){return "<"+a+i+(s===t)+">"})]);
}`;

const uses = (source: string) => `(${USES})(/${source}/,/${source}/g,t)`;

test("what the rule accepts is matched on the simulated board as by the standard", () => {
  const { board, run } = rig();
  const standard = new Function("t", "source", `return eval(source)`) as (
    t: string,
    source: string,
  ) => string;
  let accepted = 0;
  fc.assert(
    fc.property(patterns, texts, (source, t) => {
      fc.pre(isReadAlike(source));
      accepted++;
      (board.global as { t: string }).t = t;
      run(`r=${uses(source)}`);
      // Bytes above 126 are printed in another way.
      assert.deepEqual(
        JSON.parse(String(board.global.r)),
        JSON.parse(standard(t, uses(source))),
        `/${source}/ on ${JSON.stringify(t)}`,
      );
    }),
    { numRuns: Number(process.env.REGEXP_RUNS ?? 3000), maxSkipsPerRun: 1000 },
  );
  assert.ok(accepted > 1000);
  board.dispose();
});
