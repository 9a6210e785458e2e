import { closeSync, existsSync, openSync, readFileSync, writeFileSync, writeSync } from "node:fs";

/** What a cut of the power throws out of a flash operation, and out of everything the dead board still calls. */
export class PowerCut extends Error {
  override name = "PowerCut";
}

/** One step that the power can be cut before: flash is programmed word by word, and erased page by page. */
export interface FlashOperation {
  kind: "write" | "erase";
  /** Address of the word or the page. */
  address: number;
}

export interface FlashGeometry {
  /** Address of the first byte. */
  start: number;
  length: number;
  pageSize: number;
}

/** NOR flash: erased bytes are 0xFF, a write can only clear bits, an erase sets a whole page. */
export interface Flash extends FlashGeometry {
  /** The image as it is now. */
  readonly bytes: Uint8Array;
  /** Runs before each word or page: throw `PowerCut` to cut there. */
  beforeOperation?: (operation: FlashOperation) => void;
  read(address: number, length: number): Uint8Array;
  /** Address and length in whole words. */
  write(address: number, data: Uint8Array): void;
  /** Erases the page that contains the address. */
  erasePage(address: number): void;
  close(): void;
}

const WORD = 4;

/** A flash in memory; `image`: an earlier one, which may be shared with another thread. */
export function createFlash(geometry: FlashGeometry, image?: Uint8Array): Flash {
  return flashOver(geometry, image ?? new Uint8Array(geometry.length).fill(0xff), () => {});
}

/**
 * A flash kept in a file, each word written through, in the format of Espruino for Linux's `espruino.flash`: the plain
 * bytes from the first address on, so an image can be handed to the real interpreter and back.
 */
export function openFlashFile(path: string, geometry: FlashGeometry): Flash {
  const image = new Uint8Array(geometry.length).fill(0xff);
  if (existsSync(path)) {
    const stored = readFileSync(path);
    if (stored.length > geometry.length)
      throw new Error(`${path} holds ${stored.length} bytes, the board's flash only ${geometry.length}`);
    image.set(stored);
  }
  writeFileSync(path, image);
  const file = openSync(path, "r+");
  const flash = flashOver(geometry, image, (offset, length) => {
    writeSync(file, image, offset, length, offset);
  });
  flash.close = () => closeSync(file);
  return flash;
}

/** Cuts the power after `count` more words or pages: everything from there on throws, until the hook is taken off. */
export function cutPowerAfter(flash: Flash, count: number): void {
  let left = count;
  flash.beforeOperation = (operation) => {
    if (left-- <= 0)
      throw new PowerCut(`power cut before the ${operation.kind} at 0x${operation.address.toString(16)}`);
  };
}

/** Does `action` and says how many words and pages it wrote: as many places where the power can be cut. */
export function countOperations(flash: Flash, action: () => void): number {
  let count = 0;
  flash.beforeOperation = () => count++;
  try {
    action();
  } finally {
    flash.beforeOperation = undefined;
  }
  return count;
}

function flashOver(
  { start, length, pageSize }: FlashGeometry,
  bytes: Uint8Array,
  changed: (offset: number, length: number) => void,
): Flash {
  const offsetOf = (address: number, size: number): number => {
    const offset = address - start;
    if (offset < 0 || offset + size > length)
      throw new RangeError(`flash address 0x${address.toString(16)}+${size} is outside of the chip`);
    return offset;
  };
  const word = new Uint8Array(WORD);
  const flash: Flash = {
    start,
    length,
    pageSize,
    bytes,
    read(address, size) {
      const offset = offsetOf(address, size);
      return bytes.slice(offset, offset + size);
    },
    write(address, data) {
      const offset = offsetOf(address, data.length);
      if (address % WORD || data.length % WORD) throw new RangeError("flash is written in whole words");
      for (let i = 0; i < data.length; i += WORD) {
        flash.beforeOperation?.({ kind: "write", address: address + i });
        for (let j = 0; j < WORD; j++) word[j] = (bytes[offset + i + j] as number) & (data[i + j] as number);
        // All of it or nothing, also where the board's thread is ended in the middle.
        bytes.set(word, offset + i);
        changed(offset + i, WORD);
      }
    },
    erasePage(address) {
      const page = Math.floor(offsetOf(address, 1) / pageSize) * pageSize;
      flash.beforeOperation?.({ kind: "erase", address: start + page });
      bytes.fill(0xff, page, page + pageSize);
      changed(page, pageSize);
    },
    close() {},
  };
  return flash;
}

/** Writes anywhere, as Espruino does: partial words at both ends are filled up with what is there. */
export function writeUnaligned(flash: Flash, address: number, data: Uint8Array): void {
  const before = address % WORD;
  const from = address - before;
  const to = Math.ceil((address + data.length) / WORD) * WORD;
  const padded = flash.read(from, to - from);
  padded.set(data, before);
  flash.write(from, padded);
}
