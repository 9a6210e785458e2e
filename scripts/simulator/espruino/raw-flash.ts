import type { Flash as RawFlash } from "../../../firmware/tracker/journal.ts";
import { type Flash, writeUnaligned } from "./flash.ts";

/** `require("Flash")` without an interpreter: a chip as the firmware's journal takes it, counting. */
export interface CountedFlash extends RawFlash {
  reads: number;
  erases: number;
}

export function rawFlash(chip: Flash): CountedFlash {
  const flash: CountedFlash = {
    reads: 0,
    erases: 0,
    read(length, address) {
      flash.reads++;
      return chip.read(address, length);
    },
    write(data, address) {
      const bytes = typeof data === "string" ? Buffer.from(data, "latin1") : Uint8Array.from(data);
      writeUnaligned(chip, address, bytes);
    },
    erasePage(address) {
      flash.erases++;
      chip.erasePage(address);
    },
    getPage: (address) => ({
      addr: address - ((address - chip.start) % chip.pageSize),
      length: chip.pageSize,
    }),
  };
  return flash;
}
