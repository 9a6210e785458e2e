/** Whose time is believed, in the built tracker: the network's, the receiver's, or what the board's clock shows. */
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { Faults } from "../../scripts/simulator/modem/faults.ts";
import { createBoardWorld, START_MS } from "./board-world.ts";

const DAY_MS = 86_400_000;
const WEEKS_MS = 1024 * 7 * DAY_MS;

/** The times of the fixes that the server has after so long, s since the start. */
async function delivered(
  board: "linux" | "rak8212",
  faults: Partial<Faults>,
  seconds = 300,
): Promise<number[]> {
  const world = createBoardWorld(board);
  Object.assign(world.modem.faults, faults);
  try {
    world.board.boot();
    await world.run(seconds);
    return world.thingsboard
      .telemetry("tracker", "Latitude")
      .map(({ ts }) => (ts - START_MS) / 1000)
      .sort((a, b) => a - b);
  } finally {
    await world.stop();
  }
}

/** One each ten seconds from the start on; the first round may be shorter. */
function assertRight(times_s: number[], least = 26): void {
  assert.ok(times_s.length >= least, `${times_s.length} fixes`);
  assert.ok((times_s[0] as number) >= 0 && (times_s[0] as number) <= 40, `${times_s}`);
  for (const [i, time_s] of times_s.slice(1).entries()) {
    const gap_s = time_s - (times_s[i] as number);
    assert.ok(gap_s >= (i ? 9 : 1) && gap_s <= 11, `${times_s}`);
  }
}

// Linux shows the true time, a board that was just switched on 1970.
for (const board of ["linux", "rak8212"] as const)
  describe(board, () => {
    test("all is well", async () => {
      assertRight(await delivered(board, {}));
    });

    for (const off_ms of [-WEEKS_MS, WEEKS_MS, -2 * WEEKS_MS])
      test(`the engine is ${(off_ms / WEEKS_MS) * 1024} weeks off: its fixes have the right time`, async () => {
        assertRight(await delivered(board, { gnssTimeOff_ms: off_ms }));
      });

    for (const off_ms of [20 * 365.25 * DAY_MS, 100 * DAY_MS, -100 * DAY_MS])
      test(`the network is right, the first fix ${off_ms / DAY_MS} days off, the others are right`, async () => {
        assertRight(await delivered(board, { gnssTimeOff_ms: off_ms, gnssTimeOffFixes: 1 }));
      });

    test("only the network is right, by its modem's clock in local time", async () => {
      assertRight(await delivered(board, { noNetworkTime: true, localClock: true }));
    });
  });

test("the network is 30 days off: two fixes mend the clock, and the samples from then on are right", async () => {
  const times_s = await delivered("rak8212", { networkTimeOff_ms: 30 * DAY_MS });
  const right = times_s.filter((time_s) => time_s <= 300);
  assert.ok(times_s.length - right.length <= 3, `${times_s}`);
  assert.ok(right.length >= 24, `${times_s}`);
});
