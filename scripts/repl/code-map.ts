/** Which of our builds a board runs, and where a place of it is in the TypeScript. */
import { existsSync, readFileSync } from "node:fs";
import { dirname, relative, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { originalPositionFor, TraceMap } from "@jridgewell/trace-mapping";
import { tokenizer } from "acorn";
import type { Device } from "../device/device.ts";
import { crc32 } from "../simulator/espruino/bytes.ts";
import type { CodeMap } from "./stack-trace.ts";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));
/** Shorter pieces of minified code are not worth looking for. */
const LEAST_EXCERPT = 12;

/** Pretokenised code, as some interpreters are given it. */
export type Tokenise = (code: string) => string;

/**
 * The map of a build. `tokenise`: the board has the code in this form; columns are then of that form, and are found
 * again by tokenising up to each token.
 */
export function createCodeMap(blobPath: string, tokenise?: Tokenise): CodeMap {
  const code = readFileSync(blobPath, "latin1");
  const trace = new TraceMap(readFileSync(`${blobPath}.map`, "utf8"));
  let starts: number[] | undefined;

  function place(offset: number): string | undefined {
    const before = code.slice(0, offset).split("\n");
    const column = (before[before.length - 1] as string).length;
    const { source, line } = originalPositionFor(trace, { line: before.length, column });
    if (source === null || line === null) return undefined;
    return `${relative(ROOT, resolve(dirname(blobPath), source))}:${line}`;
  }

  /** The last token that begins at or before a byte of the tokenised code. */
  function offsetOf(byte: number, inTokens: Tokenise): number {
    starts ??= [...tokenizer(code, { ecmaVersion: 5 })].map(({ start }) => start);
    let low = 0;
    let high = starts.length - 1;
    while (low < high) {
      const middle = Math.ceil((low + high) / 2);
      if (inTokens(code.slice(0, starts[middle])).length <= byte) low = middle;
      else high = middle - 1;
    }
    return starts[low] ?? 0;
  }

  return {
    atColumn: (column) => place(tokenise ? offsetOf(column - 1, tokenise) : column - 1),
    atExcerpt(text, offset) {
      const at = code.indexOf(text);
      if (text.length < LEAST_EXCERPT || at < 0 || code.indexOf(text, at + 1) >= 0) return undefined;
      return place(at + offset);
    },
  };
}

/**
 * Finds the build in `directory` that the board runs, by its checksum. Without one gives the reason, or neither when the
 * board has no code of ours.
 */
export async function findCode(
  device: Device,
  directory: string,
  tokenisers: Tokenise[] = [],
): Promise<{ map?: CodeMap; reason?: string }> {
  const stored = await device.evaluate(
    '(function(c){return c?[c.length,c.indexOf("espruino-thingsboard"),E.CRC32(c)]:0})(require("Storage").read(".bootcde"))',
  );
  if (!Array.isArray(stored) || stored[1] < 0) return {};
  const name = device.env.BOARD.toLowerCase().replace("_", "-");
  // Builds of Espruino for Linux have several names.
  const path = [name, "linux"]
    .map((blob) => resolve(directory, `${blob}.js`))
    .find((blob) => existsSync(blob));
  if (!path || !existsSync(`${path}.map`))
    return {
      reason: `stack traces show the blob's places: dist/${name}.js is missing, npm run build makes it`,
    };
  const code = readFileSync(path, "latin1");
  const same = (bytes: string): boolean => bytes.length === stored[0] && crc32(bytes) === stored[2] >>> 0;
  if (same(code)) return { map: createCodeMap(path) };
  const tokenise = tokenisers.find((one) => same(one(code)));
  if (tokenise) return { map: createCodeMap(path, tokenise) };
  return {
    reason: `stack traces show the blob's places: the board runs another build than ${relative(".", path)}`,
  };
}
