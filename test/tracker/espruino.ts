/** What the tracker's modules use of Espruino's globals, under Node. */
import { crc32 } from "node:zlib";

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
      CRC32: (bytes: Uint8Array | string) => crc32(bytes),
      toString: (bytes: Uint8Array) =>
        Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString("latin1"),
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
