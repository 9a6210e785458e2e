import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { createClock } from "@sinonjs/fake-timers";
import { fromFakeTimers } from "../../scripts/simulator/clock.ts";
import { createModem } from "../../scripts/simulator/modem/modem.ts";
import { createThingsBoard } from "../../scripts/simulator/thingsboard/server.ts";
import { createSimulatedBoard } from "../../scripts/simulator/world.ts";
import { duplexPair } from "../simulator/duplex-pair.ts";
import { TOKEN, TRACK } from "./world.ts";

const BLOB = readFileSync(new URL("../../dist/linux.js", import.meta.url), "latin1");

for (const [interval_s, telemetry_messages] of [
  [1, "5:10"],
  [5, "5:10,100:3600"],
] as const)
  test(`a fix each ${interval_s} s, ${telemetry_messages} messages: they wait and go together`, async () => {
    const timers = createClock(Date.UTC(2026, 5, 1, 12));
    const clock = fromFakeTimers(timers);
    const device = { name: "tracker", token: TOKEN, rate_limits: { telemetry_messages } };
    const thingsboard = createThingsBoard({ devices: [device], clock });
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
    const lines: string[] = [];
    const board = createSimulatedBoard({
      clock,
      modem,
      blob: BLOB,
      config: { server: { host: "server.example", username: TOKEN }, apn: "internet", interval_s },
      print: (line) => lines.push(line),
    });
    try {
      board.boot();
      for (let s = 0; s < 1200; s++) await timers.tickAsync(1000);
      assert.deepEqual(lines.slice(1), ["tracker: connected"], "the server never hangs up");
      const { length } = thingsboard.telemetry("tracker", "Latitude");
      assert.ok(length >= Math.min(1100 / interval_s, 600), `${length} fixes`);
    } finally {
      board.dispose();
      modem.dispose();
      await thingsboard.close();
    }
  });
