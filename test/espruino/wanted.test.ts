/** Settings as shared attributes, in the real interpreter. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { startRealTracker } from "../../scripts/simulator/real-tracker.ts";

const binary = process.env.ESPRUINO ?? "";
const skip = binary
  ? false
  : "skipped: set ESPRUINO=<path of Espruino for Linux> to set a tracker's settings in it";

test("a setting is taken, refused, kept over a power cut, and given back", { skip }, async (t) => {
  const tracker = await startRealTracker({
    binary,
    features: { settings: "afar", tls: "none" },
    interval_s: 3,
  });
  t.after(() => tracker.stop());
  const { thingsboard, evaluate, until, powerCut } = tracker;
  /** Until what the device tells of itself is as wanted. */
  const told = async (wanted: (told: Record<string, unknown>) => boolean) => {
    const end_ms = Date.now() + 30_000;
    while (!wanted(thingsboard.attributes("tracker"))) {
      assert.ok(Date.now() < end_ms, JSON.stringify(thingsboard.attributes("tracker")));
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
  };
  await told(({ settings }) => settings !== undefined);
  const before = Number(await evaluate("process.memory().usage"));
  const { settings, settings_refused, board, modem, modem_firmware, interpreter } =
    thingsboard.attributes("tracker");
  assert.deepEqual([board, modem, settings_refused], ["LINUX", "BG96", {}]);
  assert.match(`${modem_firmware} ${interpreter}`, /^BG96\S+ 2v\d+/);
  assert.equal((settings as Record<string, unknown>).interval_s, 3);

  thingsboard.share("tracker", { interval_s: 2, keys: "lon,lat", no_time: "server" });
  await until("tracker.status().interval_s==2", 30);
  thingsboard.share("tracker", { interval_s: "5" });
  await told((now) => JSON.stringify(now.settings_refused) === '{"interval_s":"must be whole, 1 to 86400"}');
  assert.equal(await evaluate("tracker.status().interval_s"), 2);
  const after = Number(await evaluate("process.memory().usage"));
  t.diagnostic(`${before} variables before, ${after} after two changes`);
  assert.ok(after <= before + 60, `${before} to ${after}`);

  await powerCut();
  await until("tracker.status().interval_s==2", 30);
  thingsboard.share("tracker", { interval_s: undefined });
  await until("tracker.status().interval_s==3", 60);
  await told((now) => (now.settings as Record<string, unknown>).interval_s === 3);
  const keys = thingsboard.latest("tracker").map(({ key }) => key);
  assert.ok(keys.includes("lat") && keys.includes("lon"), `${keys}`);
  // LOW_MEMORY warns only: with settings from afar a small interpreter has to collect its garbage now and then.
  assert.ok(!/"(MEMORY|CALLBACK|FIFO_FULL)"/.test(JSON.stringify(await evaluate("E.getErrorFlags()"))));
});

test("a port that the server is not at is left after three starts, and told", { skip }, async (t) => {
  const tracker = await startRealTracker({
    binary,
    features: { settings: "afar", tls: "none" },
    interval_s: 2,
  });
  t.after(() => tracker.stop());
  const { thingsboard, evaluate, until, powerCut } = tracker;
  await until("tracker.status().sent>0", 60);
  thingsboard.share("tracker", { port: 9 });
  await until('tracker.status().state!="online"', 30);
  for (let start = 0; start < 4; start++) {
    await powerCut();
    await until("global.tracker", 30);
    // Until it has tried.
    if (start < 3) await until('tracker.status().reason||tracker.status().state=="server"', 30);
  }
  await until('tracker.status().state=="online"', 60);
  const end_ms = Date.now() + 30_000;
  const refused = () => JSON.stringify(thingsboard.attributes("tracker").settings_refused);
  while (refused() !== '{"port":"server not reached"}') {
    assert.ok(Date.now() < end_ms, refused());
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  assert.deepEqual(await evaluate("E.getErrorFlags()"), []);
});
