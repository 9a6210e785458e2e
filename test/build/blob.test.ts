import assert from "node:assert/strict";
import { test } from "node:test";
import vm from "node:vm";
import { originalPositionFor, TraceMap } from "@jridgewell/trace-mapping";
import { isFirmwareGlobal } from "../../scripts/build/global-names.ts";
import { parseES5 } from "../../scripts/build/verify.ts";
import { BOARD, blobOf, failureOf } from "./fixture.ts";

const TRACKER = {
  "main.ts": `
import { board } from "#board";
import { Mode, describe } from "./mode.ts";
declare const __VERSION__: string;
/** A comment. */
const tracker = { mode_: Mode.MOVING, interval_s: 60, "quoted_": 1 };
global.tracker = tracker;
global.report = function (): string {
  // Another comment.
  return board.name + " " + __VERSION__ + " " + describe(tracker.mode_) + later() + later();
};
global.keep = function (key: string): unknown {
  return (tracker as unknown as Record<string, unknown>)[key];
};
function later(): string {
  return "\\u00e9" + tracker.mode_++;
}
`,
  "mode.ts": `
export const enum Mode {
  PARKED = 4711,
  MOVING = 4712,
}
export function describe(mode: Mode): string {
  return mode === Mode.MOVING ? "moving" : "parked";
}
`,
  "board/linux.ts": BOARD,
};

function run(code: string): Record<string, (...given: unknown[]) => unknown> {
  const global: Record<string, (...given: unknown[]) => unknown> = {};
  vm.runInNewContext(code, { global, print() {} });
  return global;
}

test("the blob is one line of ASCII, and does what the TypeScript says", async (t) => {
  const { code, size } = await blobOf(t, TRACKER);
  assert.match(code, /^[\x20-\x7e]*;$/);
  assert.equal(size.bytes, code.length);
  assert.equal(run(code).report?.(), "LINUX 1.2.3 moving\u00e94712\u00e94713");
});

