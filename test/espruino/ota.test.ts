/** Firmware over the air in the real interpreter and its own flash: from A to B, and from a B that fails back to A. */
import assert from "node:assert/strict";
import { before, describe, test } from "node:test";
import { BUDGETS } from "../../scripts/budgets.ts";
import { SOURCES } from "../../scripts/build/boards.ts";
import { buildLoader, type Loader } from "../../scripts/build/loader.ts";
import { interpreterRoom } from "../../scripts/simulator/interpreter.ts";
import { startRealTracker } from "../../scripts/simulator/real-tracker.ts";
import { firmware, statesOf, VERSION } from "../ota/firmware.ts";

const binary = process.env.ESPRUINO;
const skip = binary ? false : "skipped: set ESPRUINO=<path of Espruino for Linux> to update the blob in it";

describe("an update in the real interpreter", { skip }, () => {
  let loader: Loader;
  before(async () => {
    loader = await buildLoader("linux", SOURCES);
  });

  test("comes over the air, stays when the server has acknowledged it; one that throws is taken back", async (t) => {
    const { storage, variables } = await interpreterRoom(binary as string);
    // Firmware by cable, two slots, an outbox.
    if (storage < 256 * 1024) return t.skip("no room for two slots in its Storage");
    if (variables <= BUDGETS.variables) return t.skip("a board as small is updated by cable");
    const { thingsboard, evaluate, until, stop, lines } = await startRealTracker({
      binary: binary as string,
      loader,
    });
    const said = async (line: RegExp, seconds: number): Promise<void> => {
      for (const end = Date.now() + seconds * 1000; !lines.some((its) => line.test(its)); ) {
        assert.ok(Date.now() < end, lines.join("\n"));
        await new Promise((resolve) => setTimeout(resolve, 100));
      }
    };
    try {
      await until('tracker.status().state=="online"', 30);
      thingsboard.assign("tracker", firmware("9.0.0"));
      await said(/ota: UPDATED/, 90);
      await until("tracker.status().waiting==0", 30);
      assert.deepEqual(statesOf(thingsboard), [
        "DOWNLOADING",
        "DOWNLOADED",
        "VERIFIED",
        "UPDATING",
        "UPDATED",
      ]);
      thingsboard.assign(
        "tracker",
        firmware("9.1.0", () => 'throw Error("B")'),
      );
      await said(/ota: FAILED, threw: Error: B/, 90);
      await until("tracker.status().waiting==0", 30);
      const latest = (key: string) => thingsboard.latest("tracker").find((point) => point.key === key)?.value;
      assert.deepEqual([latest("fw_state"), latest("current_fw_version")], ["FAILED", "9.0.0"]);
      assert.notEqual(VERSION, "9.0.0");
      // LOW_MEMORY warns only: on Linux a slot's code is read into memory.
      assert.ok(!/"(MEMORY|CALLBACK|FIFO_FULL)"/.test(JSON.stringify(await evaluate("E.getErrorFlags()"))));
    } finally {
      await stop();
    }
  });
});
