/** Where there is no fix the blob reports the cell, and where there could be one sooner it has the modem fetch data. */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { afterEach, test } from "node:test";
import { REAL_STARTS } from "../../scripts/simulator/modem/gnss.ts";
import { xtraServers } from "../../scripts/simulator/modem/xtra.ts";
import { TRACK } from "./peers.ts";
import { createWorld, type WorldChanges } from "./world.ts";

let stop: (() => Promise<void>) | undefined;
afterEach(async () => {
  await stop?.();
  stop = undefined;
});

function start(changes: WorldChanges) {
  const world = createWorld(changes);
  stop = world.stop;
  return world;
}

const SLOW = { interval_s: 300, fix_timeout_s: 20 };

test("no fix: the cell, with its time, and no place", async () => {
  const { run, thingsboard, clock } = start({ config: { ...SLOW, cell: 1 }, modem: { gnss: {} } });
  const start_ms = clock.now();
  await run(700);
  const cells = thingsboard.telemetry("tracker", "cell");
  assert.equal(cells.length, 3);
  const { ts, value } = cells[0] as (typeof cells)[0];
  assert.ok(ts > start_ms && ts < start_ms + 60_000, `${ts - start_ms}`);
  const told = typeof value === "string" ? JSON.parse(value) : value;
  assert.deepEqual(told, {
    mcc: 262,
    mnc: 1,
    tac: 0x1a2b,
    cell: 0x1c3d4e5,
    rat: "CAT-M",
    signal_dbm: -92,
  });
  assert.equal(thingsboard.telemetry("tracker", "Latitude").length, 0);
});

test("a fix: no cell; and none unless it is wanted", async () => {
  const fixed = start({ config: { ...SLOW, cell: 1 } });
  await fixed.run(400);
  assert.ok(fixed.thingsboard.telemetry("tracker", "Latitude").length > 0);
  assert.equal(fixed.thingsboard.telemetry("tracker", "cell").length, 0);
  await stop?.();
  const unwanted = start({ config: SLOW, modem: { gnss: {} } });
  await unwanted.run(400);
  assert.equal(unwanted.thingsboard.telemetry("tracker", "cell").length, 0);
  assert.doesNotMatch(unwanted.modem.transcript.bytes("host"), /QENG/);
});

test("data for a sooner fix come beside the connection, which stays", async () => {
  const { run, modem, clock, thingsboard, board } = start({
    config: { ...SLOW, fix_timeout_s: 120, assistance: 1 },
    modem: {
      http: (url) => xtraServers(() => clock.now())(url),
      gnss: { log: readFileSync(TRACK, "latin1"), time: "now", starts: REAL_STARTS },
    },
  });
  await run(120);
  // It is on from the modem's next start on; the firmware does not make one for it.
  assert.match(modem.transcript.bytes("host"), /AT\+QGPSXTRA=1\r/);
  modem.inject.reset();
  let connects = 0;
  await run(120);
  thingsboard.on("connect", () => connects++);
  await run(2.5 * 3600);
  assert.match(modem.transcript.bytes("host"), /AT\+QGPSXTRADATA="UFS:xtra2.bin"\r/);
  assert.equal(modem.files.size, 0);
  assert.equal(connects, 0);
  assert.equal(board.running, true);
});
