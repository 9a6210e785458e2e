import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import {
  countOperations,
  createFlash,
  cutPowerAfter,
  openFlashFile,
  PowerCut,
  writeUnaligned,
} from "../../scripts/simulator/espruino/flash.ts";
import {
  compactStorage,
  eraseFile,
  findFile,
  isValid,
  list,
  readFile,
  stats,
  writeFile,
} from "../../scripts/simulator/espruino/storage.ts";
import type { StorageArea } from "../../scripts/simulator/espruino/storage-layout.ts";

const PAGE = 4096;

function storage(pages = 10, pageSize = PAGE, swapBytes = 27_000): StorageArea {
  const flash = createFlash({ start: 0x6c000, length: pages * pageSize, pageSize });
  return { flash, start: flash.start, end: flash.start + flash.length, swapBytes, print: () => {} };
}
const write = (area: StorageArea, name: string, data: string, offset?: number, size?: number) =>
  writeFile(area, name, Buffer.from(data, "latin1"), offset, size);
const read = (area: StorageArea, name: string) => readFile(area, name)?.toString("latin1");
const copy = (area: StorageArea): StorageArea => ({
  ...area,
  flash: createFlash(area.flash, Uint8Array.from(area.flash.bytes)),
});

/** Cuts the power before each word and page of an action, on a copy of the storage each time. */
function atEveryCut(
  area: StorageArea,
  action: (area: StorageArea) => void,
  check: (area: StorageArea, cut: number) => void,
) {
  const whole = copy(area);
  const count = countOperations(whole.flash, () => action(whole));
  for (let cut = 0; cut < count; cut++) {
    const torn = copy(area);
    cutPowerAfter(torn.flash, cut);
    assert.throws(() => action(torn), PowerCut);
    torn.flash.beforeOperation = undefined;
    check(torn, cut);
  }
  return count;
}

test("flash can only clear bits, and an erase sets a whole page", () => {
  const { flash } = storage();
  flash.write(0x6c000, Uint8Array.of(0xf0, 0xff, 0xff, 0xff));
  flash.write(0x6c000, Uint8Array.of(0x3c, 0xff, 0xff, 0x00));
  assert.deepEqual([...flash.read(0x6c000, 4)], [0x30, 0xff, 0xff, 0x00]);
  writeUnaligned(flash, 0x6c006, Uint8Array.of(1, 2, 3));
  assert.deepEqual([...flash.read(0x6c004, 8)], [255, 255, 1, 2, 3, 255, 255, 255]);
  flash.erasePage(0x6c801);
  assert.ok(flash.bytes.every((byte) => byte === 0xff));
  assert.throws(() => flash.read(0x6bfff, 1), RangeError);
});

test("a flash file has the image as it is, and is there the next time", () => {
  const directory = mkdtempSync(join(tmpdir(), "flash-"));
  try {
    const path = join(directory, "espruino.flash");
    const geometry = { start: 0x10000000, length: 2 * PAGE, pageSize: PAGE };
    const first = openFlashFile(path, geometry);
    first.write(0x10000004, Buffer.from("abcd"));
    first.close();
    assert.equal(readFileSync(path).length, 2 * PAGE);
    assert.equal(readFileSync(path).toString("latin1", 4, 8), "abcd");
    const second = openFlashFile(path, geometry);
    assert.equal(Buffer.from(second.read(0x10000004, 4)).toString(), "abcd");
    second.close();
    assert.throws(() => openFlashFile(path, { ...geometry, length: PAGE }), /holds 8192 bytes/);
  } finally {
    rmSync(directory, { recursive: true });
  }
});

test("a file is a word of size, 28 bytes of name, and its bytes, aligned to words", () => {
  const area = storage();
  write(area, "a-name-of-more-than-twenty-eight-characters", "12345");
  write(area, "b", "x");
  const raw = Buffer.from(area.flash.bytes);
  assert.equal(raw.readUInt32LE(0), 5);
  assert.equal(raw.toString("latin1", 4, 32), "a-name-of-more-than-twenty-ei".slice(0, 28));
  assert.equal(raw.toString("latin1", 32, 40), "12345\xff\xff\xff");
  assert.equal(raw.readUInt32LE(40), 1);
  assert.equal(read(area, "a-name-of-more-than-twenty-eight"), "12345");
  assert.equal(stats(area).freeBytes, 10 * PAGE - 40 - 36);
});

test("the same content is not written again; other content deletes the file and makes a new one", () => {
  const area = storage();
  write(area, "f", "first");
  assert.equal(
    countOperations(area.flash, () => write(area, "f", "first")),
    0,
  );
  write(area, "f", "other");
  assert.equal(read(area, "f"), "other");
  const { fileCount, trashCount, trashBytes } = stats(area);
  assert.deepEqual({ fileCount, trashCount, trashBytes }, { fileCount: 1, trashCount: 1, trashBytes: 40 });
  assert.deepEqual(
    list(area).map(({ name }) => name),
    ["f"],
  );
});

