import assert from "node:assert/strict";
import { test } from "node:test";
import { startRealTracker } from "../../scripts/simulator/real-tracker.ts";

const binary = process.env.ESPRUINO;
const skip = binary ? false : "skipped: set ESPRUINO=<path of Espruino for Linux> to run the blob in it";

test("the linux blob connects, reports and answers RPC in the real interpreter", { skip }, async () => {
  const { thingsboard, modem, lines, evaluate, until, stop } = await startRealTracker({
    binary: binary as string,
  });
  try {
    await until('tracker.status().state=="online"', 30);
    // In this interpreter alone undefined is more than "a", and so no AT+QICLOSE was ever sent. It writes in pieces.
    const written = modem.transcript.entries.filter(({ from }) => from === "host").map(({ bytes }) => bytes);
    assert.match(written.join(""), /AT\+QICLOSE=0[\s\S]*AT\+QIOPEN=1,0/);
    await until("tracker.status().sent>=2", 30);
    const position = (await thingsboard.rpc("tracker", "getPosition")) as { latitude: number };
    assert.ok(Math.abs(position.latitude - 52.52) < 0.05);
    assert.deepEqual(await thingsboard.rpc("tracker", "nonsense"), { error: "unknown method nonsense" });

    const usage = async () => Number(await evaluate("process.memory().usage"));
    const before = await usage();
    await until("tracker.status().sent>=7", 30);
    const latitudes = thingsboard.telemetry("tracker", "Latitude");
    assert.ok(latitudes.length >= 6);
    assert.ok(
      latitudes.every(({ value }) => /^52\.\d{1,6}$/.test(String(value))),
      "rounded on the wire",
    );
    assert.ok((await usage()) <= before + 3, `${before} to ${await usage()} variables`);

    const calls = thingsboard.telemetry("tracker", "Latitude").length;
    thingsboard.faults.restart();
    await until('tracker.status().state!="online"', 30);
    await until('tracker.status().state=="online"', 60);
    await until("tracker.status().waiting==0", 30);
    modem.inject.pdpdeact();
    await until('tracker.status().state!="online"', 30);
    await until('tracker.status().state=="online"', 60);
    assert.ok(thingsboard.telemetry("tracker", "Latitude").length > calls);

    assert.deepEqual(await evaluate("E.getErrorFlags()"), []);
    assert.ok(!lines.some((line) => /Uncaught|MEMORY/.test(line)), lines.join("\n"));
  } finally {
    await stop();
  }
});
