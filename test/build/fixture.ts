import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import type { TestContext } from "node:test";
import { type Blob, buildBlob } from "../../scripts/build/blob.ts";
import type { Sources } from "../../scripts/build/boards.ts";
import type { FeatureFiles } from "../../scripts/build/features.ts";
import { BuildError } from "../../scripts/build/problem.ts";
import { compile } from "../../scripts/build/program.ts";

/** TypeScript by path. `main.ts` is the entry, `board/<name>.ts` are the boards. */
export type Files = Record<string, string>;

export const BOARD = 'export const board: { name: string } = { name: "LINUX" };';

/** Writes the files to a directory of their own, gone after the test. `features`: by paths in it. */
export function project(t: TestContext, files: Files, features: FeatureFiles = {}): Sources {
  const directory = mkdtempSync(join(tmpdir(), "build-"));
  t.after(() => rmSync(directory, { recursive: true }));
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(directory, path)), { recursive: true });
    writeFileSync(join(directory, path), text);
  }
  const absolute = (ways: Record<string, string>) =>
    Object.fromEntries(Object.entries(ways).map(([way, path]) => [way, join(directory, path)]));
  return {
    entry: join(directory, "main.ts"),
    board: (name) => join(directory, `board/${name}.ts`),
    features: Object.fromEntries(Object.entries(features).map(([name, ways]) => [name, absolute(ways)])),
    version: "1.2.3",
    out: join(directory, "dist"),
  };
}

/** The blob of `main.ts` with `board/linux.ts`, where there is one. */
export async function blobOf(t: TestContext, files: Files): Promise<Blob> {
  const { entry, board: pathOf, version, out } = project(t, files);
  const chosen: Record<string, string> = "board/linux.ts" in files ? { "#board": pathOf("linux") } : {};
  const emitted = compile({ roots: [entry], chosen });
  return buildBlob({ emitted, entry, chosen, version, outfile: join(out, "linux.js") });
}

/** The lines a failing build gives, without the directories of the files they name. */
export async function failureOf(t: TestContext, files: Files): Promise<string[]> {
  try {
    await blobOf(t, files);
  } catch (failure) {
    if (failure instanceof BuildError) return failure.lines.map((line) => line.replace(/^\S*\//, ""));
    throw failure;
  }
  throw new Error("it was built");
}
