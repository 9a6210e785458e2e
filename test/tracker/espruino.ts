/** What the tracker's modules use of Espruino, under Node: its globals, and raw flash. */
import { crc32 } from "node:zlib";
import type { Flash } from "../../firmware/tracker/journal.ts";
import { type Flash as Chip, writeUnaligned } from "../../scripts/simulator/espruino/flash.ts";

/** What the program did with its board. */
export interface Board {
  /** Printed. */
  lines: string[];
  /** Calls of `E.kickWatchdog`. */
  kicks: number;
  /** `E.enableWatchdog`'s. */
  watchdog: [seconds: number, automatic: boolean] | undefined;
  /** Calls of `setTime`, seconds. */
  times_s: number[];
}

/** Out of `E.reboot()`, as nothing after it runs. */
export class Reboot extends Error {}

/** Puts Espruino's globals in, as of a board that was just switched on. */
export function switchOn(): Board {
  const board: Board = { lines: [], kicks: 0, watchdog: undefined, times_s: [] };
  Object.assign(globalThis, {
    E: {
      CRC32: (bytes: Uint8Array) => crc32(bytes),
      toString: (bytes: Uint8Array) => Buffer.from(bytes).toString("latin1"),
      toUint8Array: (text: string) => Uint8Array.from(Buffer.from(text, "latin1")),
      enableWatchdog(seconds: number, automatic: boolean) {
        board.watchdog = [seconds, automatic];
      },
      kickWatchdog() {
        board.kicks++;
      },
      reboot() {
        throw new Reboot();
      },
    },
    print: (line: string) => board.lines.push(line),
    setTime: (seconds: number) => board.times_s.push(seconds),
  });
  return board;
}

/** `require("Flash")` over a simulated chip, counting. */
export interface CountedFlash extends Flash {
  reads: number;
  erases: number;
}

export function flashModule(chip: Chip): CountedFlash {
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
