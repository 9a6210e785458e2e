import assert from "node:assert/strict";
import { test } from "node:test";
import { sizeOf } from "../../scripts/build/size.ts";
import { parseES5 } from "../../scripts/build/verify.ts";

function size(body: string) {
  return sizeOf(parseES5(body, () => ""));
}

/**
 * What each body took of the interpreter's memory when it was loaded from flash (32-bit build, 13-byte variables,
 * without the variable that the measurement itself took), and what one variable more or less is allowed to be.
 */
const MEASURED: [body: string, variables: number][] = [
  ["var a;global.z=1", 1],
  ["function a(){return 7}global.z=a", 7],
  ["function a(){return 7}function b(){return 7}global.z=a", 12],
  ["function a(){return 7}function b(x,y){return 7}global.z=a", 14],
  ["function a(){return 7}function b(x,y){return 7}function c(e){return 7}global.z=a", 20],
  ["function a(){return 7}global.z=a;global.y=function(){return 7}", 12],
  ["function a(){return 7}global.z=a;global.encode=function(){return 7}", 13],
  ["function a(){return 7}global.z=a;global.encodeConnectXXXXX=function(){return 7}", 14],
  ["function a(){return 7}global.z=a;var o=String.fromCharCode", 12],
  ["function a(){return 7}global.z=a;var o=Math.round", 11],
  ["function a(){return 7}global.z=a;var o=clearTimeout", 9],
  ["function a(){return 7}global.z=a;var o=!0", 9],
  ["function a(){return 7}global.z=a;var o=5", 8],
  ["function a(){return 7}global.z=a;var o=5000", 9],
  ['function a(){return 7}global.z=a;var o="abcd"', 9],
  ["function a(){return 7}global.z=a;var o={}", 9],
  ["function a(){return 7}global.z=a;var o={a:1,b:2}", 11],
  ["function a(){return 7}global.z=a;var o={a:1,b:function(){return 7}}", 15],
  ["function a(){return 7}global.z=a;var o={a:1,b:function(){return 7},powerOff:function(x){return 7}}", 22],
  ["function a(){return 7}global.z=a;var o=[1,2,3]", 12],
  ["function a(){this.x=1}global.z=a;a.prototype.m=function(){return 7}", 15],
  [
    "function a(){this.x=1}global.z=a;a.prototype.m=function(){return 7};a.prototype.send=function(){return 7}",
    20,
  ],
  ["function a(){this.x=1}global.z=a;a.prototype.m=function(){return 7};var o=new a", 22],
];

for (const [body, measured] of MEASURED) {
  test(`variables of ${body}`, () => {
    const { variables } = size(body);
    assert.ok(Math.abs(variables - measured) <= 2, `estimated ${variables}, measured ${measured}`);
  });
}

test("functions are counted without the blob's own, and nested ones apart", () => {
  const { functions, nested, bytes } = size("function a(){return function(){}}function b(){}a(b)");
  assert.deepEqual({ functions, nested, bytes }, { functions: 3, nested: 1, bytes: 67 });
});

test("a nested function costs more, and more the deeper it is, while it may live on", () => {
  const flat = size("function a(){return b}function b(){return 7}global.z=a").variables;
  const nested = size("function a(){return function(){return 7}}global.z=a").variables;
  const deep = size("function a(){return function(){return function(){return 7}}}global.z=a").variables;
  assert.equal(nested - flat, 3);
  assert.ok(deep - nested >= 9);
});

test("a nested function that is only called is gone with the call, and costs nothing at rest", () => {
  const alone = size("function a(){return 7}global.z=a").variables;
  assert.equal(size("function a(){function b(x){return x}return b(7)}global.z=a").variables, alone);
  assert.equal(size("function a(){return function(x){return x}(7)}global.z=a").variables, alone);
  assert.ok(size("function a(){function b(x){return x}setTimeout(b,7)}global.z=a").variables > alone);
});

test("long strings and names take more", () => {
  const text = (length: number) => size(`var a="${"x".repeat(length)}";global.z=a`).variables;
  assert.equal(text(30) - text(8), 3);
  assert.equal(text(64) - text(8), 7);
});
