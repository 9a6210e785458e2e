/**
 * A simulated board with loader and slots, and programs that are no more than a name and the functions of `#ota`, which they
 * read from a file of Storage: so small that the power can be cut at each single flash operation.
 */
import assert from "node:assert/strict";
import { fileURLToPath } from "node:url";
import { crc32 } from "node:zlib";
import { createClock } from "@sinonjs/fake-timers";
import type { BoardName } from "../../scripts/boards.ts";
import { buildBlob } from "../../scripts/build/blob.ts";
import { choicesOf, SOURCES } from "../../scripts/build/boards.ts";
import { filesOf } from "../../scripts/build/features.ts";
import { buildLoader, type Loader } from "../../scripts/build/loader.ts";
import { compile } from "../../scripts/build/program.ts";
import { CODE_FILE } from "../../scripts/flash/code-layout.ts";
import { FIRMWARE_FILE, isSlotsFile, SLOTS_FILE, SLOTS_FILE_BYTES } from "../../scripts/flash/slots.ts";
import { fromFakeTimers } from "../../scripts/simulator/clock.ts";
import { createBoard } from "../../scripts/simulator/espruino/board.ts";
import { fromBytes } from "../../scripts/simulator/espruino/bytes.ts";
import { createFlash, type Flash } from "../../scripts/simulator/espruino/flash.ts";
import { type BoardSpec, boardSpecs, flashOf } from "../../scripts/simulator/espruino/specs.ts";
import { writeFile } from "../../scripts/simulator/espruino/storage.ts";

export const SLOTTED = ["rak5010", "linux"] as const satisfies BoardName[];

const API_FILE = "api";

/** A program with a name; `more` is run first. */
export const program = (name: string, more = ""): string =>
  `what="${name}";${more}eval(require("Storage").read("${API_FILE}"));`;

/** The key that a test gives a package. */
export const keyOf = (code: string): number => (crc32(Buffer.from(code, "latin1")) ^ 5) >>> 0;

export interface Parts {
  loader: Loader;
  api: string;
}

/** What a board's programs are made of. */
export async function buildParts(name: BoardName): Promise<Parts> {
  const entry = fileURLToPath(new URL("api-entry.ts", import.meta.url));
  const chosen = { "#board": SOURCES.board(name), ...filesOf(choicesOf(name, {})) };
  const { code } = await buildBlob({
    emitted: compile({ roots: [entry], chosen }),
    entry,
    chosen,
    version: "0",
    unicode: false,
    outfile: entry.replace(".ts", ".js"),
  });
  return { loader: await buildLoader(name, SOURCES), api: code };
}

/** What is in Storage of a board that runs program "A", which was flashed by cable. `slots`: bytes of the slots' file. */
export const filesOfBoard = (
  name: BoardName,
  { loader, api }: Parts,
  slots = SLOTS_FILE_BYTES,
): Record<string, string> => ({
  [API_FILE]: api,
  ...(isSlotsFile(name) && { [SLOTS_FILE]: "\xff".repeat(slots) }),
  [FIRMWARE_FILE]: program("A"),
  [CODE_FILE]: loader.boot,
});

/** The flash of such a board. */
export function flashedBoard(
  name: BoardName,
  parts: Parts,
  spec: BoardSpec = boardSpecs[name],
  slots?: number,
): Flash {
  const flash = createFlash(flashOf(spec));
  const start = spec.storageStart;
  const storage = { flash, start, end: start + spec.storageBytes, swapBytes: 0, print: () => {} };
  for (const [file, content] of Object.entries(filesOfBoard(name, parts, slots)))
    writeFile(storage, file, fromBytes(content));
  return flash;
}

export interface SlotBoard {
  flash: Flash;
  /** The power comes on; gives the name of the program that runs, "" when the power went again meanwhile. */
  boot(): string;
  /** The value of an expression; undefined: the power went. */
  ask(expression: string): unknown;
  /** `E.reboot()`; gives what runs then. */
  reboot(): string;
  /** What runs. */
  readonly what: string;
  tick(ms: number): void;
  readonly running: boolean;
  lines: string[];
  dispose(): void;
}

export function slotBoard(name: BoardName, flash: Flash, spec: BoardSpec = boardSpecs[name]): SlotBoard {
  const timers = createClock(Date.UTC(2026, 0, 1));
  const lines: string[] = [];
  const board = createBoard({
    board: spec,
    flash,
    clock: fromFakeTimers(timers),
    print: (line) => lines.push(line),
  });
  const what = (): string => (board.running ? String(board.global.what ?? "none") : "");
  return {
    flash,
    boot() {
      board.powerCut();
      board.boot();
      return what();
    },
    ask(expression) {
      let shown = "";
      try {
        shown = board.evaluate(`answer=JSON.stringify(${expression})`);
      } catch (error) {
        if (board.running) throw error;
      }
      if (!board.running) return undefined;
      assert.doesNotMatch(shown, /^Uncaught/);
      const { answer } = board.global;
      return answer === undefined ? undefined : JSON.parse(String(answer));
    },
    reboot() {
      board.evaluate("E.reboot()");
      timers.tick(1000);
      return what();
    },
    get what() {
      return what();
    },
    get running() {
      return board.running;
    },
    tick: (ms) => void timers.tick(ms),
    lines,
    dispose: () => board.dispose(),
  };
}

const CHUNK = 32;

/**
 * Brings an update as firmware would, from wherever it stands: asks how much is there, stores the rest, completes, activates
 * and restarts. Ends early when the power goes. Gives what runs then.
 */
export function update(board: SlotBoard, code: string): string {
  const key = keyOf(code);
  const stored = board.ask(`ota.resumeAt(${key})`);
  if (stored === undefined) return board.what;
  for (let at = Math.floor(Number(stored) / CHUNK) * CHUNK; at < code.length; at += CHUNK)
    if (!board.ask(`ota.store(${at},${JSON.stringify(code.slice(at, at + CHUNK))})`)) return board.what;
  if (!board.ask(`ota.complete(${code.length},${crc32(Buffer.from(code, "latin1"))})`)) return board.what;
  board.ask("(ota.activate(),0)");
  return board.running ? board.reboot() : "";
}
