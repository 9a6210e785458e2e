/** The tracker on a board at whose console somebody types a loop without end. */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { type TestContext, test } from "node:test";
import { createClock } from "@sinonjs/fake-timers";
import { fromFakeTimers } from "../../scripts/simulator/clock.ts";
import { createSimulatedBoard } from "../../scripts/simulator/world.ts";
import { peer } from "../simulator/espruino-rig.ts";
import { createPeers, TOKEN } from "./peers.ts";

const BLOB = readFileSync(new URL("../../dist/linux.js", import.meta.url), "latin1");
/** While a loop runs each look at the clock finds it later by this. */
const LOOK_MS = 10;
const CONNECTED = "tracker: connected";

/** A tracker that is online, and a console to type at; Ctrl-C is pressed `ctrlC_after_ms` after a loop began. */
async function online(t: TestContext, ctrlC_after_ms: number) {
  const timers = createClock(Date.UTC(2026, 5, 1, 12));
  let looping = false;
  let passed_ms = 0;
  let typed_ms = 0;
  const now = () => timers.now + passed_ms;
  const clock = {
    ...fromFakeTimers(timers),
    now() {
      if (looping) passed_ms += LOOK_MS;
      return now();
    },
  };
  const { modem, thingsboard } = createPeers(clock);
  const console = peer();
  const lines: string[] = [];
  const board = createSimulatedBoard({
    clock,
    modem,
    console,
    blob: BLOB,
    config: { server: { host: "h", username: TOKEN }, apn: "internet", interval_s: 10 },
    print(line) {
      lines.push(line);
      if (line !== CONNECTED) looping = false;
    },
    ctrlC: { pending: () => looping && now() - typed_ms > ctrlC_after_ms, taken: () => {} },
  });
  t.after(async () => {
    board.dispose();
    modem.dispose();
    await thingsboard.close();
  });
  board.boot();
  const until = async (line: string, from: number) => {
    for (let s = 0; s < 120 && !lines.slice(from).includes(line); s++) await timers.tickAsync(1000);
    assert.ok(lines.slice(from).includes(line), lines.join("\n"));
  };
  await until(CONNECTED, 0);
  return {
    lines,
    until,
    async type(bytes: string): Promise<void> {
      looping = true;
      typed_ms = now();
      console.send(bytes);
      await timers.tickAsync(1000);
    },
    /** How often the firmware started. */
    starts: () => lines.filter((line) => line.startsWith("espruino-thingsboard")).length,
    state: () => board.evaluate("tracker.status().state"),
  };
}

for (const loop of ["while(true){}", "setTimeout(function(){while(true){}},100)"])
  test(`${loop}: the watchdog bites, and the tracker comes online again`, async (t) => {
    const { lines, until, type, starts, state } = await online(t, Number.POSITIVE_INFINITY);
    const from = lines.length;
    await type(`${loop}\n`);
    await until(CONNECTED, from);
    assert.equal(starts(), 2);
    assert.equal(state(), '"online"');
  });

test("Ctrl-C ends it, and the tracker was online all the time", async (t) => {
  const { lines, type, starts, state } = await online(t, 2000);
  await type("while(true){}\n");
  assert.equal(lines.at(-1), "Execution Interrupted");
  assert.equal(starts(), 1);
  assert.equal(state(), '"online"');
});
