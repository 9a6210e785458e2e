/** What waits in a board's outbox outlives `npm run flash`, where the outbox is a Storage file. */
import assert from "node:assert/strict";
import { describe, type TestContext, test } from "node:test";
import { openDevice } from "../../scripts/device/open.ts";
import { boxLength, countWaiting, findBox } from "../../scripts/flash/outbox-file.ts";
import type { Flash } from "../../scripts/simulator/espruino/flash.ts";
import { boardSpecs } from "../../scripts/simulator/espruino/specs.ts";
import { findFile } from "../../scripts/simulator/espruino/storage.ts";
import {
  blockOf,
  board,
  file,
  firstBlock,
  flashWithBox,
  OLD_BLOB,
  recordOf,
  reportOf,
  run,
  smallBlob,
} from "./rig.ts";

type Rig = Awaited<ReturnType<typeof board>>;

/** A RAK8212's Storage, on Linux. */
const spec = { ...boardSpecs.linux, pageSize: 4096, storageBytes: 40 * 1024 };
const config = { outbox_bytes: 8192 };
const START = spec.storageStart;
/** Firmware of a size that fits twice beside the outbox of 12 KB, but not three times. */
const blobOf = (name: string) => smallBlob("LINUX", `print("${name}${"x".repeat(11_000)}".length)`);

const addressOf = (rig: Rig): number | undefined => findFile(rig.board.storage, "tb.box")?.address;
const erase = (rig: Rig, name: string) => rig.board.evaluate(`require("Storage").erase("${name}")`);

/** Puts records that wait into the outbox, by the board's own `Flash.write`. Gives what its two blocks hold. */
function fill(rig: Rig, waits = true): () => Buffer {
  const block = firstBlock(addressOf(rig) as number);
  rig.flash.write(block, blockOf([]));
  for (const [i, text] of ["a fix", "another fix"].entries()) {
    const bytes = JSON.stringify([...recordOf(text.padEnd(20), 1, waits)]);
    rig.board.evaluate(`require("Flash").write(new Uint8Array(${bytes}),${block + 16 + 24 * i})`);
  }
  return () => Buffer.from(rig.flash.read(block, 8192));
}

/** The pages that are erased from now on. */
function erasedPages(flash: Flash): Set<number> {
  const pages = new Set<number>();
  flash.beforeOperation = ({ kind, address }) => {
    if (kind === "erase") pages.add(address);
  };
  return pages;
}

async function flashed(rig: Rig, blob: string, ...args: string[]) {
  const result = await run(["--tcp", rig.tcp, "--compact", ...args], { blob });
  assert.deepEqual({ code: result.code, complained: result.complained }, { code: 0, complained: [] });
  return result.said.join("\n");
}

async function refused(rig: Rig, blob: string, ...args: string[]) {
  const before = Buffer.from(rig.flash.bytes);
  const { code, complained } = await run(["--tcp", rig.tcp, "--compact", ...args], { blob });
  assert.equal(code, 1);
  assert.deepEqual(Buffer.from(rig.flash.bytes), before, "nothing was changed");
  return complained.join("\n");
}

/** A board with the outbox behind a deleted file, and too little room for more firmware. */
async function behindTrash(t: TestContext): Promise<Rig> {
  const rig = await board(t, {
    spec,
    blob: OLD_BLOB,
    config,
    files: { old: "x".repeat(11_000), "tb.box": "\xff".repeat(boxLength(8192)), more: "x".repeat(8000) },
  });
  erase(rig, "old");
  return rig;
}

