import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { BoardName } from "../budgets.ts";
import { type Blob, buildBlob } from "./blob.ts";
import { compile, ROOT } from "./program.ts";

export interface Sources {
  /** Absolute path of the entry's TypeScript. */
  entry: string;
  /** Absolute path of a board's TypeScript. */
  board(name: BoardName): string;
  version: string;
  /** Absolute path of the directory the blobs are for. */
  out: string;
}

/** The product's own. */
export const SOURCES: Sources = {
  entry: join(ROOT, "firmware/main.ts"),
  board: (name) => join(ROOT, `board/${name}.ts`),
  version: JSON.parse(readFileSync(join(ROOT, "package.json"), "utf8")).version,
  out: join(ROOT, "dist"),
};

/** The blobs of some boards, from one TypeScript program, in the order asked for. */
export async function buildBoards(
  names: readonly BoardName[],
  sources = SOURCES,
): Promise<Map<BoardName, Blob>> {
  const { entry, version, out } = sources;
  const boards = names.map((name) => sources.board(name));
  const emitted = compile({ roots: [entry, ...boards], board: boards[0] });
  const blobs = new Map<BoardName, Blob>();
  for (const name of names) {
    const outfile = join(out, `${name}.js`);
    // Espruino for Linux is built with Unicode by default, the boards' firmware without.
    const unicode = name === "linux" ? undefined : false;
    const board = sources.board(name);
    blobs.set(name, await buildBlob({ emitted, entry, board, version, unicode, outfile }));
  }
  return blobs;
}
