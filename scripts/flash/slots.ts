/**
 * What firmware over the air needs of a board: the loader in `.bootcde`, the firmware that was flashed by cable in `tb.js`, and
 * the slots beside it, in free flash or in the Storage file `tb.app`. firmware/ota/README.md has the whole.
 */
import { existsSync, readFileSync } from "node:fs";
import { numberIn, Place, Slot } from "../../firmware/ota/layout.ts";
import type { BoardName } from "../boards.ts";
import type { Loader } from "../build/loader.ts";
import type { Device } from "../device/device.ts";
import { BLOCK_BYTES, HEADER_BYTES, isBoxed } from "./outbox-file.ts";
import { erase } from "./storage.ts";

/** What was flashed by cable. */
export const FIRMWARE_FILE = "tb.js";
export const SLOTS_FILE = "tb.app";

/** With what it may need until its first whole block begins. */
export const SLOTS_FILE_BYTES = Slot.Count * Slot.Bytes + BLOCK_BYTES - HEADER_BYTES;

export interface Slots {
  /** Those with an update that was or is to be started, by their addresses. */
  live: number[];
}

/** Whether the slots of a board are in the file. */
export const isSlotsFile = isBoxed;

/** Undefined: there are none yet, or no room for any. */
export async function findSlots(device: Device, { area }: Loader): Promise<Slots | undefined> {
  const found = await device.evaluate(area);
  if (!Array.isArray(found)) return undefined;
  const [from, to, count] = found as [number, number, number];
  const addresses = Array.from({ length: count }, (_, slot) => from + (slot * (to - from)) / count);
  const orders = (await device.evaluate(
    `[${addresses}].map(function(a){return new Int32Array(require("Flash").read(4,a+${Place.Order}).buffer)[0]})`,
  )) as number[];
  return { live: addresses.filter((_, slot) => numberIn(orders[slot] ?? 0)) };
}

/**
 * The CRC-32 of the last `length` bytes of the update that runs, which has a line of its own before the code; undefined: what was
 * flashed by cable runs. `loader`: the path of the build's.
 */
export async function runningUpdate(
  device: Device,
  loader: string,
  length: number,
): Promise<number | undefined> {
  const slot = (await device.evaluate('typeof slot=="number"?slot:-1')) as number;
  if (!(slot >= 0)) return undefined;
  if (!existsSync(loader)) return -1;
  const { area, piece }: Loader = JSON.parse(readFileSync(loader, "latin1"));
  const crc = await device.evaluate(
    `(function(s,n){var a=s[0]+(s[1]-s[0])/s[2]*slot,l=new Int32Array(require("Flash").read(4,a+${Place.Length}).buffer)[0];return l<n?-1:E.CRC32(${piece}(a+${Place.Code}+l-n,n))})(${area},${length})`,
  );
  return Number(crc) >>> 0;
}

/** Makes the file, all erased. There must be room. */
export async function makeSlots(device: Device): Promise<void> {
  await device.evaluate(
    `(function(S){S.erase("${SLOTS_FILE}");return S.write("${SLOTS_FILE}","\\xff",0,${SLOTS_FILE_BYTES})})(require("Storage"))`,
  );
}

/** So that what was flashed by cable runs: the updates' headers go, and files that are of no use any more. */
export async function retire(device: Device, live: number[], stale: string[]): Promise<void> {
  for (const address of live) await device.evaluate(`require("Flash").erasePage(${address})`);
  for (const name of stale) await erase(device, name);
}

/** A board that can have slots has no room for them. */
export const noSlots = (board: BoardName): string =>
  `There is no room for two slots of ${Slot.Bytes} bytes${isSlotsFile(board) ? " in Storage" : " in free flash"}, so this board gets new firmware by cable only`;
