/** Each blob on its board: the power goes before each operation on flash of its first minute, and comes back. */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { createClock } from "@sinonjs/fake-timers";
import type { BoardName } from "../../scripts/boards.ts";
import { fromFakeTimers } from "../../scripts/simulator/clock.ts";
import { createFlash, type FlashOperation, PowerCut } from "../../scripts/simulator/espruino/flash.ts";
import { boardSpecs, flashOf } from "../../scripts/simulator/espruino/specs.ts";
import { readFile } from "../../scripts/simulator/espruino/storage.ts";
import { createSimulatedBoard } from "../../scripts/simulator/world.ts";
import { fixesIn } from "../faults/record.ts";
import { createPeers, TOKEN } from "./peers.ts";

/** When the server changes the interval, and when the life ends, unless the power goes. */
const RPC_S = 24;
const END_S = 32;
const INTERVAL_S = 10;
const NEW_INTERVAL_S = 5;
/** From the power's return to fixes on the server again. */
const AGAIN_S = 60;

const CONFIG = {
  server: { host: "server.example", username: TOKEN },
  apn: "internet",
  interval_s: INTERVAL_S,
};

/** A first minute; before operation number `cut` the power goes. Gives what was done until then. */
async function live(name: BoardName, cut = Number.POSITIVE_INFINITY): Promise<FlashOperation[]> {
  const spec = boardSpecs[name];
  const timers = createClock(Date.UTC(2026, 5, 1, 12));
  const clock = fromFakeTimers(timers);
  const { modem, thingsboard } = createPeers(clock, { model: name === "wio-lte" ? "EC21" : "BG96" });
  const flash = createFlash(flashOf(spec));
  const lines: string[] = [];
  let off = false;
  const blob = readFileSync(new URL(`../../dist/${name}.js`, import.meta.url), "latin1");
  const board = createSimulatedBoard({
    spec,
    flash,
    clock,
    modem,
    blob,
    config: CONFIG,
    random: () => 0.5,
    print: (line) => lines.push(line),
    onPowerCut() {
      off = true;
    },
  });
  const code = readFile(board.storage, ".bootcde")?.toString("latin1");
  const settings = readFile(board.storage, "tb.json")?.toString();
  const run = async (seconds: number): Promise<void> => {
    for (let s = 0; s < seconds && !off; s++) await timers.tickAsync(1000);
  };
  const done: FlashOperation[] = [];
  flash.beforeOperation = (operation) => {
    if (done.length >= cut) throw new PowerCut(`before operation ${cut}`);
    done.push(operation);
  };
  try {
    board.boot();
    await run(RPC_S);
    let answered = false;
    thingsboard.rpc("tracker", "setInterval", NEW_INTERVAL_S).then(
      () => {
        answered = true;
      },
      () => {},
    );
    await run(END_S - RPC_S);
    if (!off) assert.ok(done.length < cut, "the power went, and nobody said so");
    const waiting = fixesIn(flash.bytes, true).map(({ ts }) => ts);
    flash.beforeOperation = undefined;
    board.powerCut();
    off = false;
    // All but a computer's modem have the board's supply.
    if (name !== "linux") modem.power(false);
    await timers.tickAsync(2000);
    modem.power(true);
    const from = timers.now;
    lines.length = 0;
    board.boot();
    await run(AGAIN_S);
    assert.equal(readFile(board.storage, ".bootcde")?.toString("latin1"), code, "the code");
    assert.equal(readFile(board.storage, "tb.json")?.toString(), settings, "the settings");
    const times = thingsboard.telemetry("tracker", "Latitude").map(({ ts }) => ts);
    assert.deepEqual(
      waiting.filter((ts) => !times.includes(ts)),
      [],
      "a fix that was kept is lost",
    );
    const fresh = times.filter((ts) => ts > from);
    assert.ok(fresh.length >= 1, `no fixes after the power came back; the console said ${lines.join("\n")}`);
    const steps_ms = fresh.slice(1).map((ts, i) => ts - (fresh[i] as number));
    const last_ms = steps_ms.at(-1) ?? 0;
    const near = (seconds: number) => Math.abs(last_ms - seconds * 1000) <= 1000;
    assert.ok(near(NEW_INTERVAL_S) || (!answered && near(INTERVAL_S)), `${last_ms} ms from fix to fix`);
    return done;
  } finally {
    board.dispose();
    modem.dispose();
    await thingsboard.close();
  }
}

for (const name of Object.keys(boardSpecs) as BoardName[])
  test(`${name}: code, settings and fixes are there, and it reports again`, async () => {
    const whole = await live(name);
    assert.ok(whole.some(({ kind }) => kind === "erase"));
    const faults: string[] = [];
    for (const [cut, { kind, address }] of whole.entries())
      await live(name, cut).catch((error: Error) => {
        faults.push(`before ${cut}, ${kind} at 0x${address.toString(16)}: ${error.message}`);
      });
    assert.deepEqual(faults, []);
  });
