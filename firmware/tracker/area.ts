/** Flash besides the code's: whole pages; the address of the first byte and that after the last. */
import { Size } from "./slot.ts";

/** Of a Storage file: a word with its length and flags, then its name. */
const enum File {
  Header = 32,
  /** The first word's part that is the length. */
  Length = 0xffffff,
  /** Where no file begins, a word of flash that nothing was written to. */
  Erased = -1,
  /** Files begin at whole words. */
  Word = 4,
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
 * The whole blocks inside of a Storage file that `npm run flash` makes, "tb.box" or "tb.app", and where its content begins:
 * Storage itself never writes or moves it, unless it is compacted with a deleted file in front. Not made here: a power cut in
 * the middle would leave its room taken by a file without a name. `at`: where Storage begins.
 */
export function storageFile(at: number, name: string): number[] | undefined {
  const flash = require("Flash");
  if (require("Storage").read(name, 0, 1))
    for (;;) {
      const head = flash.read(12, at);
      const length = new Int32Array(head.buffer)[0];
      const past = at + File.Header + ((length as number) & File.Length);
      // A file whose name was cleared is deleted.
      if (E.toString(head).substr(4) === name + "\0\0")
        return [(at + (File.Header + Size.Block - 1)) & -Size.Block, past & -Size.Block, at + File.Header];
      // What does not fit in the rest of a page is in the next one.
      at = length === File.Erased ? at + File.Word : (past + (File.Word - 1)) & -File.Word;
    }
  return undefined;
}

/** Erases whole pages. */
export function erasePages(from: number, to: number): void {
  const flash = require("Flash");
  while (from < to) {
    flash.erasePage(from);
    from += flash.getPage(from).length;
  }
}
