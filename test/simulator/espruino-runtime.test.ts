import assert from "node:assert/strict";
import { test } from "node:test";
import { decodeSource } from "../../scripts/simulator/espruino/bytes.ts";
import { printFixed, printNumber, readNumber } from "../../scripts/simulator/espruino/numbers.ts";
import { rig } from "./espruino-rig.ts";

/** What the real interpreter printed. */
const PRINTED: [number, string][] = [
  [0.1 + 0.2, "0.3"],
  [1 / 3, "0.33333333333"],
  [123456789.123, "123456789.12299999594"],
  [1795398795433.366, "1795398795433.36596679687"],
  [1e21, "10e+20"],
  [1e-7, "1e-7"],
  [100.26, "100.26"],
  [4.35, "4.35"],
  [-0, "0"],
  [-0.5, "-0.5"],
  [9e18, "9000000000000000000"],
  [4294967295, "4294967295"],
];

test("numbers print as the interpreter prints them, noise and all", () => {
  for (const [value, text] of PRINTED) assert.equal(printNumber(value), text);
  // These come from reading the text, not from printing.
  for (const [text, noisy] of [
    ["47.3769123", "47.37691230000"],
    ["12.345678901", "12.34567890099"],
  ] as const)
    assert.equal(printNumber(readNumber(text)), noisy);
  assert.equal(printNumber(255, 16), "ff");
  assert.equal(printNumber(0.5, 2), "0.1");
});

test("toFixed carries nothing over", () => {
  assert.equal(printFixed(0.96, 1), "0.9");
  assert.equal(printFixed(99.999, 2), "99.99");
  assert.equal(printFixed(2.5, 0), "2");
  assert.equal(printFixed(-1.5, 0), "-1");
  assert.equal(printFixed(47.3769123, 6), "47.376912");
});

test("source is read as bytes: UTF-8 is several characters, \\u is cut to a byte, 0xFF ends it", () => {
  const { run, board } = rig();
  const utf8 = Buffer.from('"é".length').toString("latin1");
  assert.equal(run(utf8), "2");
  assert.equal(run('"\\u20ac".charCodeAt(0)'), "172");
  assert.equal(run("String.fromCharCode(0x20ac).charCodeAt(0)"), "172");
  assert.equal(run("a=1;\xff a=2"), "Uncaught SyntaxError: Got [ERASED] expected EOF");
  assert.equal(board.global.a, 1);
  assert.equal(decodeSource('"\\\\u20ac"').source, '"\\\\u20ac"');
  board.dispose();
});

test("JSON.stringify escapes all bytes above 126, ignores its replacer, and prints what is no JSON", () => {
  const { run, board } = rig();
  const json = (expression: string) => run(`global.r=${expression};0`) && String(board.global.r);
  assert.equal(json('JSON.stringify("\\x80\\xff\\x7f\\x01")'), '"\\u0080\\u00FF\\u007F\\u0001"');
  assert.equal(json("JSON.stringify({a:1,b:2}, ['a'])"), '{"a":1,"b":2}');
  assert.equal(json("JSON.stringify({u:undefined,f:function(){},n:NaN})"), '{"n":null}');
  assert.equal(json("JSON.stringify([function(){},undefined])"), "[undefined,null]");
  assert.equal(json("(function(){var o={};o.o=o;return JSON.stringify(o)})()"), '{"o": ... }');
  assert.equal(json("JSON.stringify({d:new Date(0)})"), '{"d":"1970-01-01T00:00:00.000Z"}');
  assert.equal(json("JSON.stringify({x:0.1+0.2})"), '{"x":0.3}');
  board.dispose();
});

test("JSON.parse is liberal and stops after the value", () => {
  const { run, board } = rig();
  for (const [source, shown] of [
    ['{"a":1} x', "{ a: 1 }"],
    ["{'a':1,}", "{ a: 1 }"],
    ["[1,]", "[ 1 ]"],
    ["0x10", "16"],
    ["010", "8"],
    ["[-5,-1.5e3]", "[ -5, -1500 ]"],
    ["[true,false,null]", "[ true, false, null ]"],
  ] as const)
    assert.equal(run(`JSON.parse(${JSON.stringify(source)})`), shown, source);
  assert.equal(run("JSON.parse('\"\\\\u20ac\"').charCodeAt(0)"), "172");
  assert.equal(run('JSON.parse("12345678901234567890")'), "-6101065172474983424");
  for (const source of ["", "{a:1}", '{"a":', "nul", "{", "[1 2]"])
    assert.match(
      run(`JSON.parse(${JSON.stringify(source)})`),
      /^Uncaught SyntaxError: (Got|Expecting)/,
      source,
    );
  board.dispose();
});

