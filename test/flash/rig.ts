/** `npm run flash` on a simulated board: with the built blob, without the time a build takes. */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { PassThrough } from "node:stream";
import type { TestContext } from "node:test";
import type { BoardName } from "../../scripts/budgets.ts";
import { firmwareOf } from "../../scripts/flash/firmware.ts";
import { flash, type Surroundings } from "../../scripts/flash.ts";
import {
  builtBlob,
  type ConsoleOptions,
  type SimulatedConsole,
  startSimulatedConsole,
} from "../device/rig.ts";

/** What an earlier release might have left on the board: it says what it is, and prints all the time. */
export const OLD_VERSION = "espruino-thingsboard 0.0.9 for LINUX";
export const OLD_BLOB = `(function(){print("${OLD_VERSION}");setInterval(function(){print("old")},20)})()`;

/** Code that takes the place of a board's blob. */
export const smallBlob = (board: string, more = ""): string =>
  `(function(){function a(b){return b+1}setTimeout(function(){print("espruino-thingsboard 9.9.9 for ${board}");${more}},a(9))})()`;

export interface Flashed {
  code: number;
  said: string[];
  /** The lines on stderr. */
  complained: string[];
}

/** Runs the command. */
export async function run(
  args: string[],
  around: Partial<Surroundings> & { blob?: string } = {},
): Promise<Flashed> {
  const said: string[] = [];
  const complained: string[] = [];
  const code = await flash(args, {
    output: new PassThrough().resume(),
    firmware: async (board: BoardName) => firmwareOf(around.blob ?? builtBlob(board)),
    ...around,
    say(line) {
      said.push(line);
      around.say?.(line);
    },
    complain: (line) => complained.push(line),
    times: { answer_ms: 1000, patience_ms: 100, version_ms: 3000, boot_ms: 20, ...around.times },
  });
  return { code, said, complained };
}

/** A simulated board that is closed when the test ends. */
export async function board(t: TestContext, options: ConsoleOptions = {}): Promise<SimulatedConsole> {
  const rig = await startSimulatedConsole(options);
  t.after(() => rig.close());
  return rig;
}

/** A file of this content, there until the test ends. */
export function file(t: TestContext, name: string, content: string): string {
  const directory = mkdtempSync(join(tmpdir(), "flash-"));
  t.after(() => rmSync(directory, { recursive: true }));
  const path = join(directory, name);
  writeFileSync(path, content);
  return path;
}
