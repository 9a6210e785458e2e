import assert from "node:assert/strict";
import { test } from "node:test";
import { connectAsync } from "mqtt";
import { startRealTracker } from "../../scripts/simulator/real-tracker.ts";
import { hasMosquitto, startMosquitto } from "./broker.ts";

const binary = process.env.ESPRUINO;
/** How long to report; 600 for the figures of a release. */
const SECONDS = Number(process.env.SOAK_SECONDS ?? 30);
const INTERVAL_S = 5;
const skip = !binary
  ? "skipped: set ESPRUINO=<path of Espruino for Linux> to run the blob in it"
  : hasMosquitto()
    ? false
    : "skipped: mosquitto is not installed";

test(`the blob reports to Mosquitto for ${SECONDS} s, answers RPC, and does not grow`, {
  skip,
}, async (t) => {
  const broker = await startMosquitto();
  const client = await connectAsync(`mqtt://127.0.0.1:${broker.port}`, { reconnectPeriod: 200 });
  const times: number[] = [];
  let replies = 0;
  client.on("message", (topic, payload) => {
    if (!topic.endsWith("telemetry")) replies++;
    else
      for (const { ts, values } of [JSON.parse(payload.toString())].flat())
        if ("Latitude" in values) times.push(ts);
  });
  await client.subscribeAsync(["v1/devices/me/telemetry", "v1/devices/me/rpc/response/+"], { qos: 1 });
  const tracker = await startRealTracker({
    binary: binary as string,
    interval_s: INTERVAL_S,
    broker_port: broker.port,
  });
  try {
    await tracker.until("tracker.status().sent>=2", 60);
    const usage: number[] = [];
    let calls = 0;
    for (const end_ms = Date.now() + SECONDS * 1000; Date.now() < end_ms; ) {
      await new Promise((resolve) => setTimeout(resolve, 5000));
      const method = ["getPosition", "getStatus", "nonsense"][calls++ % 3];
      await client.publishAsync(`v1/devices/me/rpc/request/${calls}`, JSON.stringify({ method }), { qos: 1 });
      await new Promise((resolve) => setTimeout(resolve, 5000));
      usage.push(Number(await tracker.evaluate("process.memory().usage")));
    }
    t.diagnostic(`variables in use: ${usage.join(" ")}`);
    t.diagnostic(`${times.length} fixes, ${replies} of ${calls} calls answered`);
    assert.ok(times.length >= SECONDS / INTERVAL_S - 1, `${times.length} fixes`);
    assert.equal(new Set(times).size, times.length, "each once");
    assert.equal(replies, calls);
    // At rest: a sample taken in the middle of a send has its buffers.
    const half = usage.length >> 1;
    assert.ok(Math.min(...usage.slice(half)) <= Math.min(...usage.slice(0, half)) + 3, usage.join(" "));
    assert.deepEqual(await tracker.evaluate("E.getErrorFlags()"), []);
  } finally {
    await tracker.stop();
    await client.endAsync();
    await broker.stop();
  }
});
