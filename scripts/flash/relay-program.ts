/** The program by which a board lets the computer speak with its modem: firmware/relay/main.ts, made now. */
import { join } from "node:path";
import type { BoardName } from "../boards.ts";
import { buildBlob } from "../build/blob.ts";
import { SOURCES } from "../build/boards.ts";
import { compile, ROOT } from "../build/program.ts";

const ENTRY = join(ROOT, "firmware/relay/main.ts");

/** ES5, on one line. */
export async function buildRelay(board: BoardName): Promise<string> {
  const chosen = { "#board": SOURCES.board(board) };
  const { code } = await buildBlob({
    emitted: compile({ roots: [ENTRY], chosen }),
    entry: ENTRY,
    chosen,
    version: SOURCES.version,
    unicode: false,
    outfile: join(SOURCES.out, "relay.js"),
  });
  return code;
}