describe("an outbox in a Storage file", () => {
  for (const [name, bytes] of [
    ["rak8212", 8192],
    ["linux", 65_536],
  ] as const)
    test(`is the first file of an empty Storage, and ends with a page, ${name}`, async (t) => {
      const rig = await board(t, { spec: name });
      const said = await flashed(rig, smallBlob(boardSpecs[name].name));
      const { storageStart } = boardSpecs[name];
      const box = findFile(rig.board.storage, "tb.box");
      assert.deepEqual([box?.address, box?.size], [storageStart, boxLength(bytes)]);
      assert.equal(findFile(rig.board.storage, ".bootcde")?.address, storageStart + bytes + 4096);
      assert.ok(rig.flash.read(storageStart + 32, boxLength(bytes)).every((byte) => byte === 0xff));
      assert.match(said, /^The outbox gets [\d,]+ bytes of Storage: tb\.box$/m);
    });

  for (const name of ["rak5010", "wio-lte"] as const)
    test(`is none where there is flash besides Storage, ${name}`, async (t) => {
      const rig = await board(t, { spec: name });
      await flashed(rig, smallBlob(boardSpecs[name].name));
      assert.equal(addressOf(rig), undefined);
    });

  test("is as large as the settings want it, those given or those on the board", async (t) => {
    const given = await board(t, { spec });
    const settings = { board: "linux", server: { host: "h", username: "t" }, outbox_bytes: 12_288 };
    await flashed(given, blobOf("a"), "--config", file(t, "tracker.json", JSON.stringify(settings)));
    assert.equal(findFile(given.board.storage, "tb.box")?.size, 12_288 + 4064);
    // As an earlier release let it be.
    const present = await board(t, { spec, config: { outbox_bytes: 12_287 } });
    await flashed(present, smallBlob("LINUX"));
    assert.equal(findFile(present.board.storage, "tb.box")?.size, 8192 + 4064);
  });

  test("survives firmware after firmware and every compaction, in its place, its pages not even erased", async (t) => {
    const rig = await board(t, { spec, flash: flashWithBox(spec), config });
    assert.equal(addressOf(rig), START);
    const content = fill(rig);
    const before = content();
    const pages = erasedPages(rig.flash);
    let compactions = 0;
    for (const name of ["a", "b", "c", "d", "e"]) {
      const said = await flashed(rig, blobOf(name));
      if (said.includes("Storage.compact")) compactions++;
      assert.deepEqual(content(), before, name);
      assert.equal(addressOf(rig), START);
    }
    assert.ok(compactions >= 2 && pages.size > 0, `${compactions}`);
    assert.deepEqual(
      [...pages].filter((page) => page < START + 8192 + 4096),
      [],
    );
  });

  test("survives a re-flash with settings and code, also of an odd length", async (t) => {
    const rig = await board(t, {
      spec: { ...boardSpecs.linux, pageSize: 4096 },
      blob: OLD_BLOB,
      config: { outbox_bytes: 10_000 },
      files: { "tb.box": "\xff".repeat(10_000 + 4064) },
    });
    const content = fill(rig);
    const [before, place] = [content(), addressOf(rig)];
    const settings = { server: { host: "h", username: "other" }, outbox_bytes: 8192 };
    const path = file(t, "tracker.json", JSON.stringify({ board: "linux", ...settings }));
    for (const name of ["a", "b"]) await flashed(rig, blobOf(name), "--config", path);
    assert.deepEqual(content(), before);
    assert.equal(addressOf(rig), place);
  });

  test("that compaction would move is not lost: refused, in one line, and the tracker goes on", async (t) => {
    const rig = await behindTrash(t);
    fill(rig);
    const said = await refused(rig, blobOf("new"));
    assert.match(
      said,
      /^the outbox, tb\.box, would be made anew \(clearing deleted files away moves it\), .* 2 samples .* tracker\.status\(\)\.waiting is 0, or with --force$/,
    );
    await rig.line(/^old$/);
  });

  for (const [what, waits, args, note] of [
    ["with --force", true, ["--force"], /moves it; 2 samples that waited in it are lost$/m],
    ["when nothing waits in it", false, [], /moves it$/m],
  ] as const)
    test(`that compaction would move is made anew as the first file, ${what}`, async (t) => {
      const rig = await behindTrash(t);
      fill(rig, waits);
      // So that nothing is left in front of it.
      const settings = { board: "linux", server: { host: "h", username: "t" }, outbox_bytes: 8192 };
      const path = file(t, "tracker.json", JSON.stringify(settings));
      assert.match(await flashed(rig, blobOf("new"), "--config", path, ...args), note);
      const box = findFile(rig.board.storage, "tb.box");
      // What is the user's own was there before.
      assert.equal(box?.address, START + 32 + 8000);
      assert.ok(rig.flash.read((box?.address ?? 0) + 32, box?.size ?? 0).every((byte) => byte === 0xff));
      assert.equal(rig.file("more"), "x".repeat(8000));
    });

  test("of another size than the settings want is made anew, not while samples wait in it", async (t) => {
    const rig = await board(t, { spec: { ...spec, storageBytes: 80 * 1024 }, flash: undefined, config });
    await flashed(rig, blobOf("a"));
    fill(rig);
    const settings = { board: "linux", server: { host: "h", username: "t" }, outbox_bytes: 16_384 };
    const path = file(t, "tracker.json", JSON.stringify(settings));
    assert.match(
      await refused(rig, blobOf("a"), "--config", path),
      /^the outbox, .* \(outbox_bytes is 16,384 now, and was 8,192\), .* 2 samples /,
    );
    const said = await flashed(rig, blobOf("a"), "--config", path, "--force");
    assert.match(said, /outbox_bytes is 16,384 now, and was 8,192; 2 samples that waited in it are lost$/m);
    assert.equal(findFile(rig.board.storage, "tb.box")?.size, 16_384 + 4064);
    assert.match(await flashed(rig, blobOf("a"), "--config", path), /^All of it is on the board already$/m);
  });

  test("too large for the Storage is refused, and named", async (t) => {
    const rig = await board(t, { spec, blob: OLD_BLOB, config: { outbox_bytes: 65_536 } });
    assert.match(
      await refused(rig, blobOf("a")),
      /^the Storage is too full: [\d,]+ bytes are needed \(69,632 of them for the outbox, see outbox_bytes\) and/,
    );
  });

  test("is not named among what could be erased", async (t) => {
    const rig = await board(t, {
      spec,
      flash: flashWithBox(spec),
      config,
      files: { mine: "x".repeat(20_000) },
    });
    assert.match(await refused(rig, blobOf("a")), /the largest: mine \(20,000\), tb\.json \(\d+\)$/);
  });
});

