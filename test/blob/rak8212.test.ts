import assert from "node:assert/strict";
import { test } from "node:test";
import type { SerialPeer } from "../../scripts/simulator/espruino/serial-peer.ts";
import { createBoardWorld, START_MS } from "./board-world.ts";

test("the rak8212 blob on its board: reports, sets the clock, which starts at 1970, and keeps a console", async () => {
  let said = "";
  const bluetooth: SerialPeer = {
    write: (bytes) => {
      said += bytes;
    },
  };
  const { board, thingsboard, run, stop } = createBoardWorld("rak8212", {}, () => ({ Bluetooth: bluetooth }));
  try {
    board.boot();
    await run(120);
    assert.ok(thingsboard.telemetry("tracker", "Latitude").length >= 8);
    const off_s = Number(board.evaluate("getTime()")) - (START_MS / 1000 + 120);
    assert.ok(Math.abs(off_s) <= 2, `${off_s} s`);
    assert.deepEqual(board.errorFlags, []);
    // A console set to null could not be reached again: its UART is the modem's.
    bluetooth.onData?.("tracker.status().state\n");
    await run(1);
    assert.match(said, /^=.?online/m, "the console stays, over Bluetooth");
  } finally {
    await stop();
  }
});

test("a day without a server: the smallest outbox has room for a fix each ten minutes, whatever is tried meanwhile", async () => {
  const { board, modem, thingsboard, run, stop } = createBoardWorld("rak8212", { interval_s: 600 });
  try {
    board.boot();
    await run(60);
    modem.faults.openError = 566;
    thingsboard.faults.drop();
    await run(86_400);
    modem.faults.openError = 0;
    await run(3600);
    const [waiting, dropped] = ["waiting", "dropped"].map((name) =>
      Number(board.evaluate(`tracker.status().${name}`)),
    );
    assert.deepEqual({ waiting, dropped }, { waiting: 0, dropped: 0 });
    assert.ok(thingsboard.telemetry("tracker", "Latitude").length >= 144);
  } finally {
    await stop();
  }
});
