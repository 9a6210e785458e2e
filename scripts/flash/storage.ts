/** A board's Storage: what is in it, and room for what is to be written. */
import { crc32 } from "node:zlib";
import { count } from "../build/report.ts";
import { type Device, DeviceError } from "../device/device.ts";
import { OUTBOX_FILE } from "./outbox-file.ts";

/** A file to be written, in bytes. */
export interface NewFile {
  name: string;
  bytes: string;
}

/** What a file needs to know its room. */
export type Room = { name: string; bytes: { length: number } };

export interface StorageState {
  /** Bytes behind the last file. */
  free: number;
  total: number;
  /** Names and lengths. */
  files: [name: string, length: number][];
  /** What the files take with their headers, where the interpreter tells (2v13 and later). */
  fileBytes?: number;
}

/**
 * "write": there is room as it is. "compact": there is, once deleted files are cleared away. "erase": only once the old
 * ones of the files to be written are gone, too.
 */
export type Way = "write" | "compact" | "erase";

const HEADER_BYTES = 32;
const WORD = 4;
/** Both would keep `.bootcde` from running as we expect: one runs in its place, the other is a saved program. */
const IN_THE_WAY = [".bootrst", ".varimg"];

const STATE = `(function(S){var s=S.getStats&&S.getStats();return{free:S.getFree(),total:process.env.STORAGE,fileBytes:s?s.fileBytes:undefined,files:S.list().map(function(n){var c=S.read(n);return[n,c?c.length:0]})}})(require("Storage"))`;

const room = (length: number): number => HEADER_BYTES + Math.ceil(length / WORD) * WORD;
/** What files of these lengths take with their headers. */
export const roomOf = (lengths: number[]): number =>
  lengths.reduce((total, length) => total + room(length), 0);

export async function readStorage(device: Device): Promise<StorageState> {
  return (await device.evaluate(STATE)) as StorageState;
}

/** Whether a file is on the board as it should be, by length and the CRC-32 that the board computes. */
export async function isStored(device: Device, { name, bytes }: NewFile): Promise<boolean> {
  const [length, checksum] = (await device.evaluate(
    `(function(c){return c?[c.length,E.CRC32(c)]:[0,0]})(require("Storage").read(${JSON.stringify(name)}))`,
  )) as [number, number];
  return length === bytes.length && checksum === crc32(Buffer.from(bytes, "latin1"));
}

/**
 * Erases what a power cut in the middle of a file's header left: a file whose name is not whole, and which nobody would
 * ever find again.
 */
export async function eraseOrphans(device: Device): Promise<void> {
  for (const [name] of (await readStorage(device)).files) if (isOrphan(name)) await erase(device, name);
}

export const isOrphan = (name: string): boolean => name.includes("\xff");

export async function erase(device: Device, name: string): Promise<void> {
  // In ASCII: a byte 0xFF, even in a string, is the end of the code for Espruino's lexer.
  const literal = JSON.stringify(name).replace(
    /[\x7f-\xff]/g,
    (character) => `\\x${character.charCodeAt(0).toString(16)}`,
  );
  await device.evaluate(`require("Storage").erase(${literal})`);
}

/** How room for the files can be had; undefined: it cannot. */
export function findWay(state: StorageState, files: Room[]): Way | undefined {
  const { needed, trash, all } = reckon(state, files);
  if (needed <= state.free) return "write";
  if (needed <= state.free + trash) return "compact";
  return needed <= all ? "erase" : undefined;
}

/** What is needed, what deleted files have, and what can be had. */
function reckon(state: StorageState, files: Room[]) {
  const replaced = state.files.filter(([name]) => isOrphan(name) || files.some((file) => file.name === name));
  const trash =
    state.total - state.free - (state.fileBytes ?? roomOf(state.files.map(([, length]) => length)));
  return {
    needed: roomOf(files.map(({ bytes }) => bytes.length)),
    trash,
    all: state.free + trash + roomOf(replaced.map(([, length]) => length)),
    others: state.files.filter((file) => !replaced.includes(file) && file[0] !== OUTBOX_FILE),
  };
}

/** Throws `DeviceError` for a saved program. */
export function refuseProgram(state: StorageState): void {
  for (const [name] of state.files)
    if (IN_THE_WAY.includes(name))
      throw new DeviceError(
        `the board has a saved program, ${name}, that would run in the tracker's place: require("Storage").erase("${name}") on its console erases it`,
      );
}

/** That no room can be had for these files. */
export function tooFull(state: StorageState, files: Room[]): DeviceError {
  const { needed, all, others } = reckon(state, files);
  const largest = others.sort(([, a], [, b]) => b - a).slice(0, 3);
  return new DeviceError(
    `the Storage is too full: ${count(needed)} bytes are needed${outboxPart(files)} and ${count(all)} can be had of ${count(state.total)}; ${
      largest.length
        ? `erase what you can spare on the board's console, require("Storage").erase("…"); the largest: ${largest.map(([name, length]) => `${name} (${count(length)})`).join(", ")}`
        : "this board's Storage is too small for the tracker"
    }`,
  );
}

/** How much of what is needed the settings can change. */
function outboxPart(files: Room[]): string {
  const box = files.find(({ name }) => name === OUTBOX_FILE);
  return box ? ` (${count(room(box.bytes.length))} of them for the outbox, see outbox_bytes)` : "";
}