test("comments and map references are left out", async (t) => {
  const { code } = await blobOf(t, TRACKER);
  assert.doesNotMatch(code, /comment|sourceMappingURL|\/\*|\/\//);
});

test("a const enum of another file is a number in the blob", async (t) => {
  const { code } = await blobOf(t, TRACKER);
  assert.match(code, /4712/);
  assert.doesNotMatch(code, /MOVING|PARKED|Mode/);
});

test("private names are shortened, public and quoted ones kept", async (t) => {
  const { code } = await blobOf(t, TRACKER);
  const keep = run(code).keep;
  assert.equal(keep?.("interval_s"), 60);
  assert.equal(keep?.("quoted_"), 1);
  assert.equal(keep?.("mode_"), undefined);
  assert.doesNotMatch(code, /mode_/);
});

test("functions come before everything else of the blob", async (t) => {
  const { code } = await blobOf(t, TRACKER);
  assert.match(code, /^function /);
});

test("no function is around it, and its globals have names that are nothing else's", async (t) => {
  const { code } = await blobOf(t, TRACKER);
  const { program, scopes } = parseES5(code, () => "");
  const globals = scopes.variables.filter(({ scope }) => scope === program);
  assert.ok(globals.length >= 2, code);
  for (const { name } of globals) assert.ok(isFirmwareGlobal(name), name);
});

test("the same sources give the same bytes and map", async (t) => {
  const a = await blobOf(t, TRACKER);
  const b = await blobOf(t, TRACKER);
  assert.equal(a.code, b.code);
  assert.equal(a.map.replace(/build-\w+/g, ""), b.map.replace(/build-\w+/g, ""));
});

test("the map leads from the blob to the line and file of the TypeScript", async (t) => {
  const { code, map } = await blobOf(t, TRACKER);
  const trace = new TraceMap(map);
  const origin = (text: string) => {
    assert.ok(code.includes(text), code);
    return originalPositionFor(trace, { line: 1, column: code.indexOf(text) });
  };
  assert.match(String(origin('"moving"').source), /^\.\.\/mode\.ts$/);
  assert.equal(origin('"moving"').line, 7);
  assert.equal(origin('"\\xe9"').line, 16);
  assert.match(String(origin('"\\xe9"').source), /^\.\.\/main\.ts$/);
});

test("terser's assignment to a `let` of another branch does not make a global", async (t) => {
  const built = blobOf(t, {
    "main.ts": `
global.f = function (a: number): void {
  if (a > 1) { const b = a * 2; print(b, b); } else { const b = a * 3; print(b, b); }
  switch (a) {
    case 1: { const c = a * 2; print(c, c); break; }
    case 2: { const c = a * 3; print(c, c); }
  }
};
global.g = function (a: number): void { print(a); };
let count = 0;
global.h = function (): number { return ++count; };`,
  });
  // The rule on declarations refuses what it would have made.
  await assert.doesNotReject(built);
});

test("variables that terser puts behind their use, inlining a function, are declared at the top", async (t) => {
  const { code, map } = await blobOf(t, {
    "main.ts": `
function join(text: string): string { return size(text.length) + text; }
function size(n: number): string { return n > 9 ? "9" : "" + n; }
function packet(head: number, body: string): string {
  while (body.length > 100) { body = body.substr(1); head++; }
  return head + body;
}
global.encode = function (topic: string): string { return packet(3, join(topic) + "last"); };
global.size = size;
global.after = "here";`,
  });
  assert.match(code, /encode=function\(\w\)\{var /);
  assert.equal(run(code).encode?.("ab"), "32ablast");
  const { line } = originalPositionFor(new TraceMap(map), { line: 1, column: code.indexOf('"here"') });
  assert.equal(line, 10);
});

test("a refusal names the line of the TypeScript and what to do", async (t) => {
  const lines = await failureOf(t, {
    "main.ts": `
import { match } from "./match.ts";
let timer: number;
global.match = match;
global.start = function (): void {
  timer = setTimeout(match, 5);
};
global.stop = function (): void {
  clearTimeout(timer);
};`,
    "match.ts": `
export function match(): void {
  print(/a?b/.exec("b"));
}`,
  });
  assert.equal(lines.length, 2);
  assert.match(lines.join("\n"), /^match\.ts:3: Espruino might match \/.*\/ otherwise: use indexOf/m);
  assert.match(lines.join("\n"), /^main\.ts:9: clearTimeout throws if the timer is undefined: test it/m);
});

test("a type error stops the build, with its line", async (t) => {
  const lines = await failureOf(t, { "main.ts": 'const a: number = "1";\nprint(a);' });
  assert.deepEqual(lines, ["main.ts:1: Type 'string' is not assignable to type 'number'."]);
});

test("a library that the interpreter lacks is a type error", async (t) => {
  const lines = await failureOf(t, { "main.ts": "print(Math.trunc(1.5), [1].includes(1));" });
  assert.match(lines.join("\n"), /main\.ts:1: Property 'trunc' does not exist/);
  assert.match(lines.join("\n"), /main\.ts:1: Property 'includes' does not exist/);
});

test("what only the types can tell is refused by type", async (t) => {
  const lines = await failureOf(t, {
    "main.ts": `
declare const list: number[], text: string, error: Error, fields: { name: string }, day: Date;
declare const timers: { set: number | 0; unset?: number };
print(list.lastIndexOf(1));
print(text.lastIndexOf("a"));
print(error.name);
print(fields.name);
print(text.search("a"));
print(new Date(text));
print(new Date(5), day.getTime());
clearTimeout(timers.unset as number);
clearTimeout(timers.unset!);
if (timers.unset) clearTimeout(timers.unset);
clearTimeout(timers.set as number);`,
  });
  assert.deepEqual(
    lines.map((line) => line.slice(0, line.indexOf(": "))),
    [4, 6, 8, 9, 11, 12].map((line) => `main.ts:${line}`),
  );
});

test("text that may be undefined is not compared with < or >", async (t) => {
  const lines = await failureOf(t, {
    "main.ts": `
declare const list: string[], text: string, maybe: { text?: string; bytes: any }, numbers: number[];
print(list[0] > "a");
print(text[3] <= "a");
print("a" < maybe.text!);
print((maybe.text as string) > "a");
print(maybe.bytes > "a");
print((maybe.bytes as string) > "a");
print(text > "a", "a" < text);
if (maybe.text && maybe.text > "a") print(1);
print(numbers[0] > 1, list[0] === "a", text.charAt(0) > "a");`,
  });
  assert.deepEqual(
    lines.map((line) => line.slice(0, line.indexOf(": "))),
    [3, 4, 5, 6, 7].map((line) => `main.ts:${line}`),
  );
});

test("what is compared, counted or read otherwise is refused by type", async (t) => {
  const lines = await failureOf(t, {
    "main.ts": `
declare const text: string, number: number, maybe: string | null, unsure: string | boolean;
declare const list: number[], flag: boolean, day: Date;
print(text > maybe!);
print(text > (unsure as string));
print(day > new Date(5));
print(maybe == null);
print(text != "a", number == 5, flag == !flag);
print(+text);
print(~(maybe || 0));
print(-number, number * 2, number | 0, parseInt(text, 10) % 5, text + 1, number > 1, list.length < 5);
print(text[number]);
print(text[0], list[number], text.charAt(number));`,
  });
  assert.deepEqual(
    lines.map((line) => line.slice(0, line.indexOf(": "))),
    [4, 5, 6, 7, 9, 10, 12].map((line) => `main.ts:${line}`),
  );
});

test("x === null || x === undefined stays as it is written", async (t) => {
  const { code } = await blobOf(t, {
    "main.ts": "global.f = function (x: unknown) { return x === null || x === undefined; };",
  });
  assert.match(code, /null===\w\|\|void 0===\w/);
});

test("syntax that needs a helper function is refused where it stands", async (t) => {
  const lines = await failureOf(t, {
    "main.ts": "global.f = function (a: number[]): number[] {\n  return [0, ...a];\n};\nglobal.g = 1;",
  });
  assert.match(lines.join("\n"), /^main\.ts:2: needs the TypeScript helper __spreadArray/);
});

test("a namespace used as a value is refused, since the bundler makes getters for it", async (t) => {
  const lines = await failureOf(t, {
    "main.ts": 'import * as all from "./all.ts";\nglobal.all = all;',
    "all.ts": "export const a = 1;",
  });
  assert.match(lines.join("\n"), /import names, not a namespace/);
});

test("the interpreter's own modules stay required, by require itself", async (t) => {
  const { code } = await blobOf(t, {
    "main.ts": 'global.f = function () { return require("Storage").read("a"); };',
  });
  assert.match(code, /[^\w]require\("Storage"\)\.read/);
});

test("a missing file is a type error, not a stack trace", async (t) => {
  const lines = await failureOf(t, { "main.ts": 'import { a } from "./a.ts";\nprint(a);' });
  assert.match(lines.join("\n"), /^main\.ts:1: Cannot find module '\.\/a\.ts'/);
});
