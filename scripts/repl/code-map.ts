/** Which of our builds a board runs, and where a place of it is in the TypeScript. */
import { existsSync, readFileSync } from "node:fs";
import { dirname, relative, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { originalPositionFor, TraceMap } from "@jridgewell/trace-mapping";
import { tokenizer } from "acorn";
import { boardNamed } from "../boards.ts";
import type { Device } from "../device/device.ts";
import { pretokenise } from "../device/pretokenise.ts";
import { CODE_FILE, layOut, type Tokenise } from "../flash/code-layout.ts";
import { LEAD_OFFSET, OUTBOX_FILE } from "../flash/outbox-file.ts";
import { FIRMWARE_FILE, runningUpdate } from "../flash/slots.ts";
import { crc32 } from "../simulator/espruino/bytes.ts";
import type { CodeMap } from "./stack-trace.ts";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));
/** Shorter pieces of minified code are not worth looking for. */
const LEAST_EXCERPT = 12;
const ERASED = "\xff";

/**
 * The map of a build. `tokenise`: the board has the code in this form; columns are then of that form, and are found
 * again by tokenising up to each token. `hasLead`: the code's first part is in the outbox's file. `file`: where the code is; "":
 * in none, so that an excerpt alone tells a place.
 */
export function createCodeMap(
  blobPath: string,
  tokenise?: Tokenise,
  hasLead = false,
  its_file: string = CODE_FILE,
): CodeMap {
  const code = readFileSync(blobPath, "latin1");
  const trace = new TraceMap(readFileSync(`${blobPath}.map`, "utf8"));
  const { lead, boot, head } = layOut(code, tokenise ?? ((text) => text), hasLead);
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
    at(file, line, column) {
      const inLead = file === OUTBOX_FILE;
      if (!inLead && file !== its_file) return undefined;
      const at = offsetAt(inLead ? ERASED.repeat(LEAD_OFFSET) + lead : boot, line, column);
      if (at === undefined) return undefined;
      const offset = inLead ? at - LEAD_OFFSET : at - head + lead.length;
      return place(tokenise ? offsetOf(offset, tokenise) : offset);
    },
    atExcerpt(text, offset) {
      const at = code.indexOf(text);
      if (text.length < LEAST_EXCERPT || at < 0 || code.indexOf(text, at + 1) >= 0) return undefined;
      return place(at + offset);
    },
  };
}

/** The Web IDE's lines at the start of a file, which the interpreter leaves out of the count. */
const IGNORED = "Modules.addCached";

/**
 * The offset of what the interpreter calls line and column of a file. It counts a line feed byte even in a token or in
 * a string that was pretokenised; and it takes a line for the Web IDE's as soon as the letters of `IGNORED` have come by,
 * whatever is between them, which a long line seldom fails to have (jsvGetLineAndCol, 2v29).
 */
export function offsetAt(bytes: string, line: number, column: number): number | undefined {
  let y = 1;
  let start = 0;
  let ignored = 0;
  let letters = 0;
  let plain: number | undefined;
  for (let i = 0; i < bytes.length; i++) {
    if (y === 1 + ignored && bytes[i] === IGNORED[letters] && ++letters === IGNORED.length) {
      letters = Number.NaN;
      ignored++;
    }
    if (i === start + column - 1) {
      if (y - ignored === line) return i;
      if (y === line) plain = i;
    }
    if (bytes[i] === "\n") {
      y++;
      start = i + 1;
      letters = 0;
    }
  }
  // Other versions, and the simulated board, count every line.
  return plain;
}

/**
 * Finds the build in `directory` that the board runs, by its checksum. Without one gives the reason, or neither when the
 * board has no code of ours.
 */
export async function findCode(
  device: Device,
  directory: string,
  tokenised: (code: string, version: string) => string = pretokenise,
): Promise<{ map?: CodeMap; reason?: string }> {
  const stored = await device.evaluate(
    `(function(S){var n=S.read("${FIRMWARE_FILE}")?"${FIRMWARE_FILE}":"${CODE_FILE}",c=S.read(n);return c?[c.length,c.lastIndexOf("espruino-thingsboard"),E.CRC32(c),n]:0})(require("Storage"))`,
  );
  if (!Array.isArray(stored) || stored[1] < 0) return {};
  // Espruino for Linux can be built with a name of one's own.
  const name = boardNamed(device.env.BOARD) ?? "linux";
  const path = resolve(directory, `${name}.js`);
  if (!existsSync(path) || !existsSync(`${path}.map`))
    return {
      reason: `stack traces show the blob's places: dist/${name}.js is missing, npm run build makes it`,
    };
  const code = readFileSync(path, "latin1");
  const another = {
    reason: `stack traces show the blob's places: the board runs another build than ${relative(".", path)}`,
  };
  const update = await runningUpdate(device, path.replace(/js$/, "loader.json"), code.length);
  if (update !== undefined)
    return update === crc32(code) ? { map: createCodeMap(path, undefined, false, "") } : another;
  const same = (bytes: string): boolean => bytes.length === stored[0] && crc32(bytes) === stored[2] >>> 0;
  const inTokens: Tokenise = (text) => tokenised(text, device.env.VERSION);
  for (const tokenise of [undefined, inTokens])
    for (const hasLead of [false, true])
      if (same(layOut(code, tokenise ?? ((text) => text), hasLead).boot))
        return { map: createCodeMap(path, tokenise, hasLead, stored[3]) };
  return another;
}
