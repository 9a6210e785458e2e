/** The simulated board against the real interpreter: the same programs must print the same lines. */
import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
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
import { rig } from "../simulator/espruino-rig.ts";
import { expressions, program } from "./semantics-programs.ts";

const binary = process.env.ESPRUINO ?? "";
const skip = binary
  ? false
  : "set ESPRUINO to the path of an Espruino for Linux (without Unicode, 40 KB Storage)";
const RUN_MS = 400;

const marked = (lines: string[]) =>
  lines.filter((line) => line.startsWith("|")).map((line) => line.trimEnd());

async function real(source: string): Promise<string[]> {
  const lines: string[] = [];
  const storage = { ".bootcde": source };
  const interpreter = await startInterpreter({ binary, storage, print: (line) => lines.push(line) });
  await new Promise((resolve) => setTimeout(resolve, RUN_MS));
  await interpreter.stop();
  return marked(lines);
}

function simulated(source: string): string[] {
  const { board, store, lines, tick } = rig("rak8212");
  store(".bootcde", source);
  board.boot();
  for (let ms = 0; ms < RUN_MS; ms++) tick(1);
  board.dispose();
  return marked(lines);
}

test("expressions have the same value, or throw the same", { skip }, async () => {
  const source = expressions
    .map((text) => `try{print("|"+JSON.stringify(${text}))}catch(e){print("| "+e)}`)
    .join("\n");
  const [there, here] = [await real(source), simulated(source)];
  assert.equal(there.length, expressions.length);
  const pairs = (lines: string[]) => expressions.map((text, i) => `${text} -> ${lines[i]}`);
  assert.deepEqual(pairs(here), pairs(there));
});

test("timers, events, promises and errors happen in the same order", { skip }, async () => {
  assert.deepEqual(simulated(program), await real(program));
});

test("images are exchanged: the interpreter reads ours, and finds those corrupt that we do", {
  skip,
}, async () => {
  for (const cut of [0, 1, 9, 500, 1024, 1500]) {
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
    const interpreter = await startInterpreter({ binary, directory, print: (line) => lines.push(line) });
    assert.equal(lines.includes("Storage is corrupt."), !isValid(area), `cut ${cut}`);
    const names = isValid(area) ? list(area).map(({ name }) => name) : [];
    assert.deepEqual(await interpreter.evaluate('require("Storage").list()'), names);
    flash.close();
    await interpreter.stop();
    rmSync(directory, { recursive: true });
  }
});
