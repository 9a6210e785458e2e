import assert from "node:assert/strict";
import { test } from "node:test";
import { findWay, refuseProgram, type StorageState, tooFull } from "../../scripts/flash/storage.ts";

const BLOB = { name: ".bootcde", bytes: "x".repeat(12_000) };
const SETTINGS = { name: "tb.json", bytes: "x".repeat(101) };
/** With their headers, in whole words. */
const NEEDED = 12_032 + 136;

/** Of a RAK8212: 40 KB. */
function state(free: number, files: StorageState["files"], trash = 0): StorageState {
  const fileBytes = files.reduce((sum, [, length]) => sum + 32 + Math.ceil(length / 4) * 4, 0);
  return { free, total: free + trash + fileBytes, fileBytes, files };
}

test("where there is room it is written, to the last byte", () => {
  assert.equal(findWay(state(NEEDED, [["user.js", 5000]]), [SETTINGS, BLOB]), "write");
  assert.equal(findWay(state(0, [["user.js", 5000]]), []), "write");
});

test("a byte less, and deleted files are cleared away, if that is enough", () => {
  assert.equal(findWay(state(NEEDED - 4, [[".bootcde", 11_000]], 4), [SETTINGS, BLOB]), "compact");
});

test("the old firmware is erased only when there is no other way", () => {
  const old: StorageState["files"] = [
    [".bootcde", 11_000],
    ["user.js", 5000],
  ];
  const short = state(NEEDED - 8, old, 4);
  assert.equal(findWay(short, [SETTINGS, BLOB]), "erase");
  assert.equal(findWay(state(NEEDED - 11_032, old), [SETTINGS, BLOB]), "erase");
});

test("what a power cut left without a whole name can be had", () => {
  assert.equal(findWay(state(0, [[".bo\xff", 12_200]]), [SETTINGS, BLOB]), "erase");
});

test("without room even then it is refused, with what takes the most", () => {
  const files: StorageState["files"] = [
    [".bootcde", 11_000],
    ["tiny", 1],
    ["log", 9000],
    ["maps", 10_000],
    ["page", 300],
  ];
  const full = state(NEEDED - 11_036, files);
  assert.equal(findWay(full, [SETTINGS, BLOB]), undefined);
  assert.match(
    tooFull(full, [SETTINGS, BLOB]).message,
    /^the Storage is too full: 12,168 bytes are needed and 12,164 can be had of .*erase\("…"\); the largest: maps \(10,000\), log \(9,000\), page \(300\)$/,
  );
  assert.match(tooFull(state(8192, []), [SETTINGS, BLOB]).message, /this board's Storage is too small/);
});

test("an interpreter that does not tell what files take is reckoned for", () => {
  const { fileBytes: _, ...old } = state(NEEDED - 4, [[".bootcde", 11_000]], 4);
  assert.equal(findWay(old, [SETTINGS, BLOB]), "compact");
});

test("a saved program that would run in the tracker's place is refused, with the remedy", () => {
  for (const name of [".bootrst", ".varimg"])
    assert.throws(() => refuseProgram(state(30_000, [[name, 100]])), {
      message: `the board has a saved program, ${name}, that would run in the tracker's place: require("Storage").erase("${name}") on its console erases it`,
    });
});