test("what the interpreter lacks is not there", () => {
  const { run, board } = rig();
  for (const name of ["Map", "Set", "Symbol", "Proxy", "WeakMap", "escape", "BigInt", "Intl", "RangeError"])
    assert.equal(run(`typeof ${name}`), '"undefined"', name);
  for (const name of [
    "[].at",
    "[].flat",
    "[].lastIndexOf",
    "Array.from",
    "Array.of",
    "Object.freeze",
    "Number.isInteger",
    "Math.trunc",
    "Date.UTC",
    '"".search',
    '"".localeCompare',
    "(1).toPrecision",
  ])
    assert.equal(run(`typeof ${name}`), '"undefined"', name);
  board.dispose();
});

test("errors have a type and no name; ReferenceError is no Error", () => {
  const { run, board } = rig();
  assert.equal(
    run("try{x1}catch(e){r=e};[r instanceof Error,r.type,r.name].join()"),
    '"false,ReferenceError,"',
  );
  assert.equal(run('try{throw new TypeError("t")}catch(e){""+e}'), '"TypeError: t"');
  assert.equal(run("nosuch.thing").startsWith("Uncaught ReferenceError: "), true);
  board.dispose();
});

test("text functions are ASCII's, concat drops undefined, join prints numbers", () => {
  const { run, board } = rig();
  assert.equal(run('"\\xc9A".toLowerCase()'), '"\\xC9a"');
  assert.equal(run('"a".concat("b",undefined,5)'), '"ab5"');
  assert.equal(run("[0.1+0.2,null,[1,2]].join()"), '"0.3,,1,2"');
  assert.equal(run("String(1/3)"), '"0.33333333333"');
  assert.equal(run("Math.round(-1.5)"), "-2");
  board.dispose();
});

test("the clock has a fraction, can be set, and starts at 1970 on a board without one", () => {
  const linux = rig();
  assert.equal(linux.run("Date.now()"), printNumber(Date.UTC(2026, 0, 1) + 0.36596679687));
  assert.equal(linux.run("new Date().getTime()%1>0"), "true");
  assert.equal(linux.run("Date.now()%1>0"), "true");
  linux.run("setTime(1000)");
  linux.tick(500);
  assert.equal(linux.run("Math.round(getTime()*1000)"), "1000500");
  assert.equal(linux.run('new Date("garbage").getTime()'), "0");
  linux.board.dispose();
  const tracker = rig("rak8212");
  tracker.tick(2000);
  assert.equal(tracker.run("Math.round(Date.now())"), "2000");
  tracker.board.dispose();
});

test("timers are small numbers that come back into use", () => {
  const { run, board, tick, lines } = rig();
  assert.equal(
    run("[setTimeout(print,1,'a'),setTimeout(print,2,'b'),setInterval(print,5,'i')]"),
    "[ 1, 2, 3 ]",
  );
  tick(12);
  assert.deepEqual(lines, ["a", "b", "i", "i"]);
  run("clearInterval(3)");
  assert.equal(run("setTimeout('print(\"text\")',1)"), "1");
  tick(1);
  assert.equal(lines.at(-1), "text");
  board.dispose();
});

test("clearTimeout(undefined) throws, clearTimeout() clears all, a stale number is nothing", () => {
  const { run, board, tick, lines } = rig();
  run("setTimeout(print,5,'one');setInterval(print,5,'two')");
  assert.match(run("clearTimeout(undefined)"), /^Uncaught Error: clearTimeout\(undefined\) not allowed/);
  run("clearTimeout(77);clearTimeout(null)");
  tick(5);
  assert.deepEqual(lines, ["one", "two"]);
  run("clearTimeout()");
  tick(50);
  assert.equal(lines.length, 2);
  assert.match(run("changeInterval(5,1)"), /Unknown Interval/);
  board.dispose();
});

test("emit is asynchronous; one listener's exception reaches neither the emitter nor the next listener", () => {
  const { run, board, tick, lines } = rig();
  run(
    "o={};o.on('x',function(v){print('first',v);throw new Error('L1')});o.on('x',function(v){print('second',v)})",
  );
  run("setTimeout(function(){o.emit('x',5);print('emitted')},1)");
  tick(1);
  assert.deepEqual(lines.slice(0, 4), ["emitted", "first 5", "second 5", "Uncaught Error: L1"]);
  lines.length = 0;
  run("o.removeAllListeners('x');o.emit('x',6)");
  tick(1);
  assert.deepEqual(lines, []);
  board.dispose();
});

test("an uncaught exception is printed, or goes to process; the program goes on", () => {
  const { run, board, tick, lines } = rig();
  run("setInterval(function(){throw new Error('boom')},10)");
  tick(20);
  assert.equal(lines.filter((line) => line === "Uncaught Error: boom").length, 2);
  lines.length = 0;
  run("process.on('uncaughtException',function(e){print('caught',e.message)})");
  tick(10);
  assert.deepEqual(lines, ["caught boom"]);
  board.dispose();
});

