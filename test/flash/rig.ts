/** `npm run flash` on a simulated board: with the built blob, without the time a build takes. */
import { EventEmitter } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { PassThrough } from "node:stream";
import type { TestContext } from "node:test";
import { crc32 } from "node:zlib";
import type { BoardName } from "../../scripts/boards.ts";
import { firmwareOf } from "../../scripts/flash/firmware.ts";
import { boxLength, OUTBOX_FILE } from "../../scripts/flash/outbox-file.ts";
import { buildRelay } from "../../scripts/flash/relay-program.ts";
import { flash, type Surroundings } from "../../scripts/flash.ts";
import { createFlash, type Flash } from "../../scripts/simulator/espruino/flash.ts";
import { type BoardSpec, flashOf } from "../../scripts/simulator/espruino/specs.ts";
import { writeFile } from "../../scripts/simulator/espruino/storage.ts";
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

const relays = new Map<BoardName, Promise<string>>();

/** Built once a board. */
export function relayFor(board: BoardName): Promise<string> {
  const relay = relays.get(board) ?? buildRelay(board);
  relays.set(board, relay);
  return relay;
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
    relay: relayFor,
    ask: undefined,
    signals: new EventEmitter(),
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

/** A simulated board that is closed when the test ends. The command makes the outbox's file, so it has none. */
export async function board(t: TestContext, options: ConsoleOptions = {}): Promise<SimulatedConsole> {
  const rig = await startSimulatedConsole({ outbox: false, ...options });
  t.after(() => rig.close());
  return rig;
}

/** Where records begin in an outbox's file: the first page that the file has whole. */
export const firstBlock = (header: number): number => (header + 32 + 4095) & -4096;

/** A record as firmware/tracker/slot.ts describes it; one slot: a fix. */
export function recordOf(text: string, slots = 1, waits = true): Uint8Array {
  const bytes = Buffer.alloc(24 * slots, " ");
  for (let i = 0; i < slots; i++) {
    const slot = bytes.subarray(24 * i, 24 * (i + 1));
    slot.fill(0, 0, 4);
    slot.write(text.slice(20 * i, 20 * (i + 1)), 4, "latin1");
    slot[0] = i ? 5 : slots > 1 ? 3 : 1;
    if (slots > 1 && !i) slot.writeUInt16LE(12 + 20 * (slots - 1), 20);
    slot.writeUIntLE(crc32(slot) & 0x7fffff, 1, 3);
    // Two marks: it waits.
    if (waits || i) for (const at of [0, 3]) slot[at] = (slot[at] as number) | 0x80;
  }
  return bytes;
}

/** A fix with battery, signal and why in the same form; `more`: its mark that another slot follows, and that slot. */
export function reportOf(more: "" | "mark" | "slot"): Uint8Array {
  const slots = [recordOf("a report".padEnd(20))];
  const [head] = slots as [Buffer];
  head.fill(0, 0, 4);
  head[0] = 8;
  if (more) head[23] = (head[23] as number) | 0x80;
  head.writeUIntLE(crc32(head) & 0x7fffff, 1, 3);
  for (const at of [0, 3]) head[at] = (head[at] as number) | 0x80;
  return Buffer.concat([head, ...(more === "slot" ? [recordOf("x".padEnd(40), 2).subarray(24)] : [])]);
}

/** A block with these records, and no more. */
export function blockOf(records: Uint8Array[]): Uint8Array {
  const header = Buffer.alloc(16, 0xff);
  const number = Buffer.from("TBJ2\x01\0\0\0", "latin1");
  number.copy(header, 0, 4);
  header.writeUInt32LE(crc32(number), 4);
  return Buffer.concat([header, ...records]);
}

/** A board's flash with an outbox in the first place of Storage. */
export function flashWithBox(spec: BoardSpec, outbox_bytes = 8192): Flash {
  const flash = createFlash(flashOf(spec));
  const area = {
    flash,
    start: spec.storageStart,
    end: spec.storageStart + spec.storageBytes,
    swapBytes: 0,
    print: () => {},
  };
  writeFile(area, OUTBOX_FILE, Uint8Array.of(0xff), 0, boxLength(outbox_bytes));
  return flash;
}

/** A file of this content, there until the test ends. */
export function file(t: TestContext, name: string, content: string): string {
  const directory = mkdtempSync(join(tmpdir(), "flash-"));
  t.after(() => rmSync(directory, { recursive: true }));
  const path = join(directory, name);
  writeFileSync(path, content);
  return path;
}
