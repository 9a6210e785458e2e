/** The simulated board against the real interpreter: the same programs must print the same lines. */
import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { before, describe, test } from "node:test";
import { cutPowerAfter, openFlashFile } from "../../scripts/simulator/espruino/flash.ts";
import { boardSpecs, flashOf } from "../../scripts/simulator/espruino/specs.ts";
import {
  compactStorage,
  eraseFile,
  isValid,
  list,
  writeFile,
} from "../../scripts/simulator/espruino/storage.ts";
import { startInterpreter } from "../../scripts/simulator/interpreter.ts";
import { BINARY, both, type Comparison, linesOf, SKIP } from "./compare.ts";
import { board, doubles, language, program, refused } from "./semantics-programs.ts";

const NOT_LIKE_A_BOARD = "this interpreter is not like a board: Unicode, or not 40 KB of Storage";

const asPairs = (comparisons: Comparison[]) => ({
  here: comparisons.map(({ expression, simulated }) => `${expression} -> ${simulated}`),
  there: comparisons.map(({ expression, real }) => `${expression} -> ${real}`),
});

async function assertSame(expressions: string[], together = false): Promise<void> {
  const { here, there } = asPairs(await both(expressions, together));
  assert.deepEqual(here, there);
}

describe("the simulated board against the interpreter", { skip: SKIP }, () => {
  let isLikeABoard = false;
  let hasX87 = false;
  before(async () => {
    const interpreter = await startInterpreter({ binary: BINARY });
    try {
      isLikeABoard = (await interpreter.evaluate('process.env.STORAGE==40960&&"\\u20ac"<"\\xff"')) === true;
      hasX87 = (await interpreter.evaluate('""+1e-7')) !== "1e-7";
    } finally {
      await interpreter.stop();
    }
  });

  test("the language: expressions have the same value, or throw the same", () => assertSame(language));

  test("numbers print and are read the same, to the last digit", async (t) => {
    if (hasX87) return t.skip("this interpreter computes with 80 bits");
    await assertSame(doubles);
  });

  test("strings of bytes, Storage, Flash: the same value, or throw the same", async (t) => {
    if (!isLikeABoard) return t.skip(NOT_LIKE_A_BOARD);
    await assertSame(board, true);
  });

  test("what the build refuses is indeed otherwise there", async () => {
    const comparisons = await both(refused.map(([expression]) => expression));
    assert.deepEqual(
      comparisons.map(({ expression, real }) => `${expression} -> ${real}`),
      refused.map(([expression, json]) => `${expression} -> |${json}`),
    );
  });

  test("timers, events, promises and errors happen in the same order", async () => {
    const [there, here] = await linesOf(program, "|end");
    assert.deepEqual(here, there);
  });

  test("images are exchanged: the interpreter reads ours, and finds those corrupt that we do", async (t) => {
    if (!isLikeABoard) return t.skip(NOT_LIKE_A_BOARD);
    for (const cut of [0, 1, 9, 500, 1024, 1500]) await exchangeImage(cut);
  });
});

async function exchangeImage(cut: number): Promise<void> {
  const directory = mkdtempSync(join(tmpdir(), "espruino-"));
  const flash = openFlashFile(join(directory, "espruino.flash"), flashOf(boardSpecs.rak8212));
  const end = flash.start + flash.length;
  const area = { flash, start: flash.start, end, swapBytes: 30_000, print: () => {} };
  for (const [name, size] of [
    ["a", 3000],
    ["b", 2500],
    ["c", 3700],
  ] as const)
    writeFile(area, name, Buffer.alloc(size, name));
  eraseFile(area, "a");
  cutPowerAfter(flash, cut);
  assert.throws(() => compactStorage(area), /power cut/);
  const lines: string[] = [];
  const interpreter = await startInterpreter({
    binary: BINARY,
    directory,
    print: (line) => lines.push(line),
  });
  try {
    assert.equal(lines.includes("Storage is corrupt."), !isValid(area), `cut ${cut}`);
    const names = isValid(area) ? list(area).map(({ name }) => name) : [];
    assert.deepEqual(await interpreter.evaluate('require("Storage").list()'), names);
  } finally {
    flash.close();
    await interpreter.stop();
    rmSync(directory, { recursive: true });
  }
}
