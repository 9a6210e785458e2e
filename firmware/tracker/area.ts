/** Flash that the journal may have. Whole pages; the address of the first byte and that after the last. */

const enum Size {
  /** The journal's block, and the least that a page counts for. */
  Block = 4096,
  /** Of a Storage file: a word with its length and flags, then its name. */
  Header = 32,
  /** With so much more, a file that is the first in Storage has `bytes` whole pages and ends with the last. */
  Lead = 4064,
}

/** Pages that nobody uses, the last ones, which a larger interpreter would take last; nothing if there are not enough. */
export function freePages(bytes: number): number[] | undefined {
  const flash = require("Flash");
  const free = flash.getFree().pop();
  const end = free && free.addr + free.length;
  const from = end && end - bytes + (bytes % flash.getPage(end - 1).length);
  return from && from >= free.addr ? [from, end] : undefined;
}

/**
 * The whole pages inside of the Storage file "tb.box", which is made when there is none: Storage itself never writes or
 * moves it, unless it is compacted with a deleted file in front. `start`: where Storage begins.
 */
export function storageFile(start: number, bytes: number): number[] | undefined {
  const storage = require("Storage");
  const flash = require("Flash");
  if (!storage.read("tb.box", 0, 1)) {
    // Not if that made Storage compact itself: a power cut would then erase all of it.
    if (storage.getFree() < bytes + Size.Lead + Size.Header) return undefined;
    storage.write("tb.box", "\xff", 0, bytes + Size.Lead);
  }
  for (;;) {
    const head = flash.read(12, start);
    const length = new Int32Array(head.buffer)[0];
    const past = start + Size.Header + (length & 0xffffff);
    // A file whose name was cleared is deleted.
    if (E.toString(head).substr(4) === "tb.box\0\0")
      return [(start + Size.Header + Size.Block - 1) & -Size.Block, past & -Size.Block];
    // What does not fit in the rest of a page is in the next one.
    start = length === -1 ? start + 4 : (past + 3) & -4;
  }
}
