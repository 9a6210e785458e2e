/** Trips and zones in the real interpreter, on a track through Berlin that begins with a minute's stop. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { BUDGETS } from "../../scripts/budgets.ts";
import { interpreterRoom } from "../../scripts/simulator/interpreter.ts";
import { startRealTracker } from "../../scripts/simulator/real-tracker.ts";

const binary = process.env.ESPRUINO ?? "";
const small = binary && (await interpreterRoom(binary)).variables <= BUDGETS.variables;
const skip = !binary
  ? "skipped: set ESPRUINO=<path of Espruino for Linux> to run the blob in it"
  : small && "skipped: no room for zones and settings from afar";

test("events arrive with their fix and zone, and memory stays", { skip }, async (t) => {
  const tracker = await startRealTracker({
    binary,
    interval_s: 5,
    config: {
      watch_s: 1,
      heartbeat_s: 5,
      still_s: 10,
      radius_m: 20,
      turn_deg: 60,
      overspeed_kmh: 20,
      overspeed_s: 2,
      extras: "why,battery,signal_dbm,hdop,satellites,course,fix_s",
    },
  });
  t.after(() => tracker.stop());
  const { thingsboard, evaluate, until } = tracker;
  const values = (key: string) => thingsboard.telemetry("tracker", key);
  const seen = (key: string, value: string) => values(key).find((one) => one.value === value);
  await until("!!tracker.status().fix", 60);
  const { latitude, longitude } = (await evaluate("tracker.status().fix")) as Record<string, number>;
  assert.ok(latitude && longitude);
  const east = longitude + 0.003;
  thingsboard.share("tracker", {
    zones: {
      start: { latitude, longitude, radius: 120 },
      box: [
        [latitude - 0.003, longitude - 0.003],
        [latitude - 0.003, east],
        [latitude + 0.003, east],
        [latitude + 0.003, longitude - 0.003],
      ],
    },
  });
  const began = Number(await evaluate("process.memory().usage"));
  for (let s = 0; s < 150 && !(seen("why", "start") && values("zone").length > 1); s++)
    await new Promise((go) => setTimeout(go, 1000));
  const start = seen("why", "start");
  assert.ok(start, JSON.stringify(values("why").map(({ value }) => value)));
  assert.ok(values("Latitude").some(({ ts }) => ts === start.ts));
  assert.deepEqual(
    values("zone")
      .map(({ value }) => value)
      .sort(),
    ["box", "start"],
  );
  for (const { ts } of values("zone"))
    assert.ok(values("why").some((one) => one.ts === ts && one.value === "exit"));
  for (const key of ["hdop", "satellites", "course", "fix_s", "signal_dbm"])
    assert.ok(values(key).length, key);
  assert.equal(values("battery").length, 0, "nobody measures it");
  const grown = Number(await evaluate("process.memory().usage")) - began;
  t.diagnostic(`${began} variables, ${grown} more at the end`);
  assert.ok(grown < 150, `${grown}`);
  assert.ok(!/"(MEMORY|CALLBACK|FIFO_FULL)"/.test(JSON.stringify(await evaluate("E.getErrorFlags()"))));
});