test("promises run from the event loop, and an unhandled rejection is an uncaught exception", () => {
  const { run, board, tick, lines } = rig();
  run(
    "Promise.resolve(5).then(function(v){print(v);return 6}).then(function(v){print(v);throw 7}).catch(print)",
  );
  run("Promise.all([1,Promise.resolve(2)]).then(function(a){print(a)})");
  assert.deepEqual(lines, []);
  tick(1);
  assert.deepEqual(lines.sort(), ["5", "6", "7", "[ 1, 2 ]"]);
  run("new Promise(function(){throw new Error('late')})");
  tick(1);
  assert.equal(lines.at(-1), "Uncaught Error: Unhandled promise rejection: Error: late");
  board.dispose();
});

test("Storage's module: bytes, JSON of its own kind, lists, and errors the program can catch", () => {
  const { run, board } = rig("rak8212");
  assert.equal(run('require("Storage").write("b","\\xff\\0\\x80")'), "true");
  assert.equal(run('require("Storage").read("b")'), '"\\xFF\\0\\x80"');
  run('require("Storage").writeJSON("j",{a:1,"b-c":"x\\xff"})');
  assert.equal(run('require("Storage").read("j")'), '"{a:1,\\"b-c\\":\\"x\\\\xFF\\"}"');
  assert.equal(run('require("Storage").readJSON("j").a'), "1");
  assert.equal(run('require("Storage").readJSON("none",true)'), "undefined");
  assert.equal(run('require("Storage").list(/^b/)'), '[ \n  "b"\n ]');
  assert.equal(run('try{require("Storage").write("x","")}catch(e){e instanceof Error}'), "true");
  assert.equal(run('require("Storage").getFree()'), String(40 * 1024 - 36 - 52));
  assert.match(run('require("Nope")'), /Module "Nope" not found/);
  board.dispose();
});

test("raw flash: free pages below Storage, words that can only lose bits", () => {
  const { run, board } = rig("rak5010");
  assert.equal(run('F=require("Flash");A=F.getFree()[0].addr;F.getFree()[0].length'), String(256 * 1024));
  run('F.write("abcd",A+4)');
  assert.equal(run("F.read(4,A+4)"), "new Uint8Array([97, 98, 99, 100])");
  run("F.erasePage(A)");
  assert.equal(run("F.read(1,A+4)[0]"), "255");
  assert.equal(run("F.getPage(A+5000)"), `{ addr: ${0xe2000 - 256 * 1024 + 4096}, length: 4096 }`);
  board.dispose();
});

test("E converts bytes and sums them as zip does", () => {
  const { run, board } = rig();
  assert.equal(run('E.CRC32("123456789")'), String(0xcbf43926));
  assert.equal(run('E.toString("a",[66,255],{data:"c",count:2})'), '"aB\\xFFcc"');
  assert.equal(run('E.toUint8Array("a",5)'), "new Uint8Array([97, 5])");
  assert.match(run("E.asUTF8('a')"), /Unicode not supported/);
  board.dispose();
});

test("Linux: free pages are the whole flash, Storage included", () => {
  const { run, board, flash } = rig("linux");
  assert.equal(run('require("Flash").getFree().length'), "1");
  assert.equal(Number(run('require("Flash").getFree()[0].addr')), flash.start);
  assert.equal(Number(run('require("Flash").getFree()[0].length')), flash.length);
  board.dispose();
});

test("data by address: an Int32Array gives as many bytes as it has elements, its buffer all", () => {
  const { run, board } = rig("rak5010");
  run(
    "F=require('Flash');A=F.getFree()[0].addr;W=function(d){F.erasePage(A);F.write(d,A);return F.read(8,A).join()}",
  );
  const written = (data: string) => run(`W(${data})`).slice(1, -1);
  assert.equal(written("new Int32Array([0x01020304,5])"), "4,3,255,255,255,255,255,255");
  assert.equal(written("new Int32Array([0x01020304,5]).buffer"), "4,3,2,1,5,0,0,0");
  assert.equal(written("new Int32Array([1,2,3])"), "1,2,3,255,255,255,255,255", "in two variables: elements");
  assert.equal(written("new Int32Array([1,2,3,4,5])"), "1,0,0,0,2,255,255,255", "in one flat string: bytes");
  assert.equal(written("new Uint8Array([1,2,3,4,5,6]).subarray(2,4)"), "3,4,255,255,255,255,255,255");
  assert.equal(written("[7,[8,300],'a']"), "7,8,44,97,255,255,255,255");
  assert.match(run("W(null)"), /TypeError: Expecting Number or iterable, got null/);
  assert.match(run("W({})"), /TypeError: If specifying an object/);
  board.dispose();
});

test("typed arrays are the interpreter's: slice gives a plain array, and much is missing", () => {
  const { run, board } = rig();
  assert.equal(run("Array.isArray(new Uint8Array([1,2,3]).slice(1))"), "true");
  assert.equal(run("new Uint8Array([1,2,3]).subarray(1)"), "new Uint8Array([2, 3])");
  assert.equal(run("new Uint8Array([1,2]).buffer"), "new Uint8Array([1, 2]).buffer");
  assert.equal(run("typeof Uint8Array.from"), '"undefined"');
  assert.equal(run("typeof new Uint8Array(2).at"), `"undefined"`);
  board.dispose();
});
