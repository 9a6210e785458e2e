/**
 * The programs of a board with slots for firmware that comes over the air, out of firmware/ota/loader: the loader, `.bootcde`;
 * and what tells the computer where the slots are, so that the board's own file alone knows.
 */
import { join } from "node:path";
import type { BoardName } from "../boards.ts";
import { buildBlob } from "./blob.ts";
import type { Sources } from "./boards.ts";
import { compile, ROOT } from "./program.ts";

export interface Loader {
  /**
   * ES5, on one line. It chooses in a function, of which nothing stays, and evaluates at top level: inside of a function the
   * firmware's own functions would take three variables more each.
   */
  boot: string;
  /** An expression: the slots' first address, that after the last, and how many there are; undefined: no room for any. */
  area: string;
  /** An expression: a function of an address and a length, which gives what is there, and is not copied. */
  piece: string;
}

const entry = (name: string): string => join(ROOT, "firmware/ota/loader", `${name}.ts`);
const ENTRIES = {
  choose: entry("choose"),
  failed: entry("failed"),
  area: entry("area"),
  piece: entry("piece"),
};

/** `board` has slots. */
export async function buildLoader(
  board: BoardName,
  { board: fileOf, version, out }: Pick<Sources, "board" | "version" | "out">,
): Promise<Loader> {
  const chosen = { "#board": fileOf(board) };
  const emitted = compile({ roots: Object.values(ENTRIES), chosen });
  const part = async (name: keyof typeof ENTRIES): Promise<string> => {
    const outfile = join(out, `${name}.js`);
    return (await buildBlob({ emitted, entry: ENTRIES[name], chosen, version, unicode: false, outfile }))
      .code;
  };
  return {
    boot: `try{eval(function(){var code;${await part("choose")}return code}())}catch(error){!function(){${await part("failed")}}()}`,
    area: `(function(){var area;${await part("area")}return area})()`,
    piece: `(function(address,length){var piece;${await part("piece")}return piece})`,
  };
}
