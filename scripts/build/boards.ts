import { readFileSync } from "node:fs";
import { join } from "node:path";
import { type BoardName, entryOf } from "../boards.ts";
import { isBoxed } from "../flash/outbox-file.ts";
import { type Blob, buildBlob } from "./blob.ts";
import {
  type Choices,
  choicesFor,
  describeChoices,
  FEATURES,
  type FeatureFiles,
  filesOf,
} from "./features.ts";
import { compile, type Emitted, ROOT } from "./program.ts";

export interface Sources {
  /** Absolute path of the entry's TypeScript. */
  entry: string;
  /** Absolute path of a board's TypeScript. */
  board(name: BoardName): string;
  features: FeatureFiles;
  version: string;
  /** Absolute path of the directory the blobs are for. */
  out: string;
}

/** The product's own. */
export const SOURCES: Sources = {
  entry: join(ROOT, "firmware/main.ts"),
  board: (name) => join(ROOT, `board/${name}.ts`),
  features: FEATURES,
  version: JSON.parse(readFileSync(join(ROOT, "package.json"), "utf8")).version,
  out: join(ROOT, "dist"),
};

/** What a board is built with. Throws `UsageError` when it lacks what is wanted. */
export function choicesOf(name: BoardName, wanted: Choices, { board, features } = SOURCES): Choices {
  return choicesFor(name, board(name), wanted, features);
}

/**
 * The blobs of some boards, in the order asked for, with the features that are wanted or else those each board has: from one
 * TypeScript program for those with the same. `onBoard` is told which one is next. Throws `BuildError`, and `UsageError` for what a board lacks.
 */
export async function buildBoards(
  names: readonly BoardName[],
  sources = SOURCES,
  wanted: Choices = {},
  onBoard: (name: BoardName) => void = () => {},
): Promise<Map<BoardName, Blob>> {
  const { entry, version, out, features } = sources;
  const chosenBy = new Map(names.map((name) => [name, choicesOf(name, wanted, sources)] as const));
  const programs = new Map<string, Emitted>();
  const blobs = new Map<BoardName, Blob>();
  for (const [name, choices] of chosenBy) {
    onBoard(name);
    const chosen = { "#board": sources.board(name), ...filesOf(choices, features) };
    const same = describeChoices(choices);
    const boards = names.filter((other) => describeChoices(chosenBy.get(other) ?? {}) === same);
    const emitted =
      programs.get(same) ?? compile({ roots: [entry, ...boards.map(sources.board)], chosen, features: same });
    programs.set(same, emitted);
    const outfile = join(out, `${name}.js`);
    // Espruino for Linux is built with Unicode by default, the boards' firmware without.
    const unicode = name === "linux" ? undefined : false;
    const { env_names } = entryOf(name);
    const made = { version, features: same, board: env_names[0], lead: isBoxed(name) };
    blobs.set(name, await buildBlob({ emitted, entry, chosen, ...made, unicode, outfile }));
  }
  return blobs;
}
