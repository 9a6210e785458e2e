import assert from "node:assert/strict";
import { describe, type TestContext, test } from "node:test";
import type { BoardName } from "../../scripts/boards.ts";
import { entryOf } from "../../scripts/boards.ts";
import { SOURCES } from "../../scripts/build/boards.ts";
import { buildLoader, type Loader } from "../../scripts/build/loader.ts";
import { pretokenise } from "../../scripts/device/pretokenise.ts";
import { firmwareOf } from "../../scripts/flash/firmware.ts";
import { SLOTS_FILE_BYTES } from "../../scripts/flash/slots.ts";
import { createFlash, cutPowerAfter, type Flash } from "../../scripts/simulator/espruino/flash.ts";
import { type BoardSpec, boardSpecs, flashOf } from "../../scripts/simulator/espruino/specs.ts";
import { findFile } from "../../scripts/simulator/espruino/storage.ts";
import { putUpdate } from "../ota/slot-image.ts";
import { blockOf, board, firstBlock, recordOf, run, smallBlob } from "./rig.ts";

const SLOTTED = ["rak5010", "linux"] as const satisfies BoardName[];
const loaders = new Map<BoardName, Promise<Loader>>();

function loaderFor(name: BoardName): Promise<Loader> {
  const loader = loaders.get(name) ?? buildLoader(name, SOURCES);
  loaders.set(name, loader);
  return loader;
}

const envName = (name: BoardName): string => entryOf(name).env_names[0];
const blobOf = (name: BoardName, more = ""): string => smallBlob(envName(name), `what="cable";${more}`);
const tokens = (code: string): string => pretokenise(code, "2v29");

const flashed = async (name: BoardName, tcp: string, blob: string, args: string[] = []) => {
  const loader = await loaderFor(name);
  return run(["--tcp", tcp, ...args], { firmware: async () => firmwareOf(blob, loader) });
};

const areaOf = (flash: Flash, spec: BoardSpec) => ({
  flash,
  start: spec.storageStart,
  end: spec.storageStart + spec.storageBytes,
  swapBytes: 1e6,
  print: () => {},
});

/** Where the first slot begins. */
function firstSlot(name: BoardName, flash: Flash): number {
  const spec = boardSpecs[name];
  if (name === "rak5010") return spec.storageStart - 139_264 - 2 * 61_440;
  const header = findFile(areaOf(flash, spec), "tb.app");
  assert.ok(header);
  return (header.address + 32 + 4095) & -4096;
}

const rig = async (t: TestContext, name: BoardName, more: object = {}) => {
  const flash = createFlash(flashOf(boardSpecs[name]));
  return { flash, rig: await board(t, { spec: name, flash, ...more }) };
};

for (const name of SLOTTED)
  describe(`a ${name}`, () => {
    const OLD = `(function(){print("espruino-thingsboard 0.0.9 for ${envName(name)}");what="old"})()`;

    test("that was flashed before slots gets loader and slots by flash alone, once", async (t) => {
      const { rig: console, flash } = await rig(t, name, { blob: OLD });
      const blob = blobOf(name);
      const { code, said, complained } = await flashed(name, console.tcp, blob);
      assert.deepEqual({ code, complained }, { code: 0, complained: [] }, said.join("\n"));
      const { boot } = await loaderFor(name);
      assert.equal(console.file("tb.js"), tokens(blob));
      assert.equal(console.file(".bootcde"), boot);
      assert.equal(console.file("tb.app")?.length, name === "linux" ? SLOTS_FILE_BYTES : undefined);
      assert.equal(console.board.evaluate("what+slot"), '"cable-1"');
      const bytes = Buffer.from(flash.bytes);
      const again = await flashed(name, console.tcp, blob);
      assert.ok(again.said.includes("All of it is on the board already"), again.said.join("\n"));
      assert.ok(bytes.equals(flash.bytes));
    });

    test("runs what is flashed by cable, not what came over the air before; the outbox stays", async (t) => {
      const { rig: console, flash } = await rig(t, name, { blob: OLD });
      assert.equal((await flashed(name, console.tcp, blobOf(name))).code, 0);
      const spec = boardSpecs[name];
      const box =
        name === "linux"
          ? firstBlock(findFile(areaOf(flash, spec), "tb.box")?.address ?? 0)
          : spec.storageStart - 65_536;
      const records = blockOf([recordOf("waits".padEnd(20))]);
      flash.write(box, records);
      const slot = firstSlot(name, flash);
      putUpdate(flash, slot, { code: 'what="air";', number: 3, confirmed: true });
      console.boot();
      assert.equal(console.board.evaluate("what+slot"), '"air0"');
      for (const blob of [blobOf(name), blobOf(name, "more=1")]) {
        const { code, said } = await flashed(name, console.tcp, blob);
        assert.equal(code, 0, said.join("\n"));
        assert.equal(console.board.evaluate("what+slot"), '"cable-1"');
        assert.deepEqual(Buffer.from(flash.read(box, records.length)), Buffer.from(records));
        putUpdate(flash, slot + 61_440, { code: 'what="air";', number: 4, confirmed: true });
      }
    });

    test("gets the firmware alone where it is built without, and loses what slots had", async (t) => {
      const { rig: console } = await rig(t, name);
      assert.equal((await flashed(name, console.tcp, blobOf(name))).code, 0);
      const { code } = await run(["--tcp", console.tcp], { firmware: async () => firmwareOf(blobOf(name)) });
      assert.equal(code, 0);
      assert.equal(console.file(".bootcde"), tokens(blobOf(name)));
      assert.deepEqual([console.file("tb.js"), console.file("tb.app")], [undefined, undefined]);
    });

    test("cut at any thirtieth word of it boots what it had, or the new one, or plainly; flashed again it is right", async (t) => {
      const blob = blobOf(name);
      for (let cut = 2; ; cut += 29) {
        const { rig: console, flash } = await rig(t, name, { blob: OLD });
        cutPowerAfter(flash, cut);
        const { code } = await flashed(name, console.tcp, blob);
        flash.beforeOperation = undefined;
        console.boot();
        const what = console.board.evaluate('typeof what=="undefined"?"plain":what');
        assert.match(what, /^"(cable|old|plain)"$/);
        if (code === 0) break;
        const again = await flashed(name, console.tcp, blob, ["--compact"]);
        assert.equal(again.code, 0, `cut at ${cut}: ${again.complained}`);
        assert.equal(console.board.evaluate("what+slot"), '"cable-1"');
        await console.close();
      }
    });
  });

test("Linux without room for two slots is flashed as one without, and told so", async (t) => {
  const spec = { ...boardSpecs.linux, storageBytes: 256 * 1024 };
  const console = await board(t, { spec, settings: '{"outbox_bytes":196608}' });
  const { code, said } = await flashed("linux", console.tcp, blobOf("linux"));
  assert.equal(code, 0);
  assert.match(said.join("\n"), /no room for two slots of 61440 bytes in Storage, so .* by cable only/);
  assert.equal(console.file(".bootcde"), tokens(blobOf("linux")));
});
