import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { createClock } from "@sinonjs/fake-timers";
import { fromFakeTimers } from "../../scripts/simulator/clock.ts";
import { createBoard } from "../../scripts/simulator/espruino/board.ts";
import { fromBytes } from "../../scripts/simulator/espruino/bytes.ts";
import { createFlash } from "../../scripts/simulator/espruino/flash.ts";
import type { SerialPeer } from "../../scripts/simulator/espruino/machine.ts";
import { boardSpecs, flashOf } from "../../scripts/simulator/espruino/specs.ts";
import { writeFile } from "../../scripts/simulator/espruino/storage.ts";
import { createModem } from "../../scripts/simulator/modem/modem.ts";
import { createThingsBoard } from "../../scripts/simulator/thingsboard/server.ts";
import { duplexPair } from "../simulator/duplex-pair.ts";

const TRACK = new URL(
  "../../scripts/simulator/tracks/berlin-alexanderplatz-to-charlottenburg.nmea",
  import.meta.url,
);
const BLOB = new URL("../../dist/rak8212.js", import.meta.url);
const NOW_MS = Date.UTC(2026, 5, 1, 12);

test("the rak8212 blob on its board: reports, sets the clock, which starts at 1970, and keeps a console", async () => {
  const timers = createClock(NOW_MS);
  const clock = fromFakeTimers(timers);
  const thingsboard = createThingsBoard({ devices: [{ name: "tracker", token: "T" }], clock });
  const modem = createModem({
    clock,
    startsOn: true,
    gnss: { log: readFileSync(TRACK, "latin1"), time: "now" },
    connect: () => {
      const [near, far] = duplexPair();
      thingsboard.accept(far);
      return near;
    },
  });
  // Until the firmware sets the UART up, it is the console's, on other pins than the modem's.
  let connected = false;
  const peer: SerialPeer = {
    write: (bytes) => connected && modem.receive(bytes),
    setBaud: (baud) => {
      connected = baud === 115200;
    },
  };
  modem.onTransmit = (bytes) => connected && peer.onData?.(bytes);
  let said = "";
  const bluetooth: SerialPeer = {
    write: (bytes) => {
      said += bytes;
    },
  };
  const flash = createFlash(flashOf(boardSpecs.rak8212));
  const serials = { Serial1: peer, Bluetooth: bluetooth };
  const board = createBoard({ board: boardSpecs.rak8212, flash, clock, serials });
  const settings = { server: { host: "h", username: "T" }, apn: "internet", interval_s: 10 };
  writeFile(board.storage, ".bootcde", fromBytes(readFileSync(BLOB, "latin1")));
  writeFile(board.storage, "tb.json", fromBytes(JSON.stringify(settings)));
  try {
    board.boot();
    for (let s = 0; s < 120; s++) await timers.tickAsync(1000);
    assert.ok(thingsboard.telemetry("tracker", "Latitude").length >= 8);
    const off_s = Number(board.evaluate("getTime()")) - (NOW_MS / 1000 + 120);
    assert.ok(Math.abs(off_s) <= 2, `${off_s} s`);
    assert.deepEqual(board.errorFlags, []);
    // A console set to null could not be reached again: its UART is the modem's.
    bluetooth.onData?.("tracker.status().state\n");
    await timers.tickAsync(1000);
    assert.match(said, /^=.?online/m, "the console stays, over Bluetooth");
  } finally {
    board.dispose();
    modem.dispose();
    await thingsboard.close();
  }
});
