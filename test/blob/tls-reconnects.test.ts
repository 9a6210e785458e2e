/** Connections over TLS come and go: the memory stays as it was. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { sealedTls, type WorldTls } from "./tls.ts";
import { createWorld } from "./world.ts";

const RECONNECTS = 100;
/** After so many the lines that the tracker keeps of what happened are as many as it keeps. */
const LOG_RECONNECTS = 20;
/** Numbers that come over 2,047 take one each. */
const COUNTERS = 2;

/** Variables in use between two rounds, after some connections were lost, and after a hundred more. */
async function variables(tls?: WorldTls): Promise<[number, number]> {
  const world = createWorld({ ...(tls && { tls }), config: { interval_s: 60 } });
  const { board, thingsboard, lines, run, runUntil } = world;
  async function reconnect(): Promise<void> {
    thingsboard.faults.restart();
    await runUntil(/^tracker: connected/, 120);
  }
  async function atRest(): Promise<number> {
    const used: number[] = [];
    for (let i = 0; i < 15; i++) {
      await run(9);
      used.push(board.memory().usage);
    }
    return used.sort((a, b) => a - b)[7] as number;
  }
  try {
    await runUntil(/^tracker: connected/, 60);
    for (let i = 0; i < LOG_RECONNECTS; i++) await reconnect();
    const before = await atRest();
    for (let i = 0; i < RECONNECTS; i++) await reconnect();
    const connected = lines.filter((line) => line === "tracker: connected").length;
    assert.equal(connected, RECONNECTS + LOG_RECONNECTS + 1);
    return [before, await atRest()];
  } finally {
    await world.stop();
  }
}

test(`${RECONNECTS} reconnects over TLS take no more variables than without, and no more than a counter or two`, async (t) => {
  const gains: number[] = [];
  for (const tls of [undefined, sealedTls({ tls: 1 }), sealedTls({ tls: 2 })]) {
    const [before, after] = await variables(tls);
    t.diagnostic(`${before} variables in use, then ${after}`);
    gains.push(after - before);
  }
  const [plain = 0, ...others] = gains;
  assert.ok(plain <= COUNTERS, `${plain} without TLS`);
  assert.deepEqual(others, [plain, plain]);
});
