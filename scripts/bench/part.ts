import { join } from "node:path";
import { type Blob, buildBlob } from "../build/blob.ts";
import { SOURCES } from "../build/boards.ts";
import { FEATURES, filesOf, NONE } from "../build/features.ts";
import { compile, ROOT } from "../build/program.ts";

/** One part of the firmware built as the blobs are, without what can be left out. `entry`: a file of this directory. */
export function buildPart(entry: string): Promise<Blob> {
  const path = join(ROOT, "scripts/bench", entry);
  const without = Object.entries(FEATURES).map(([feature, ways]) => [
    feature,
    NONE in ways ? NONE : Object.keys(ways)[0],
  ]);
  // The board, and what each has in some way, for types alone.
  const chosen = { "#board": SOURCES.board("linux"), ...filesOf(Object.fromEntries(without)) };
  return buildBlob({
    emitted: compile({ roots: [path], chosen }),
    entry: path,
    chosen,
    version: "",
    outfile: join(ROOT, "dist/part.js"),
  });
}
