/** Where the real interpreter misreads a string or regular expression that begins a statement, and that the build mends it. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { parenthesizeLiterals } from "../../scripts/build/parenthesize.ts";
import { startInterpreter } from "../../scripts/simulator/interpreter.ts";

const binary = process.env.ESPRUINO ?? "";
const skip = binary ? false : "set ESPRUINO to the path of an Espruino for Linux";

/** Each sets `r` to 1 if its first token is read as it stands; they go where a `@` is. */
const READ = ['"A"===s&&(r=1)', '"A".indexOf(s)||(r=1)', "/^B/.test(s)||(r=1)"];

const MISREAD = `
switch(6){case 6:@}
switch(6){case 5:x();case 6:@}
if(0){}@
if(1){}else{}@
if(0)if(1)x();@
if(1)0;else if(1)x();@
if(1){}else if(1){}@
if(1){}else if(0){}else{}@
if(0)while(0){}@
if(0)switch(1){}@
for(;;){if(0){break}@;break}
try{}catch(e){}@
try{0}catch(e){x()}@
`;

const READ_CORRECTLY = `
switch(5){case 5:case 6:@}
switch(7){case 6:x();default:@}
switch(6){case 6:{@}}
switch(1){case 1:break;default:x()}@
if(0){}else @
if(0)x();@
while(0){}@
for(var i=0;i<2;i++){continue}@
for(;;)if(1)break;@
for(var k in{b:1}){if(0){}}@
do{}while(0);@
try{throw 1}catch(e){}@
try{}finally{@}
{if(0){}}@
function f(){if(0){}}@
(function(){@})()
1?0:x(),@
`;

const BEHIND_PARENTHESIS = `
if(1)@
var i=0;while(i++<1)@
for(var i=0;i<1;i++)@
for(var k in{b:1})@
`;

const positions = (list: string) => list.trim().split("\n");
const fill = (position: string, literal: string) => position.replace("@", () => literal);
const call = (body: string) => `(function(s,r){function x(){throw 1}${body};return r})("A",0)`;
const NO_MAP = JSON.stringify({ version: 3, sources: [], names: [], mappings: "" });
const mend = (body: string) => parenthesizeLiterals({ code: call(body), map: NO_MAP }).code;

/** Their values, 0 for those that throw. */
async function valuesOf(sources: string[]): Promise<number[]> {
  const tries = sources.map((source) => `try{got.push(${source})}catch(e){got.push(0)}`);
  const storage = { ".bootcde": ["got=[]", ...tries].join("\n") };
  const interpreter = await startInterpreter({ binary, storage });
  try {
    return (await interpreter.evaluate("got")) as number[];
  } finally {
    await interpreter.stop();
  }
}

async function readsOf(bodies: string[], source: (body: string) => string): Promise<string[]> {
  const got = await valuesOf(bodies.map(source));
  return bodies.map((body, i) => `${body} -> ${got[i]}`);
}

const all = (bodies: string[], value: number) => bodies.map((body) => `${body} -> ${value}`);
const filled = (list: string, literals: string[]) =>
  positions(list).flatMap((position) => literals.map((literal) => fill(position, literal)));

test("a literal read while code is skipped is empty, unless it is in parentheses", { skip }, async () => {
  const bodies = filled(MISREAD, READ);
  assert.deepEqual(await readsOf(bodies, call), all(bodies, 0));
  assert.deepEqual(await readsOf(bodies, mend), all(bodies, 1));
});

test("a regular expression behind a parenthesis is a division, unless it is in parentheses", {
  skip,
}, async () => {
  const bodies = filled(BEHIND_PARENTHESIS, READ.slice(2));
  assert.deepEqual(await readsOf(bodies, call), all(bodies, 0));
  assert.deepEqual(await readsOf(bodies, mend), all(bodies, 1));
});

test("where the build leaves a literal alone, it is read", { skip }, async () => {
  const bodies = [...filled(READ_CORRECTLY, READ), ...filled(BEHIND_PARENTHESIS, READ.slice(0, 2))];
  assert.deepEqual(await readsOf(bodies, call), all(bodies, 1));
  assert.deepEqual(await readsOf(bodies, mend), all(bodies, 1));
});