test("what waits in an outbox is counted as the firmware would: whole records that are not confirmed", async (t) => {
  const rig = await board(t, { spec, flash: flashWithBox(spec), config });
  const device = await openDevice({ tcp: rig.tcp }, { answer_ms: 2000 });
  t.after(() => device.close());
  const waiting = async () => countWaiting(device, (await findBox(device, "linux")) as never);
  assert.equal(await waiting(), 0);

  const torn = recordOf("torn".padEnd(20));
  torn[20] = 0;
  const tornLong = recordOf("torn".padEnd(44), 2);
  tornLong[40] = 0;
  const block = firstBlock(START);
  const content = blockOf([
    recordOf("1".padEnd(20)),
    recordOf("confirmed".padEnd(20), 1, false),
    torn,
    recordOf("2, telemetry".padEnd(92), 4),
    recordOf("confirmed telemetry".padEnd(68), 3, false),
    tornLong,
    recordOf("3".padEnd(20)),
    reportOf(""),
    reportOf("slot"),
    // The power went before its second slot.
    reportOf("mark"),
  ]);
  rig.flash.write(block, content);
  assert.equal(await waiting(), 5);
  // To the last slot.
  const many = Array.from({ length: 170 }, (_, i) => recordOf(`${i}`.padEnd(20)));
  rig.flash.write(block + 4096, blockOf(many));
  assert.equal(await waiting(), 175);
  // A header that is none.
  rig.flash.write(block + 4096 + 4, Uint8Array.of(0, 0, 0, 0));
  assert.equal(await waiting(), 5);
});
