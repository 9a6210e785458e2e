import { join } from "node:path";
import { type Blob, buildBlob } from "../build/blob.ts";
import { compile, ROOT } from "../build/program.ts";

/** One part of the firmware built as the blobs are. `entry`: a file of this directory. */
export function buildPart(entry: string): Promise<Blob> {
  const path = join(ROOT, "scripts/bench", entry);
  return buildBlob({
    emitted: compile({ roots: [path] }),
    entry: path,
    version: "",
    outfile: join(ROOT, "dist/part.js"),
  });
}
