import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { type Device, DeviceError, EvaluationError } from "../../scripts/device/device.ts";
import type { Relay } from "../../scripts/flash/relay.ts";
import { accelerometerFault, batteryFault, gnssFault } from "../../scripts/line/parts.ts";

const PINS = { scl: "D13", sda: "D14" };
const answering = (evaluate: () => Promise<unknown>): Device => ({ evaluate }) as unknown as Device;
const saying = (told: unknown): Device => answering(async () => told);

describe("the accelerometer", () => {
  test("works when it says its name", async () => {
    assert.deepEqual(await accelerometerFault(saying(0x33), PINS), []);
  });

  test("is told when nobody answers, or the bus is held low", async () => {
    assert.match(
      (await accelerometerFault(saying(0xff), PINS)).join(),
      /^the accelerometer .*it says 255, not 51.*--skip acc/,
    );
    const held = answering(() => Promise.reject(new EvaluationError("I2C Error: Arbitration (start)")));
    assert.match((await accelerometerFault(held, PINS)).join(), /\(I2C Error: Arbitration \(start\)\)/);
  });

  test("is not blamed for a board that is lost", async () => {
    const lost = answering(() => Promise.reject(new DeviceError("connection lost")));
    await assert.rejects(accelerometerFault(lost, PINS), /connection lost/);
  });
});

describe("the battery", () => {
  for (const [volts, isRight] of [
    [3.39, false],
    [3.4, true],
    [4.2, true],
    [4.51, false],
    [null, false],
  ] as const)
    test(`at ${volts} V`, async () => {
      const faults = await batteryFault("analogRead(B0)", saying(volts), {} as Relay);
      assert.equal(faults.length === 0, isRight, faults.join());
    });
});

/** A modem whose engine answers so, try by try. */
function engine(...tries: string[][]): Relay & { asked: number } {
  const relay = {
    asked: 0,
    ask: async () => (tries[relay.asked++] ?? tries.at(-1) ?? []).map((line) => [line]),
  };
  return relay as unknown as Relay & { asked: number };
}

describe("the GNSS engine", () => {
  for (const [what, relay, wanted] of [
    ["runs without a fix", engine(["OK", "+CME ERROR: 516", "OK"]), 0],
    ["runs already", engine(["+CME ERROR: 504", "+CME ERROR: 516", "OK"]), 0],
    [
      "is busy for a while",
      engine(["+CME ERROR: 503", "+CME ERROR: 505", "OK"], ["OK", "+CME ERROR: 516", "OK"]),
      0,
    ],
    ["is busy for ever", engine(["+CME ERROR: 503", "+CME ERROR: 505", "OK"]), 1],
    ["is not there", engine(["ERROR", "ERROR", "ERROR"]), 1],
    ["does not answer", engine([]), 1],
  ] as const)
    test(what, async () => {
      assert.equal((await gnssFault(relay)).length, wanted);
      assert.ok(relay.asked <= 5);
    });
});
