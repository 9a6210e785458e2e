/** The cell where there is no fix, and data for a sooner one, in the real interpreter. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { xtraServers } from "../../scripts/simulator/modem/xtra.ts";
import { startRealTracker } from "../../scripts/simulator/real-tracker.ts";

const binary = process.env.ESPRUINO ?? "";
const skip = binary ? false : "skipped: set ESPRUINO=<path of Espruino for Linux> to run the blob in it";

test("no sky: the cell is reported, and the modem has data before the next round", {
  skip,
  timeout: 120_000,
}, async (t) => {
  const tracker = await startRealTracker({
    binary,
    features: { cell: "yes", assistance: "yes" },
    interval_s: 150,
    config: { fix_timeout_s: 5, cell: 1, assistance: 1 },
    modem: { http: xtraServers(Date.now), gnss: { xtra: true } },
  });
  t.after(() => tracker.stop());
  const { thingsboard, modem, evaluate, until, lines } = tracker;
  await until("tracker.status().sent>1", 60);
  const [first] = thingsboard.telemetry("tracker", "cell");
  assert.deepEqual(first && (typeof first.value === "string" ? JSON.parse(first.value) : first.value), {
    mcc: 262,
    mnc: 1,
    tac: 0x1a2b,
    cell: 0x1c3d4e5,
    rat: "CAT-M",
    signal_dbm: -92,
  });
  assert.equal(thingsboard.telemetry("tracker", "Latitude").length, 0);
  const before = Number(await evaluate("process.memory().usage"));
  await evaluate("tracker.report({n:1})");
  for (let s = 0; s < 40 && !/QGPSXTRADATA="UFS/.test(modem.transcript.bytes("host")); s++)
    await new Promise((resolve) => setTimeout(resolve, 1000));
  assert.match(
    modem.transcript.bytes("host"),
    /AT\+QGPSXTRATIME=0,"20\d\d\/\d\d\/\d\d,\d\d:\d\d:\d\d",1,1,3500\r/,
  );
  await new Promise((resolve) => setTimeout(resolve, 1000));
  assert.equal(modem.files.size, 0);
  assert.doesNotMatch(lines.join(), /assistance/);
  const after = Number(await evaluate("process.memory().usage"));
  assert.ok(after <= before + 40, `${before} to ${after} variables`);
});
