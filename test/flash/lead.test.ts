/** Code that has no room beside the outbox: its first functions lie in the lead of the outbox's file. */
import assert from "node:assert/strict";
import { describe, type TestContext, test } from "node:test";
import { BUDGETS } from "../../scripts/budgets.ts";
import { pretokenise } from "../../scripts/device/pretokenise.ts";
import { layOut } from "../../scripts/flash/code-layout.ts";
import { LEAD_BYTES, LEAD_OFFSET } from "../../scripts/flash/outbox-file.ts";
import { cutPowerAfter, type Flash } from "../../scripts/simulator/espruino/flash.ts";
import { boardSpecs } from "../../scripts/simulator/espruino/specs.ts";
import { findFile } from "../../scripts/simulator/espruino/storage.ts";
import { builtBlob } from "../device/rig.ts";
import { blockOf, board, file, flashWithBox, OLD_BLOB, recordOf, run } from "./rig.ts";

type Rig = Awaited<ReturnType<typeof board>>;

/** A RAK8212's Storage, on Linux. */
const spec = { ...boardSpecs.linux, pageSize: 4096, storageBytes: 40 * 1024 };
const config = { outbox_bytes: 8192 };
const START = spec.storageStart;
const BLOCKS = START + 4096;
const LINE = "espruino-thingsboard 9.9.9 for LINUX";
const FUNCTIONS = 62;
const tokens = (code: string): string => pretokenise(code, "2v29");

/** More than has room in one file. */
const blobOf = (letter: string): string =>
  Array.from({ length: FUNCTIONS }, (_, i) => `function f${i}(){return"${letter.repeat(450)}"}`).join("") +
  `!function(){setTimeout(function(){print("${LINE}");print(f0()[0]+f${FUNCTIONS - 1}()[0])},9)}()`;

async function flashed(rig: Rig, blob: string, ...args: string[]): Promise<string> {
  const { code, said, complained } = await run(["--tcp", rig.tcp, "--compact", ...args], { blob });
  assert.deepEqual({ code, complained }, { code: 0, complained: [] });
  return said.join("\n");
}

/** Puts a sample into the outbox; gives what its pages hold. */
function fill(flash: Flash): () => Buffer {
  flash.write(BLOCKS, blockOf([recordOf("a fix".padEnd(20))]));
  return () => Buffer.from(flash.read(BLOCKS, 8192));
}

function erasedPages(flash: Flash): number[] {
  const pages: number[] = [];
  flash.beforeOperation = ({ kind, address }) => {
    if (kind === "erase") pages.push((address - START) / 4096);
  };
  return pages;
}

/** The board has the code in both files, runs it, and the outbox is where it was. */
async function has(rig: Rig, letter: string): Promise<void> {
  const { lead, boot } = layOut(blobOf(letter), tokens, true);
  assert.ok(lead.length > LEAD_BYTES - 500);
  const box = findFile(rig.board.storage, "tb.box");
  assert.deepEqual([box?.address, box?.size], [START, 8192 + 4064]);
  assert.equal(
    rig.file("tb.box")?.slice(LEAD_OFFSET, LEAD_OFFSET + LEAD_BYTES),
    lead.padEnd(LEAD_BYTES, "\xff"),
  );
  assert.equal(rig.file(".bootcde"), boot);
  await rig.line(new RegExp(`^${letter}${letter}$`), 0);
}

