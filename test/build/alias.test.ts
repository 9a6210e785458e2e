import assert from "node:assert/strict";
import { test } from "node:test";
import { encodedMap, originalPositionFor, TraceMap } from "@jridgewell/trace-mapping";
import { aliasWords } from "../../scripts/build/alias.ts";

const MAP = JSON.stringify({ version: 3, sources: [], names: [], mappings: "" });

function aliased(body: string): string {
  const { code } = aliasWords({ code: body, map: MAP });
  return code;
}

const times = (count: number, text: string): string => Array(count).fill(text).join(",");

test("a function of the interpreter that is used often gets a variable", () => {
  assert.equal(
    aliased(`var a=1;${times(6, "setTimeout(f,a)")}`),
    `var setTimeout_call=setTimeout,a=1;${times(6, "setTimeout_call(f,a)")}`,
  );
});

test("one that is a member, too, and what it is a member of only for what is left of it", () => {
  assert.equal(
    aliased(`var a=1;${times(5, "Math.floor(a)")},Math.ceil(a)`),
    `var Math_floor_call=Math.floor,a=1;${times(5, "Math_floor_call(a)")},Math.ceil(a)`,
  );
  assert.equal(
    aliased(`var a;${times(4, "JSON.stringify(a)")},${times(9, "JSON.parse(a)")},${times(9, "JSON.x")}`),
    `var JSON_stringify_call=JSON.stringify,JSON_parse_call=JSON.parse,JSON_call=JSON,a;${times(4, "JSON_stringify_call(a)")},${times(9, "JSON_parse_call(a)")},${times(9, "JSON_call.x")}`,
  );
});

test("a member's name that is used often, whatever it is a member of", () => {
  assert.equal(
    aliased(`var a="";${times(5, "a.charCodeAt(0)")},(""+a).charCodeAt(1)`),
    `var charCodeAt_text="charCodeAt",a="";${times(5, "a[charCodeAt_text](0)")},(""+a)[charCodeAt_text](1)`,
  );
});

test("a member that is read keeps its dot: of a number or a text [a] would throw where there is none", () => {
  const read = `var a=5;${times(9, "a.provision_key")},a.provision_key+=1`;
  assert.equal(aliased(read), read);
  const known = `var a="";${times(9, "a.length")}`;
  assert.equal(aliased(known), `var length_text="length",a="";${times(9, "a[length_text]")}`);
});

test("a string next to a word stays apart from it", () => {
  assert.equal(
    aliased(`var a={};${times(5, "a.latitude=1")};if("latitude"in a)switch(a){case"latitude":a()}`),
    `var latitude_text="latitude",a={};${times(5, "a[latitude_text]=1")};if(latitude_text in a)switch(a){case latitude_text:a()}`,
  );
});

test("a string, which may be the name of a member as well", () => {
  assert.equal(
    aliased(`var a;${times(5, '"string"==typeof a')},${times(3, "a.string()")}`),
    `var string_text="string",a;${times(5, "string_text==typeof a")},${times(3, "a[string_text]()")}`,
  );
});

test("a string beside a word, which needs no space as a string", () => {
  assert.equal(
    aliased(`var a;${times(5, '"latitude"in a')};switch(a){case"latitude":}`),
    `var latitude_text="latitude",a;${times(5, "latitude_text in a")};switch(a){case latitude_text:}`,
  );
});

test("a long number", () => {
  assert.equal(
    aliased(`var a;${times(5, "a>17672256e5")}`),
    `var number_1767225600000=17672256e5,a;${times(5, "a>number_1767225600000")}`,
  );
});

test("undefined, which a variable is from the start", () => {
  assert.equal(
    aliased(`var a;${times(6, "a===void 0")};E.f=function(){return void E.g()}`),
    `var undefined_value,a;${times(6, "a===undefined_value")};E.f=function(){return void E.g()}`,
  );
});

test("behind the functions that stand first", () => {
  const uses = times(6, "setTimeout(f,1)");
  assert.match(aliased(`function f(){${uses}}var a;f(a)`), /^function f\(\)\{.*\}var setTimeout_call=/);
});

for (const [why, body] of [
  ["what is used seldom", `var a;${times(2, "setTimeout(f,1)")},a.length,a.length,void 0,void 0`],
  ["a function that not every interpreter has", `var a;${times(9, "encodeURIComponent(a)")}`],
  ["a variable of that name", `var setTimeout=f;${times(9, "setTimeout(f,1)")}`],
  ["a member of a variable of that name", `var Math=f;${times(3, "Math.floor(1)")}`],
  ["the name of a property", `var a={length:1};f(${times(9, "{length:1}")})`],
  ["a module, which flash tools look for by its name", `var a;${times(9, 'require("Storage")')}`],
  ["text, which is seldom the same", `var a;${times(9, '"use a number"')}`],
  ["a function that the rules watch", `var a=0;${times(9, "clearTimeout(a)")}`],
  ["a blob without variables", times(9, "setTimeout(f,1)")],
] as const)
  test(`stays as it is: ${why}`, () => assert.equal(aliased(body), body));

test("the map follows", () => {
  const code = `var a;${times(6, "setTimeout(f,1)")};print(a);`;
  const mappings: [number, number, number, number][][] = [[[code.indexOf("print"), 0, 4, 2]]];
  const map = JSON.stringify(
    encodedMap(new TraceMap({ version: 3, sources: ["a.ts"], names: [], mappings })),
  );
  const result = aliasWords({ code, map });
  const column = result.code.indexOf("print");
  assert.equal(originalPositionFor(new TraceMap(result.map), { line: 1, column }).line, 5);
});
