import assert from "node:assert/strict";
import { test } from "node:test";
import { createWorld } from "./world.ts";

for (const [interval_s, telemetry_messages] of [
  [1, "5:10"],
  [5, "5:10,100:3600"],
] as const)
  test(`a fix each ${interval_s} s, ${telemetry_messages} messages: they wait and go together`, async () => {
    const { run, lines, thingsboard, stop } = createWorld({
      config: { interval_s },
      rate_limits: { telemetry_messages },
    });
    try {
      await run(1200);
      assert.deepEqual(lines.slice(1), ["tracker: connected"], "the server never hangs up");
      const { length } = thingsboard.telemetry("tracker", "Latitude");
      assert.ok(length >= Math.min(1100 / interval_s, 600), `${length} fixes`);
    } finally {
      await stop();
    }
  });