describe("code that has no room beside the outbox", () => {
  test("is cut between two functions, as late as may be; what has room is not", () => {
    const { lead, boot, head } = layOut(blobOf("a"), tokens, true);
    assert.equal(lead + boot.slice(head), tokens(blobOf("a")));
    assert.ok(lead.length <= LEAD_BYTES);
    assert.deepEqual(layOut(OLD_BLOB, tokens, true), { lead: "", boot: tokens(OLD_BLOB), head: 0 });
    assert.deepEqual(layOut(blobOf("a"), tokens, false), { lead: "", boot: tokens(blobOf("a")), head: 0 });
  });

  test("of a RAK8212, with TLS, has room beside its outbox and settings", () => {
    const { boot } = layOut(builtBlob("rak8212"), tokens, true);
    assert.ok(boot.length <= BUDGETS.flashed_bytes, `${boot.length}`);
  });

  test("gets into an empty Storage, and is there the second time", async (t) => {
    const rig = await board(t, { spec });
    const settings = { board: "linux", server: { host: "h", username: "t" }, outbox_bytes: 8192 };
    const given = file(t, "tracker.json", JSON.stringify(settings));
    await flashed(rig, blobOf("a"), "--config", given);
    await has(rig, "a");
    assert.match(await flashed(rig, blobOf("a")), /^All of it is on the board already$/m);
  });

  test("is brought to a board of before, whose samples stay, and no page in front of them is erased", async (t) => {
    const flash = flashWithBox(spec);
    const content = fill(flash);
    const before = content();
    const rig = await board(t, { spec, flash, blob: OLD_BLOB, config });
    const pages = erasedPages(flash);
    await flashed(rig, blobOf("a"));
    await has(rig, "a");
    assert.deepEqual(content(), before);
    assert.deepEqual(
      pages.filter((page) => page < 3),
      [],
    );
  });

  test("is replaced by other firmware: the page with the lead is erased, once, and the outbox stays", async (t) => {
    const flash = flashWithBox(spec);
    const content = fill(flash);
    const before = content();
    const rig = await board(t, { spec, flash, config });
    await flashed(rig, blobOf("a"));
    for (const letter of ["b", "c"]) {
      const pages = erasedPages(flash);
      const said = await flashed(rig, blobOf(letter));
      assert.match(
        said,
        /^The page with the code's first part and the header of tb\.box is erased: keep the power on/m,
      );
      await has(rig, letter);
      assert.deepEqual(content(), before, letter);
      assert.deepEqual(
        pages.filter((page) => page < 3),
        [0],
      );
    }
    // What has room again needs no lead, and leaves it.
    const pages = erasedPages(flash);
    await flashed(rig, OLD_BLOB);
    assert.equal(rig.file(".bootcde"), tokens(OLD_BLOB));
    assert.deepEqual(content(), before);
    assert.ok(!pages.includes(0));
  });

  test("where something else is in front of the outbox, the outbox is made anew, not while samples wait in it", async (t) => {
    const rig = await board(t, {
      spec,
      blob: OLD_BLOB,
      config,
      files: { "tb.box": "\xff".repeat(8192 + 4064) },
    });
    const box = findFile(rig.board.storage, "tb.box")?.address as number;
    const block = (box + 32 + 4095) & -4096;
    rig.flash.write(block, blockOf([recordOf("a fix".padEnd(20))]));
    const args = ["--tcp", rig.tcp, "--compact"];
    const { code, complained } = await run(args, { blob: blobOf("a") });
    assert.equal(code, 1);
    assert.match(
      complained.join(""),
      /would be made anew \(only as the first file in Storage it leaves room for the code\), .* 1 samples /,
    );
    const settings = rig.file("tb.json");
    const forced = await run([...args, "--force"], { blob: blobOf("a") });
    assert.deepEqual(forced.complained, []);
    await has(rig, "a");
    assert.equal(rig.file("tb.json"), settings);
  });
});

/** Of an undisturbed run, that which erases the lead's page, and how many there are. */
async function operationsOf(t: TestContext): Promise<{ erase: number; all: number }> {
  const { rig, flash } = await ready(t);
  let all = 0;
  let erase = 0;
  flash.beforeOperation = ({ kind, address }) => {
    if (kind === "erase" && address === START) erase = all;
    all++;
  };
  await flashed(rig, blobOf("b"));
  await rig.close();
  return { erase, all };
}

async function ready(t: TestContext) {
  const flash = flashWithBox(spec);
  const content = fill(flash);
  const rig = await board(t, { spec, flash, config });
  await flashed(rig, blobOf("a"));
  return { rig, flash, content, before: content() };
}

test("when the power is cut at any word, the board boots the old firmware or none; a second run succeeds, and only a cut in the erased page costs the outbox", async (t) => {
  const { erase, all } = await operationsOf(t);
  assert.ok(erase > 0);
  const points = [
    // What comes between is compaction, which no cut may meet.
    ...[0, 1],
    ...[0, 1, 4, 8, 9, 10, 500, 1000, 1016, 1017, 1020, 1030].map((after) => erase + after),
    ...[3, 2, 1].map((left) => all - left),
  ];
  for (const point of points) {
    const { rig, flash, content, before } = await ready(t);
    cutPowerAfter(flash, point);
    const { code } = await run(["--tcp", rig.tcp, "--compact"], { blob: blobOf("b") });
    assert.equal(code, 1, `at ${point}`);
    flash.beforeOperation = undefined;
    rig.lines.length = 0;
    rig.boot();
    assert.equal(rig.board.evaluate("1+1"), "2");
    await new Promise((resolve) => setTimeout(resolve, 30));
    const printed = rig.lines.filter((line) => /^(aa|bb|ab|ba|espruino-.*)$/.test(line));
    if (point) assert.deepEqual(printed, [], `at ${point}`);
    // The first words of the header are not back yet.
    const torn = point > erase && point < erase + 9;
    if (!torn) assert.deepEqual(content(), before, `at ${point}`);
    const again = await run(["--tcp", rig.tcp, "--compact"], { blob: blobOf("b") });
    if (!torn) {
      assert.deepEqual(again.complained, [], `at ${point}`);
      assert.deepEqual(content(), before, `at ${point}`);
      await has(rig, "b");
    }
    await rig.close();
  }
});
