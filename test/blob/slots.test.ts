/**
 * The tracker itself as an update that never reaches the server: it is taken back, the firmware of before connects and delivers
 * what waited, whenever the power goes meanwhile.
 */

import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { createClock } from "@sinonjs/fake-timers";
import { Place } from "../../firmware/ota/layout.ts";
import { SOURCES } from "../../scripts/build/boards.ts";
import { buildLoader } from "../../scripts/build/loader.ts";
import { pretokenise } from "../../scripts/device/pretokenise.ts";
import { fromFakeTimers } from "../../scripts/simulator/clock.ts";
import { createFlash, PowerCut } from "../../scripts/simulator/espruino/flash.ts";
import { boardSpecs, flashOf } from "../../scripts/simulator/espruino/specs.ts";
import { createSimulatedBoard } from "../../scripts/simulator/world.ts";
import { builtBlob } from "../device/rig.ts";
import { fixesIn } from "../faults/record.ts";
import { SLOTTED } from "../ota/rig.ts";
import { putUpdate } from "../ota/slot-image.ts";
import { createPeers, TOKEN } from "./peers.ts";

const CONFIG = { server: { host: "server.example", username: TOKEN }, apn: "internet", interval_s: 30 };
const SLOT_BYTES = 61_440;
/** From the start of an update to the end of its trial, and on to fixes of the firmware of before on the server. */
const LIFE_S = 720;

interface Life {
  /** Words that were written into slots, from the start on. */
  written: number;
}

/** A life that begins with the first start of `update`; before the `cut`th word that is written into a slot the power goes. */
async function live(
  name: (typeof SLOTTED)[number],
  update: string,
  cut = Number.POSITIVE_INFINITY,
): Promise<Life> {
  const spec = boardSpecs[name];
  const timers = createClock(Date.UTC(2026, 5, 1, 12));
  const clock = fromFakeTimers(timers);
  const { modem, thingsboard } = createPeers(clock);
  const flash = createFlash(flashOf(spec));
  const lines: string[] = [];
  let off = false;
  const loader = await buildLoader(name, SOURCES);
  const board = createSimulatedBoard({
    ...{ spec, flash, clock, modem, loader, config: CONFIG },
    blob: builtBlob(name),
    random: () => 0.5,
    print: (line) => lines.push(line),
    onReboot: () => {},
    onPowerCut() {
      off = true;
    },
  });
  const ask = (expression: string): string =>
    board.evaluate(`answer=JSON.stringify(${expression})`) && String(board.global.answer);
  const run = async (seconds: number): Promise<void> => {
    for (let s = 0; s < seconds && !off; s++) await timers.tickAsync(1000);
  };
  try {
    board.boot();
    const [from = 0, to = 0] = JSON.parse(ask(loader.area)) as number[];
    assert.equal(to - from, 2 * SLOT_BYTES);
    board.powerCut();
    putUpdate(flash, from, { code: update, number: 1 });
    let written = 0;
    flash.beforeOperation = ({ address }) => {
      if (address < from || address >= to) return;
      if (written >= cut) throw new PowerCut(`before word ${cut}`);
      written++;
    };
    board.boot();
    await run(LIFE_S);
    if (off) {
      flash.beforeOperation = undefined;
      off = false;
      if (name !== "linux") modem.power(false);
      await timers.tickAsync(2000);
      modem.power(true);
      board.boot();
      await run(LIFE_S);
    }
    assert.equal(ask("slot"), "-1", lines.slice(-5).join("\n"));
    const waiting = fixesIn(flash.bytes, true).map(({ ts }) => ts);
    const times = thingsboard.telemetry("tracker", "Latitude").map(({ ts }) => ts);
    assert.ok(times.length > 10, `${times.length} fixes`);
    assert.deepEqual(
      waiting.filter((ts) => timers.now - ts > 60_000),
      [],
      "what waited is delivered",
    );
    return { written };
  } finally {
    board.dispose();
    modem.dispose();
    await thingsboard.close();
  }
}

/** It opens no connection. */
function muted(name: (typeof SLOTTED)[number]): string {
  const blob = builtBlob(name).replace("AT+QIOPEN=", "AT+QIOPEX=");
  assert.ok(blob.includes("QIOPEX"));
  return pretokenise(blob, boardSpecs[name].version);
}

for (const name of SLOTTED)
  describe(`a ${name}, updated with a firmware that`, () => {
    const mute = muted(name);

    test("never connects, has the old one back after ten minutes", async () => {
      const { written } = await live(name, mute);
      // The start's mark, and why it is left.
      assert.equal(written, 1 + (Place.Code - Place.Why) / 4);
    });

    test("throws, has it back at once, and what the power does is no matter", async () => {
      for (const cut of [0, 1, 2, 9])
        await live(name, `nope();${pretokenise(builtBlob(name), boardSpecs[name].version)}`, cut);
    });
  });

test("a cut before the first mark, and while it is left, changes nothing", async () => {
  const mute = muted("rak5010");
  for (const cut of [0, 1, 8]) await live("rak5010", mute, cut);
});
