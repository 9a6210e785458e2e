/** board/README.md "Add a board" and "Add a sensor", done literally in a copy of the project; what they promise is seen. */
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import { createBoardWorld } from "../blob/board-world.ts";
import { builtBlob } from "../device/rig.ts";
import { documents, fencesOf, ROOT, sectionOf } from "./documents.ts";
import { insert, insertionsIn } from "./recipes.ts";

const boards = documents.get("board/README.md") ?? "";
const COPIED = ["package.json", "tsconfig.json", "biome.json", "README.md", "firmware", "board", "scripts"];

/** A copy of the project in which a section was done. */
function done(t: TestContext, section: string): string {
  const root = mkdtempSync(join(tmpdir(), "recipe-"));
  t.after(() => rmSync(root, { recursive: true, force: true }));
  for (const name of COPIED) cpSync(join(ROOT, name), join(root, name), { recursive: true });
  // Of the tests what the section touches, and what it needs.
  mkdirSync(join(root, "test"));
  for (const name of ["board.test.ts", "blob", "device", "modem", "simulator", "espruino"])
    cpSync(join(ROOT, "test", name), join(root, "test", name), { recursive: true });
  symlinkSync(join(ROOT, "node_modules"), join(root, "node_modules"), "junction");
  for (const insertion of insertionsIn(boards, section)) insert(root, insertion);
  return root;
}

/** Runs Node there, by itself: no part of the tests around it. Throws what it said. */
function run(root: string, ...args: string[]): string {
  const { NODE_TEST_CONTEXT: _, ...env } = process.env;
  const { status, stdout, stderr } = spawnSync(process.execPath, args, { cwd: root, encoding: "utf8", env });
  if (status !== 0) throw new Error(`${args.join(" ")}: ${stdout}${stderr}`);
  return stdout;
}

const tsx = (root: string, ...args: string[]): string => run(root, "--import", "tsx", ...args);

const TSC = "node_modules/typescript/bin/tsc";

test("a block goes where the words in front of it say", () => {
  const text =
    "## Do\n\n`a/b.ts` is new:\n\n```ts\nnew\n```\n\nand into `a/c.ts` in front of `x`, not `a/d.ts`\n\n```ts\nold\n```\n";
  assert.deepEqual(insertionsIn(text, "Do"), [
    { file: "a/b.ts", before: undefined, code: "new\n" },
    { file: "a/c.ts", before: "x", code: "old\n" },
  ]);
});

test("a board is added: types, power, its firmware, and a drive through Berlin on the board simulated", (t) => {
  const root = done(t, "Add a board");
  run(root, TSC, "-p", "firmware");
  tsx(root, "scripts/config/reference.ts");
  assert.match(tsx(root, "scripts/build.ts", "--board", "acme"), /^acme +[\d,]+ of 72,000 bytes/);
  const power = tsx(root, "--test", "--test-reporter", "tap", "test/board.test.ts");
  for (const what of ["off", "on", "key"]) assert.match(power, new RegExp(`^ok .* acme: ${what}$`, "m"));
  assert.match(power, /^# fail 0$/m);
  const name = "--test-name-pattern=acme: an outbox of 65536";
  const reports = tsx(root, "--test", "--test-reporter", "tap", name, "test/blob/boards.test.ts");
  assert.match(reports, /^ok .* acme: an outbox of 65536 bytes has room; it reports/m);
});

/** How often the server was told `level_v` in two hours of a RAK5010, after something was typed at its console. */
async function levels({ typed = "", blob = builtBlob("rak5010") }): Promise<number> {
  const { board, thingsboard, run, powerCut, stop } = createBoardWorld("rak5010", {}, undefined, blob);
  try {
    board.boot();
    board.evaluate(typed);
    powerCut();
    board.boot();
    await run(2 * 3600 + 60);
    assert.deepEqual(board.errorFlags, []);
    return thingsboard.telemetry("tracker", "level_v").length;
  } finally {
    await stop();
  }
}

test("a sensor is added without building anything: what is typed at the console reports each hour", async () => {
  const [block] = fencesOf(sectionOf(boards, "Add a sensor")).filter(({ language }) => language === "js");
  assert.equal(await levels({ typed: `${block?.code}` }), 2);
  assert.equal(await levels({}), 0);
});

test("a sensor is added to the firmware: types, and a value each hour", async (t) => {
  const root = done(t, "Add a sensor");
  run(root, TSC, "-p", "firmware");
  assert.match(tsx(root, "scripts/build.ts", "--board", "rak5010"), /^rak5010 +[\d,]+ of 72,000 bytes/);
  const blob = readFileSync(join(root, "dist/rak5010.js"), "latin1");
  assert.equal(await levels({ blob }), 2);
});
