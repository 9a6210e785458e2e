import assert from "node:assert/strict";
import { test } from "node:test";
import { rig } from "./espruino-rig.ts";

/** What the real interpreter gave, as JSON; test/espruino compares many more. */
const GIVEN: [expression: string, json: string][] = [
  // `|` ends the expression, inside a group too.
  [`/^.QI(OPEN: |URC: "[rc].*",)0/.test('+QIURC: "recv",0')`, "false"],
  [`/^.QI(OPEN: |URC: "[rc].*",)0/.exec('+QIOPEN: 0,0')`, '["+QIOPEN: ",""]'],
  ['/^(hold|server|drop)$/.exec("holder")', '["hold",""]'],
  ['/^(hold|server|drop)$/.exec("serverx")', '["server",""]'],
  ['/(RDY|DOWN|NOT READY|UART)$/.exec("RDYxx")', '["RDY",""]'],
  ['/^A|,A/.test("x,A")', "false"],
  ['/(a|b)c/.exec("bc")', '["bc","b"]'],
  ['/.*b|a/.exec("abz")', '["a"]'],
  ['/a[|]b/.exec("]b")', '["]b"]'],
  // What is no repetition there, and what repeats otherwise.
  ['/a?b/.exec("b")', "null"],
  ['/a?b/.exec("xa?b")', '["a?b"]'],
  ['/a{2}/.exec("aa")', "null"],
  ['/(a)(b)*c/.exec("abc")', "null"],
  ['/a+a/.exec("a")', '["a"]'],
  ['/a.+/.exec("a")', '["a"]'],
  ['/a*a/.exec("aaa")', '["aaa"]'],
  // The end of the text.
  ['/a*$/.exec("b")', "null"],
  ['/b*/.exec("abb")', '[""]'],
  ['/$/.exec("abc")', '[""]'],
  ['/abc$/i.exec("xABC")', '["ABC"]'],
  // Classes.
  ['/[a-c-e]/.exec("-")', "null"],
  ['/[+-.]/.exec("z")', '["z"]'],
  ['/[a-a]/.exec("a")', "null"],
  ['/((a)b)c/.exec("abc")', '["abc","","ab"]'],
  // The functions that take one.
  ['"a,b;c".split(/[,;]/)', '["a","b","c"]'],
  ['"aXbX".replace(/(X)/g,"<$1$2$&>")', '"a<X$2$&>b<X$2$&>"'],
  ['"aX".replace(/X/,"$")', '"a$\\u0000"'],
  ['"aXb".replace(/X/g,function(a,b,c){return "["+[a,b,c].join()+"]"})', '"a[X,1,aXb]b"'],
  ['"ab".match(/X/g)', "[]"],
  ['"ab".match(/b/).index', "1"],
  ['typeof "ab".match()', '"undefined"'],
  ["(function(){var r=/a/g;r.lastIndex=9;return [typeof r.exec('a'),r.lastIndex]})()", '["undefined",9]'],
  ["(function(){var r=/a/;r.lastIndex=1;return [r.exec('ab'),r.lastIndex]})()", "[null,0]"],
  ["/undefined/.test(undefined)&&/1.5/.test(1.5)", "true"],
  ["(function(){try{/(a)\\1/.exec('aa')}catch(e){return e.message}})()", '"Backreferences not supported"'],
];

test("regular expressions match as the interpreter's do", () => {
  const { run, board } = rig();
  for (const [expression, json] of GIVEN) {
    run(`r=JSON.stringify(${expression})`);
    assert.equal(String(board.global.r), json, expression);
  }
  board.dispose();
});

test("to split by what matches nothing uses up all memory, in place of a loop without end", () => {
  const { run, board } = rig();
  assert.match(run('"abc".split(/b*/)'), /OUT OF MEMORY/);
  board.dispose();
});