test("writes behind the start fill an erased part, and throw what the interpreter throws", () => {
  const area = storage();
  assert.throws(() => write(area, "f", ""), /Can't create zero length file/);
  assert.throws(() => write(area, "f", "x", 1), /Unable to find or create file/);
  write(area, "f", "abc", 0, 8);
  write(area, "f", "def", 3);
  assert.equal(read(area, "f"), "abcdef\xff\xff");
  assert.throws(() => write(area, "f", "def", 3), /File already written with different data/);
  assert.throws(() => write(area, "f", "ghi", 6), /Too much data for file size/);
  assert.throws(() => write(area, "g", "x".repeat(10 * PAGE)), /Unable to find or create file/);
  assert.equal(write(area, "f", "x", -1), false);
  // Chunk 0 sent again erases the chunks behind it.
  write(area, "f", "abc", 0, 8);
  assert.equal(read(area, "f"), "abc\xff\xff\xff\xff\xff");
});

test("marks are set in place by clearing words of a preallocated file", () => {
  const area = storage();
  write(area, "log", "X", 0, 16);
  write(area, "log", "\0", 4);
  write(area, "log", "\0", 8);
  assert.equal(read(area, "log"), "X\xff\xff\xff\0\xff\xff\xff\0\xff\xff\xff\xff\xff\xff\xff");
});

test("reading clips offset and length; a deleted file is gone", () => {
  const area = storage();
  write(area, "f", "0123456789");
  assert.equal(readFile(area, "f", 8, 5)?.toString(), "89");
  assert.equal(readFile(area, "f", 20)?.toString(), "");
  assert.equal(readFile(area, "f", -3, 2)?.toString(), "01");
  assert.equal(eraseFile(area, "f"), true);
  assert.equal(eraseFile(area, "f"), false);
  assert.equal(read(area, "f"), undefined);
});

test("full Storage compacts by itself when that makes room, and refuses when it does not", () => {
  const area = storage();
  write(area, "keep", "k".repeat(5000));
  for (let i = 0; i < 12; i++) write(area, "log", String(i).repeat(5000 / String(i).length));
  assert.equal(read(area, "keep"), "k".repeat(5000));
  assert.equal(read(area, "log"), "11".repeat(2500));
  assert.ok(isValid(area));
  write(area, "big", "b".repeat(20_000));
  assert.throws(() => write(area, "more", "m".repeat(20_000)), /Unable to find or create file/);
});

test("compaction keeps every live file, over pages and back to the front", () => {
  const area = storage();
  for (let i = 0; i < 30; i++) write(area, `f${i}`, String.fromCharCode(65 + i).repeat(1000 + i));
  for (let i = 0; i < 30; i += 2) eraseFile(area, `f${i}`);
  assert.equal(compactStorage(area), true);
  for (let i = 1; i < 30; i += 2)
    assert.equal(read(area, `f${i}`), String.fromCharCode(65 + i).repeat(1000 + i));
  const { trashBytes, fileBytes, freeBytes, totalBytes } = stats(area);
  assert.equal(trashBytes, 0);
  assert.equal(fileBytes + freeBytes, totalBytes);
  assert.equal(compactStorage(area), false);
});

test("without memory for the swap buffer nothing is compacted, and nothing is lost: Wio LTE", () => {
  const area = storage(2, 128 * 1024, 60_000);
  write(area, "code", "c".repeat(70_000));
  write(area, "old", "o".repeat(100_000));
  eraseFile(area, "old");
  assert.equal(compactStorage(area), false);
  assert.throws(() => write(area, "new", "n".repeat(100_000)), /Unable to find or create file/);
  assert.equal(read(area, "code"), "c".repeat(70_000));
});

test("a power cut in a new file: an orphan or a file with an erased tail, all others whole", () => {
  const area = storage();
  write(area, "other", "untouched");
  const cuts = atEveryCut(
    area,
    (torn) => write(torn, "new", "0123456789ab"),
    (torn, cut) => {
      assert.ok(isValid(torn), `cut ${cut}`);
      assert.equal(read(torn, "other"), "untouched");
      if (cut < 2) assert.equal(findFile(torn, "new"), undefined);
      if (cut >= 8)
        assert.equal(read(torn, "new"), "0123456789ab".slice(0, (cut - 8) * 4).padEnd(12, "\xff"));
    },
  );
  assert.equal(cuts, 8 + 3);
});

test("overwriting is not atomic: after the first word the old file is gone", () => {
  const area = storage();
  write(area, "f", "old!");
  atEveryCut(
    area,
    (torn) => write(torn, "f", "new content"),
    (torn, cut) => {
      if (cut === 0) assert.equal(read(torn, "f"), "old!");
      else assert.notEqual(read(torn, "f"), "old!");
      assert.notEqual(read(torn, "f"), "new content");
    },
  );
});

test("a power cut anywhere in a compaction leaves Storage corrupt, until only an empty page is left to erase", () => {
  const area = storage(4);
  write(area, "a", "a".repeat(3000));
  write(area, "b", "b".repeat(2500));
  write(area, "c", "c".repeat(3700));
  eraseFile(area, "a");
  const valid: number[] = [];
  const cuts = atEveryCut(area, compactStorage, (torn, cut) => {
    if (!isValid(torn)) return;
    valid.push(cut);
    assert.equal(read(torn, "b"), "b".repeat(2500));
    assert.equal(read(torn, "c"), "c".repeat(3700));
  });
  assert.deepEqual(valid, [0, cuts - 1]);
});
