/**
 * What a RAK8212 runs, but for the pins: the blob of the linux board with the smallest board's features. For an interpreter that is as
 * small as that board's: with all that a Linux has, 2,500 variables are too few.
 */
import { join } from "node:path";
import { buildBlob } from "./blob.ts";
import { SOURCES } from "./boards.ts";
import { type Choices, choicesFor, describeChoices, filesOf } from "./features.ts";
import { compile } from "./program.ts";

/** `wanted`: features besides those that a RAK8212 has by itself. */
export async function smallestBlob(wanted: Choices = {}): Promise<string> {
  const { entry, version, out } = SOURCES;
  const board = SOURCES.board("linux");
  const choices = choicesFor("rak8212", SOURCES.board("rak8212"), wanted);
  const chosen = { "#board": board, ...filesOf(choices) };
  const emitted = compile({ roots: [entry], chosen, features: describeChoices(choices) });
  const made = {
    version,
    features: describeChoices(choices),
    board: "LINUX",
    // As that board's: without it, it does not fit into 40 KB.
    lead: true,
    unicode: false,
    outfile: join(out, "smallest.js"),
  } as const;
  return (await buildBlob({ emitted, entry, chosen, ...made })).code;
}
