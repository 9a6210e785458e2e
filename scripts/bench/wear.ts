import { crc32 } from "node:zlib";
import { BUDGETS } from "../budgets.ts";
import { createFlash, writeUnaligned } from "../simulator/espruino/flash.ts";
import type { Row } from "./row.ts";

/** What a page of flash is on the boards, and what the journal has of it. */
const FLASHES = [
  { board: "RAK8212", page_bytes: 4096, bytes: 8192 },
  { board: "RAK5010", page_bytes: 4096, bytes: 65_536 },
  { board: "Wio LTE", page_bytes: 131_072, bytes: 262_144 },
];
/** Enough for the ring to come round on each. */
const FIXES = 50_000;
const START = 0x40000;
const FIX = 0x81;

/** Page erases of 1,000 fixes, each confirmed at once: what the flash wears by. */
export async function wearRows(): Promise<Row[]> {
  const rows: Row[] = [];
  for (const { board, page_bytes, bytes } of FLASHES) {
    const figure = (1000 * (await erases(page_bytes, bytes))) / FIXES;
    const name = `page erases per 1,000 fixes, ${board} (${page_bytes / 1024} KB pages)`;
    rows.push({ name, figure, unit: "erases", budget: BUDGETS.erases_per_1000 });
  }
  return rows;
}

async function erases(page_bytes: number, bytes: number): Promise<number> {
  const chip = createFlash({ start: START, length: bytes, pageSize: page_bytes });
  let count = 0;
  chip.beforeOperation = ({ kind }) => {
    if (kind === "erase") count++;
  };
  const flash = {
    read: (length: number, address: number) => chip.read(address, length),
    write: (data: Uint8Array | number[] | string, address: number) =>
      writeUnaligned(
        chip,
        address,
        typeof data === "string" ? Buffer.from(data, "latin1") : Uint8Array.from(data),
      ),
    erasePage: (address: number) => chip.erasePage(address),
    getPage: () => ({ addr: START, length: page_bytes }),
  };
  Object.assign(globalThis, { E: { CRC32: (data: Uint8Array) => crc32(data) } });
  // Its state is the module's: a copy for each.
  const { openJournal, put, settle, take } = (await import(
    `../../firmware/tracker/journal.ts?${page_bytes}-${bytes}`
  )) as typeof import("../../firmware/tracker/journal.ts");
  openJournal(flash, START, START + bytes);
  for (let i = 0; i < FIXES; i++) {
    put(FIX, Int32Array.of(0, i, 0, 0, 0, 0));
    take(() => 1);
    settle(true);
  }
  return count;
}
