/** How many of a tracker's samples wait in its flash, whether it runs or not: by the flash tool's own way to count them. */
import { crc32 } from "node:zlib";
import { BLOCK_BYTES, WAITING } from "../flash/outbox-file.ts";
import type { Flash } from "./espruino/flash.ts";

type Count = (from: number, to: number) => number;

/** Looks through the whole chip: only the outbox's blocks have headers that are right. */
export function waitingIn(flash: Flash): number {
  const E = { CRC32: (bytes: Uint8Array) => crc32(bytes) };
  const module = { read: (length: number, address: number) => flash.read(address, length) };
  const count = new Function("require", "E", `return ${WAITING}`)(() => module, E) as Count;
  const first = Math.ceil(flash.start / BLOCK_BYTES) * BLOCK_BYTES;
  const blocks = Math.floor((flash.start + flash.length - first) / BLOCK_BYTES);
  return count(first, first + blocks * BLOCK_BYTES);
}
