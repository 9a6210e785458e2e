/** Loader and slots in the real interpreter, in its own flash; and where the power went at some of the simulated board's words. */
import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { crc32 } from "node:zlib";
import { createFlash, type Flash } from "../../scripts/simulator/espruino/flash.ts";
import { boardSpecs, flashOf } from "../../scripts/simulator/espruino/specs.ts";
import {
  type Interpreter,
  interpreterRoom,
  PAGE_BYTES,
  startInterpreter,
} from "../../scripts/simulator/interpreter.ts";
import {
  buildParts,
  filesOfBoard,
  flashedBoard,
  keyOf,
  type Parts,
  program,
  slotBoard,
  update as updateSimulated,
} from "../ota/rig.ts";

const binary = process.env.ESPRUINO ?? "";
const skip = binary ? false : "set ESPRUINO to the path of an Espruino for Linux";

const B = program("B", `x="${"x".repeat(300)}";`);
const C = program("C");
const THROWS = program("T", "nope();");
/** Two slots of two blocks: 40 KB of Storage have room for them. */
const SLOTS_BYTES = 5 * PAGE_BYTES - 32;
const CHUNK = 64;
const SAMPLES = 8;

describe("slots in the real interpreter", { skip }, () => {
  const directory = mkdtempSync(join(tmpdir(), "slots-"));
  let parts: Parts;
  let current: Interpreter;

  before(async () => {
    parts = await buildParts("linux");
  });
  after(async () => {
    await current?.stop();
    rmSync(directory, { recursive: true });
  });

  /** Starts it, again where it restarts by itself. Gives what runs. */
  async function boot(): Promise<unknown> {
    for (let tries = 3; ; tries--)
      try {
        current = await startInterpreter({ binary, directory });
        return await current.evaluate("what");
      } catch (error) {
        if (tries <= 1) throw error;
      }
  }
  const ask = (expression: string): Promise<unknown> => current.evaluate(expression);
  async function powerCut(): Promise<unknown> {
    await current.stop();
    return boot();
  }
  async function reboot(): Promise<unknown> {
    await ask("(setTimeout(E.reboot,10),0)");
    await current.ended;
    return boot();
  }
  /** Stores up to a byte. */
  async function store(code: string, to = code.length): Promise<number> {
    const stored = Number(await ask(`ota.resumeAt(${keyOf(code)})`));
    for (let at = stored; at < to; at += CHUNK)
      assert.equal(await ask(`ota.store(${at},${JSON.stringify(code.slice(at, at + CHUNK))})`), true);
    return stored;
  }
  async function update(code: string): Promise<unknown> {
    await store(code);
    assert.equal(await ask(`ota.complete(${code.length},${crc32(Buffer.from(code, "latin1"))})`), true);
    await ask("(ota.activate(),0)");
    return reboot();
  }

  test("an update goes on after the process is killed, is tried, and stays; others are taken back", async () => {
    const files = filesOfBoard("linux", parts, SLOTS_BYTES);
    current = await startInterpreter({ binary, directory, storage: files });
    assert.equal(await ask("what"), "A");
    assert.equal(await ask("slot"), -1);
    assert.ok(Number(await ask("ota.slotBytes()")) >= 8000);
    assert.equal(await store(B, 256), 0);
    assert.equal(await powerCut(), "A");
    assert.equal(await store(B, 256), 252);
    assert.equal(await update(B), "B");
    assert.equal(await ask("ota.isTrial()"), true);
    assert.equal(await powerCut(), "B");
    await ask("(ota.confirm(),0)");
    for (let i = 0; i < 3; i++) assert.equal(await powerCut(), "B");
    assert.equal(await ask("ota.isTrial()"), false);

    assert.equal(await update(C), "C");
    assert.equal(await reboot(), "C");
    assert.equal(await powerCut(), "C");
    assert.equal(await reboot(), "B");
    assert.deepEqual(await ask("ota.lastVerdict()"), {
      key: keyOf(C),
      why: "started three times, and the server never acknowledged anything",
    });
    // It ends at its start, by itself, and what was there before comes.
    assert.equal(await update(THROWS), "B");
    const { key, why } = (await ask("ota.lastVerdict()")) as { key: number; why: string };
    assert.equal(key, keyOf(THROWS));
    assert.match(why, /^threw: ReferenceError: "?nope"? is not defined/);
    await current.stop();
  });

  test("the loader takes one variable, and its code none", async () => {
    const usage = async (storage: Record<string, string>): Promise<number> => {
      const interpreter = await startInterpreter({ binary, storage });
      // The modules are known to the loader, and to any firmware soon.
      const count = 'require("Flash"),require("Storage"),E.CRC32("a"),process.memory().usage';
      const used = Number(await interpreter.evaluate(`(${count})`));
      await interpreter.stop();
      return used;
    };
    const code = Array.from({ length: 60 }, (_, i) => `function f${i}(a){return a+${i}}`).join("");
    const plain = await usage({ ".bootcde": code });
    const loaded = await usage({ "tb.js": code, ".bootcde": parts.loader.boot });
    assert.ok(loaded - plain <= 1, `${loaded - plain} variables`);
  });

  test("what a cut left at some word boots what it did on the simulated board, and takes the update", async () => {
    const spec = {
      ...boardSpecs.linux,
      pageSize: PAGE_BYTES,
      storageBytes: (await interpreterRoom(binary)).storage,
    };
    const images: Buffer[] = [];
    let count = 0;
    let step = Number.POSITIVE_INFINITY;
    const live = (): void => {
      const flash: Flash = createFlash(
        flashOf(spec),
        flashedBoard("linux", parts, spec, SLOTS_BYTES).bytes.slice(),
      );
      const board = slotBoard("linux", flash, spec);
      count = 0;
      flash.beforeOperation = () => {
        if (++count % step === 0) images.push(Buffer.from(flash.bytes));
      };
      board.boot();
      assert.equal(updateSimulated(board, C), "C");
      for (let i = 0; i < 2; i++) assert.equal(board.reboot(), "C");
      assert.equal(board.reboot(), "A");
      assert.equal(updateSimulated(board, THROWS), "A");
      board.dispose();
    };
    live();
    step = Math.floor(count / SAMPLES);
    live();
    assert.ok(images.length >= SAMPLES);
    for (const image of images) {
      writeFileSync(join(directory, "espruino.flash"), image);
      let what = await boot();
      for (let starts = 0; what === "C" && starts < 3; starts++) what = await reboot();
      assert.equal(what, "A");
      assert.equal(await update(B), "B");
      await current.stop();
    }
  });
});
