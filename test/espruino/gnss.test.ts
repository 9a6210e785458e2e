/** The firmware for a GNSS receiver with a port of its own, and without GNSS, in the real interpreter. */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { BUDGETS } from "../../scripts/budgets.ts";
import { buildBoards } from "../../scripts/build/boards.ts";
import { smallestBlob } from "../../scripts/build/smallest.ts";
import { realClock } from "../../scripts/simulator/clock.ts";
import { readFixes } from "../../scripts/simulator/gnss-log.ts";
import { interpreterRoom } from "../../scripts/simulator/interpreter.ts";
import { startRealTracker } from "../../scripts/simulator/real-tracker.ts";
import { createReceiver } from "../../scripts/simulator/receiver.ts";
import { TRACK } from "../blob/peers.ts";

const binary = process.env.ESPRUINO ?? "";
const skip = binary ? false : "set ESPRUINO to the path of Espruino for Linux";
const LOG = readFileSync(TRACK, "latin1");
/** As the board's interpreter has them: a float of 64 bits may differ in its last digit. */
const NEAR = 2e-6;

/** The sentences' readers are for boards with a second UART, and all larger than a RAK8212. */
const TOO_SMALL = "too few variables";
const isTooSmall = async () => (await interpreterRoom(binary)).variables <= BUDGETS.variables;

async function blobWith(gnss: string): Promise<string> {
  return (await buildBoards(["linux"], undefined, { gnss })).get("linux")?.code ?? "";
}

test("fixes of a receiver on a second port arrive, with its time", { skip, timeout: 120_000 }, async (t) => {
  if (await isTooSmall()) return t.skip(TOO_SMALL);
  const receiver = createReceiver({ clock: realClock, log: LOG });
  const { thingsboard, modem, until, evaluate, stop } = await startRealTracker({
    binary,
    blob: await blobWith("nmea"),
    receiver: receiver.peer,
    config: { fix_timeout_s: 5 },
  });
  try {
    await until("tracker.status().sent>=5", 60);
    const places = readFixes(LOG);
    const longitudes = thingsboard.telemetry("tracker", "Longitude");
    for (const [i, { ts, value }] of thingsboard.telemetry("tracker", "Latitude").entries()) {
      const near = (a: number, b: unknown) => Math.abs(a - Number(b)) < NEAR;
      assert.ok(
        places.some((fix) => near(fix.latitude, value) && near(fix.longitude, longitudes[i]?.value)),
        `never at ${value}, ${longitudes[i]?.value}`,
      );
      assert.ok(Math.abs(ts - Date.now()) < 60_000, new Date(ts).toISOString());
    }
    assert.doesNotMatch(modem.transcript.toString(), /QGPS/);
    receiver.sees = false;
    await until('tracker.status().gnss.indexOf("open sky")>0', 30);
    assert.deepEqual(await evaluate("E.getErrorFlags()"), []);
  } finally {
    receiver.dispose();
    await stop();
  }
});

test("a port that is not there is said in a line, and the tracker connects", {
  skip,
  timeout: 60_000,
}, async (t) => {
  if (await isTooSmall()) return t.skip(TOO_SMALL);
  const { until, evaluate, lines, stop } = await startRealTracker({
    binary,
    blob: await blobWith("nmea"),
    config: { gnss_port: "/dev/no-such-port", fix_timeout_s: 5 },
  });
  try {
    await until('tracker.status().state=="online"', 30);
    await until('tracker.status().gnss.indexOf("silent")>0', 30);
    assert.ok(lines.includes("gnss: GNSS receiver silent: check power, wiring"), lines.join("\n"));
    assert.deepEqual(await evaluate("E.getErrorFlags()"), []);
  } finally {
    await stop();
  }
});

test("without GNSS it connects, and reports what is its own", { skip, timeout: 60_000 }, async () => {
  const { thingsboard, until, evaluate, stop } = await startRealTracker({
    binary,
    blob: (await isTooSmall()) ? await smallestBlob({ gnss: "none" }) : await blobWith("none"),
  });
  try {
    await until('tracker.status().state=="online"', 30);
    assert.equal(await evaluate("tracker.report({doors:2})"), "");
    await until("tracker.status().sent>=2", 30);
    assert.equal(thingsboard.telemetry("tracker", "doors").at(-1)?.value, 2);
    assert.equal(await evaluate("tracker.status().gnss"), "built without GNSS");
    assert.deepEqual(await evaluate("E.getErrorFlags()"), []);
  } finally {
    await stop();
  }
});
