import assert from "node:assert/strict";
import { test } from "node:test";
import { sizeOf } from "../../scripts/build/size.ts";
import { parseES5 } from "../../scripts/build/verify.ts";

function size(program: string) {
  return sizeOf(parseES5(program, () => ""));
}

/**
 * What each program took of the interpreter's memory when it was loaded from flash (32-bit build, 13-byte variables), and
 * how much more or less the estimate may be. test/espruino/size.test.ts does the same for a whole blob.
 */
const MEASURED: [program: string, variables: number][] = [
  ["var a;global.z=1", 2],
  ["function a(){return 7}", 4],
  ["function a(){return 7}function b(){return 7}", 8],
  ["function a(){return 7}function b(x,y){return 7}", 10],
  ["function a(){return 7}function b(x,y){return 7}function c(e){return 7}", 15],
  ["function a(){}", 2],
  ["function longname01(){return 7}", 5],
  ["function a(){return 7}global.z=a", 5],
  ["function a(){return 7}global.encode=function(){return 7}", 9],
  ["function a(){return 7}global.encodeConnectXXXXX=function(){return 7}", 10],
  ["var o=String.fromCharCode", 5],
  ["var o=Math.round", 4],
  ["var o=Math.round,p=Math.floor", 6],
  ["var o=clearTimeout", 2],
  ["var o=Uint8Array", 4],
  ["var o=!0", 2],
  ["var o=5", 1],
  ["var o=5000", 2],
  ['var o="abcd"', 2],
  ['var o="abcdefghi"', 3],
  ["var o={}", 2],
  ["var o={a:1,b:2}", 4],
  ["var o={a:1,b:function(){return 7}}", 7],
  ["var o={a:1,b:function(){return 7},powerOff:function(x){return 7}}", 13],
  ["var o=[1,2,3]", 5],
  ["var o=[1.5,2.5,3.5]", 8],
  ["function a(){this.x=1}a.prototype.m=function(){return 7}", 11],
  ["function a(){this.x=1}a.prototype={m:function(){return 7},send:function(){return 7}}", 15],
  ["function a(){this.x=1}a.prototype={m:function(){return 7}};var o=new a", 18],
  ["var o;function a(){return function(){return 7}}o=a()", 10],
  ["function a(){return function(){return 7}}", 4],
  ["var o;function a(x){return function(){return function(){return 7}}}o=a(1)", 12],
  ["function a(){function b(x){return x}return b(7)}a()", 4],
  ["function a(){return function(x){return x}(7)}a()", 4],
  ['E.on("errorFlag",function(a){return 7})', 10],
  ["var a=setTimeout(function(){return 7},3e6)", 9],
];
const TOLERANCE = 3;

for (const [program, measured] of MEASURED) {
  test(`variables of ${program}`, () => {
    const { variables } = size(program);
    assert.ok(Math.abs(variables - measured) <= TOLERANCE, `estimated ${variables}, measured ${measured}`);
  });
}

test("functions are counted, and those inside others apart", () => {
  const { functions, nested, bytes } = size("function a(){return function(){}}function b(){}a(b)");
  assert.deepEqual({ functions, nested, bytes }, { functions: 3, nested: 1, bytes: 51 });
});

test("each function costs four variables, each parameter one more", () => {
  const functions = (count: number, parameters: string) =>
    size(Array.from({ length: count }, (_, i) => `function a${i}(${parameters}){return 7}`).join(""))
      .variables;
  assert.equal(functions(20, ""), 80);
  assert.equal(functions(20, "a"), 100);
  assert.equal(functions(20, "a,b,c"), 140);
});

test("a nested function is there once the function around it has run, and costs more", () => {
  const made = (call: string) => size(`var o;function a(){return function(){return 7}}${call}`).variables;
  assert.equal(made("o=1") - size("var o;function a(){return 1}o=1").variables, 0);
  assert.equal(made("o=a()") - made("o=b()"), 6);
});

test("one that is only called is gone with the call, and costs nothing at rest", () => {
  const alone = size("function a(){return 7}a()").variables;
  assert.equal(size("function a(){function b(x){return x}return b(7)}a()").variables, alone);
  assert.equal(size("function a(){return function(x){return x}(7)}a()").variables, alone);
  assert.ok(size("function a(){function b(x){return x}setTimeout(b,7)}a()").variables > alone);
});

test("what a variable gets later does not count: only what stands when the blob is loaded", () => {
  assert.equal(size("var o;function a(){o={a:1,b:2}}").variables, size("var o;function a(){o=1}").variables);
});

test("long strings and names take more", () => {
  const text = (length: number) => size(`var a="${"x".repeat(length)}";global.z=a`).variables;
  assert.equal(text(30) - text(8), 3);
  assert.equal(text(64) - text(8), 7);
});
