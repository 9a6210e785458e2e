import { crc32 } from "node:zlib";
import { Word } from "../../firmware/tracker/kept.ts";
import { Kind, release } from "../../firmware/tracker/slot.ts";
import { BUDGETS } from "../budgets.ts";
import { createFlash } from "../simulator/espruino/flash.ts";
import { rawFlash } from "../simulator/espruino/raw-flash.ts";
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

/** What the flash wears by. */
export async function wearRows(): Promise<Row[]> {
  const rows: Row[] = [];
  for (const { board, page_bytes, bytes } of FLASHES) {
    const figure = await erasesPer1000(page_bytes, bytes);
    const name = `page erases per 1,000 fixes, ${board} (${page_bytes / 1024} KB pages)`;
    rows.push({ name, figure, unit: "erases", budget: BUDGETS.erases_per_1000 });
  }
  return rows;
}

/** Page erases of 1,000 fixes, each confirmed at once, by the firmware's own journal. */
export async function erasesPer1000(page_bytes: number, bytes: number): Promise<number> {
  const flash = rawFlash(createFlash({ start: START, length: bytes, pageSize: page_bytes }));
  const { E = {} } = globalThis as { E?: object };
  Object.assign(globalThis, { E: { ...E, CRC32: (data: Uint8Array) => crc32(data) } });
  // Its state is the module's: a copy for each.
  const version = `${page_bytes}-${bytes}`;
  const { openJournal, put, seek, state } = (await import(
    `../../firmware/tracker/journal.ts?${version}`
  )) as typeof import("../../firmware/tracker/journal.ts");
  openJournal(flash, START, START + bytes);
  for (let i = 0; i < FIXES; i++) {
    const slot = new Uint8Array(24);
    slot[0] = Kind.Fix;
    const at = put(slot);
    const first = flash.read(4, at);
    release(first);
    flash.write(first, at);
    state[Word.Oldest] = seek(state[Word.Oldest] as number);
  }
  return (1000 * flash.erases) / FIXES;
}
