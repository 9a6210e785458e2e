import assert from "node:assert/strict";
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import { BOARDS } from "../../scripts/boards.ts";
import { BUDGETS } from "../../scripts/budgets.ts";
import { count, describeSize, excesses } from "../../scripts/build/report.ts";
import { build } from "../../scripts/build.ts";
import { BOARD, type Files, project } from "./fixture.ts";

const { blob_bytes, estimated_variables } = BUDGETS;

const MAIN = `
import { board } from "#board";
let count = 0;
global.name = function (): string { return board.name + count++ + twice(); };
function twice(): number { return count * 2; }
global.twice = twice;
`;

function sources(main = MAIN): Files {
  return {
    "main.ts": main,
    ...Object.fromEntries(
      BOARDS.map((name) => [`board/${name}.ts`, BOARD.replace("LINUX", name.toUpperCase())]),
    ),
  };
}

/** Runs the command on a project; what it prints, line by line. */
async function command(t: TestContext, args: string[], files: Files, before?: (out: string) => void) {
  const project_ = project(t, files);
  before?.(project_.out);
  const printed = t.mock.method(console, "log", () => {});
  const complained = t.mock.method(console, "error", () => {});
  const lines = (calls: { arguments: unknown[] }[]) =>
    calls.flatMap((call) => String(call.arguments[0]).split("\n"));
  const code = await build(args, project_);
  return {
    code,
    out: project_.out,
    printed: lines(printed.mock.calls),
    complained: lines(complained.mock.calls),
  };
}

test("without arguments every board is built, with its own board file, and reported in a line", async (t) => {
  const { code, out, printed, complained } = await command(t, [], sources());
  assert.deepEqual({ code, complained }, { code: 0, complained: [] });
  assert.deepEqual(
    readdirSync(out).sort(),
    BOARDS.flatMap((name) => [`${name}.js`, `${name}.js.map`]).sort(),
  );
  assert.match(readFileSync(join(out, "wio-lte.js"), "utf8"), /"WIO-LTE"/);
  assert.equal(printed.length, BOARDS.length);
  const bytes = readFileSync(join(out, "rak8212.js")).length;
  const line = new RegExp(
    `^rak8212 +${bytes} of ${count(blob_bytes.rak8212)} bytes, 2 functions \\(0 nested\\), ` +
      `about \\d+ of ${count(estimated_variables.rak8212)} variables$`,
  );
  assert.match(printed[0] ?? "", line);
});

test("the boards named are built, each once, and no others", async (t) => {
  const { code, out } = await command(
    t,
    ["--board", "linux", "--board", "rak5010", "--board", "linux"],
    sources(),
  );
  assert.equal(code, 0);
  assert.deepEqual(readdirSync(out).sort(), ["linux.js", "linux.js.map", "rak5010.js", "rak5010.js.map"]);
});

test("an unknown board, option or argument is refused in a line", async (t) => {
  for (const args of [["--board", "rak9999"], ["--bord", "linux"], ["linux"]]) {
    const { code, complained, out } = await command(t, args, {});
    assert.equal(code, 2);
    assert.equal(complained.length, 1);
    assert.match(
      complained[0] ?? "",
      /^(option .* .rak9999. is invalid.* rak8212|unknown option|a value belongs)/,
    );
    assert.equal(existsSync(out), false);
    t.mock.restoreAll();
  }
});

test("a build that fails says why and leaves no older blob to be flashed", async (t) => {
  const { code, out, complained } = await command(
    t,
    ["--board", "linux"],
    sources("print(nothing);"),
    (directory) => {
      mkdirSync(directory);
      writeFileSync(join(directory, "linux.js"), "old");
    },
  );
  assert.equal(code, 1);
  assert.match(complained.join("\n"), /main\.ts:1: Cannot find name 'nothing'\.$/);
  assert.equal(existsSync(join(out, "linux.js")), false);
});

test("a dist that cannot be written is told in a line", async (t) => {
  for (const [before, line] of [
    [(out: string) => writeFileSync(out, "a file"), /dist: file already exists$/],
    [
      (out: string) => mkdirSync(join(out, "linux.js"), { recursive: true }),
      /linux\.js: illegal operation on a/,
    ],
  ] as const) {
    const { code, complained } = await command(t, ["--board", "linux"], sources(), before);
    assert.equal(code, 1);
    assert.equal(complained.length, 1);
    assert.match(complained[0] ?? "", line);
    t.mock.restoreAll();
  }
});

test("a blob over its budget fails the command in one line, but is there to be tried", async (t) => {
  const long = JSON.stringify("x".repeat(blob_bytes.linux));
  const { code, out, complained } = await command(t, ["--board", "linux"], sources(`${MAIN}print(${long});`));
  assert.equal(code, 1);
  assert.equal(complained.length, 1);
  const line = new RegExp(
    `^linux: \\d\\d,\\d+ bytes are \\d+ over the budget of ${count(blob_bytes.linux)}$`,
  );
  assert.match(complained[0] ?? "", line);
  assert.equal(existsSync(join(out, "linux.js")), true);
});

test("--files tells which file took the bytes, nearly all of them", async (t) => {
  const { out, printed } = await command(t, ["--board", "linux", "--files"], sources());
  const shares = printed.slice(1).map((line) => /^ *(\d+) {2}(\S+)$/.exec(line) ?? []);
  assert.deepEqual(shares.map(([, , file]) => file).sort(), ["board/linux.ts", "main.ts"]);
  const bytes = readFileSync(join(out, "linux.js")).length;
  const sum = shares.reduce((total, [, share]) => total + Number(share), 0);
  assert.ok(sum > bytes * 0.8 && sum <= bytes, `${sum} of ${bytes}`);
});

test("bytes and variables are judged, each at its limit", () => {
  const bytes = blob_bytes.rak8212;
  const size = { bytes, functions: 90, nested: 0, variables: estimated_variables.rak8212 };
  assert.deepEqual(excesses("rak8212", size), []);
  assert.deepEqual(
    excesses("rak8212", { ...size, bytes: bytes + 1, variables: estimated_variables.rak8212 + 2 }),
    [
      `rak8212: ${count(bytes + 1)} bytes are 1 over the budget of ${count(bytes)}`,
      `rak8212: ${count(estimated_variables.rak8212 + 2)} estimated variables are 2 over the budget of ${count(estimated_variables.rak8212)}`,
    ],
  );
  assert.equal(
    describeSize("wio-lte", { ...size, bytes: 11_264, variables: 560 }),
    `wio-lte   11,264 of ${count(blob_bytes["wio-lte"])} bytes, 90 functions (0 nested), ` +
      `about 560 of ${count(estimated_variables["wio-lte"])} variables`,
  );
});
