/** The battery by a board's divider, by the modem, and by both; on a simulated flash that outlasts restarts. */
import assert from "node:assert/strict";
import { beforeEach, describe, test } from "node:test";
import type * as batteries from "../../firmware/tracker/battery.ts";
import type * as journals from "../../firmware/tracker/journal.ts";
import type * as none from "../../firmware/tracker/no-battery.ts";
import { rawFlash } from "../../scripts/simulator/espruino/raw-flash.ts";
import { bootable, bootableParts } from "../modem/fresh.ts";
import { BLOCK, createChip, START } from "./journal-rig.ts";

interface Parts {
  journal: typeof journals;
  battery: typeof batteries;
}
const boot = bootableParts<Parts>({ journal: "tracker/journal.ts", battery: "tracker/battery.ts" });

let chip: ReturnType<typeof createChip>;
let battery: typeof batteries;
let config: { low_battery?: number };
/** What the divider shows, one after the other, the last again and again. */
let readings: number[];
/** The modem's answer to AT+CBC; undefined: it is not up. */
let answer: string[] | undefined;
/** How often it was asked, and whether the answer is still to come. */
let asked: number;
let told: number[];
const DIVIDER = () => (readings.length > 1 ? (readings.shift() as number) : (readings[0] as number));

function start(modem_has_it = false): void {
  const parts = boot();
  parts.journal.openJournal(rawFlash(chip), START, START + 2 * BLOCK);
  battery = parts.battery;
  const modem = {
    status: () => ({ state: answer ? "up" : "down" }),
    at(text: string, done: (error: string, lines: string[]) => void) {
      assert.equal(text, "AT+CBC");
      asked++;
      done(answer?.length ? "" : "ERROR", answer ?? []);
      return true;
    },
  };
  battery.startBattery(config, modem as never, DIVIDER, modem_has_it, () => told.push(battery.battery_step));
}

function measure(...volts: number[]): unknown[] {
  readings = volts;
  battery.measureBattery();
  return [battery.battery_percent, battery.battery_v, battery.battery_by];
}

const UNKNOWN = [undefined, undefined, undefined];

beforeEach(() => {
  chip = createChip(4096);
  config = { low_battery: 20 };
  readings = [Number.NaN];
  answer = undefined;
  asked = 0;
  told = [];
  start();
});

describe("by the divider", () => {
  for (const [volts, percent] of [
    [4.3, 100],
    [4.2, 100],
    [4.155, 95],
    [3.95, 70],
    [3.84, 50],
    [3.71, 15],
    [3.48, 5],
    [3.27, 0],
    [2.5, 0],
  ] as const)
    test(`${volts} V is ${percent} %`, () => {
      assert.deepEqual(measure(volts), [percent, Math.round(volts * 100) / 100, "board"]);
    });

  for (const volts of [Number.NaN, 0, 1.9, 6.01, 60, -3, Number.POSITIVE_INFINITY])
    test(`${volts} V is none: unknown, and nothing changes`, () => {
      measure(3.7);
      assert.equal(battery.battery_step, 1);
      assert.deepEqual(measure(volts), UNKNOWN);
      assert.equal(battery.stretched(60), 120);
      assert.deepEqual(told, [1]);
    });

  for (const three of [
    [3.9, 0.3, 3.9],
    [9, 3.9, 3.9],
    [3.9, 3.8, 4],
    [4, 3.9, 3.8],
  ])
    test(`one reading of three that is off does not count: ${three}`, () => {
      assert.deepEqual(measure(...three), [63 + 1, 3.9, "board"]);
    });
});

describe("a low battery", () => {
  test("stretches intervals by steps that are left 5 % higher, and says so once each", () => {
    const steps = [3.9, 3.73, 3.72, 3.735, 3.74, 3.75, 3.72, 3.69, 3.6, 3.7, 3.71, 3.72, 3.9].map((volts) => {
      const [percent] = measure(volts);
      return [percent, battery.stretched(60)];
    });
    assert.deepEqual(steps, [
      [64, 60],
      [20, 60],
      [18, 120],
      [21, 120],
      [23, 120],
      [25, 60],
      [18, 120],
      [10, 120],
      [8, 240],
      [13, 240],
      [15, 120],
      [18, 120],
      [64, 60],
    ]);
    assert.deepEqual(told, [1, 1, 2]);
  });

  test("at once very low: told once", () => {
    measure(3.5);
    assert.equal(battery.stretched(86_400), 345_600);
    assert.deepEqual(told, [2]);
  });

  test("is not told again after restarts; one that was charged meanwhile is over", () => {
    measure(3.7);
    for (let i = 0; i < 3; i++) {
      start();
      assert.equal(battery.stretched(60), 120, "before it is measured");
      measure(3.7);
    }
    assert.deepEqual(told, [1]);
    start();
    measure(4.1);
    assert.equal(battery.stretched(60), 60);
    start();
    assert.equal(battery.stretched(60), 60);
    measure(3.7);
    assert.deepEqual(told, [1, 1]);
  });

  test("0: never, and from afar at once", () => {
    config.low_battery = 0;
    measure(3.3);
    assert.equal(battery.stretched(60), 60);
    config.low_battery = 20;
    measure(3.3);
    assert.equal(battery.stretched(60), 240);
    delete config.low_battery;
    measure(3.3);
    assert.equal(battery.stretched(60), 60);
    assert.deepEqual(told, [2]);
  });
});

describe("by the modem", () => {
  beforeEach(() => start(true));

  test("without a divider: asked each time it is up", () => {
    assert.deepEqual(measure(Number.NaN), UNKNOWN);
    answer = ["+CBC: 0,75,3840"];
    assert.deepEqual(measure(Number.NaN), [50, 3.84, "modem"]);
    answer = ["+CBC: 0,75,3710"];
    assert.deepEqual(measure(Number.NaN), [15, 3.71, "modem"]);
    assert.deepEqual([asked, told], [2, [1]]);
  });

  for (const lines of [[], ["+CBC: "], ["+CBC: 0,75,0"], ["+CBC: 0,75,99999"], ["nonsense"], ["+CBC: a,b,c"]])
    test(`an answer that is none is unknown: ${lines}`, () => {
      answer = lines;
      assert.deepEqual(measure(Number.NaN), UNKNOWN);
      assert.deepEqual(told, []);
    });

  test("with a divider that shows too little: once, and from then on that is right", () => {
    assert.deepEqual(measure(3.5), UNKNOWN, "nobody is alarmed before the modem said");
    answer = ["+CBC: 0,75,3950"];
    assert.deepEqual(measure(3.5), [70, 3.95, "modem"]);
    assert.deepEqual(measure((3.84 * 3.5) / 3.95), [50, 3.84, "board"]);
    answer = undefined;
    assert.deepEqual(measure((3.7 * 3.5) / 3.95), [13, 3.7, "board"]);
    assert.deepEqual([asked, told], [1, [1]]);
  });

  test("a divider that is far off is not believed", () => {
    answer = ["+CBC: 0,75,3950"];
    for (const volts of [2.1, 5.9, 0, Number.NaN]) assert.deepEqual(measure(volts), [70, 3.95, "modem"]);
    assert.equal(asked, 4);
  });

  test("a modem that does not know: the divider alone", () => {
    answer = [];
    assert.deepEqual(measure(3.84), [50, 3.84, "board"]);
  });
});

test("built without: no interval changes", () => {
  const { stretched, battery_step } = bootable<typeof none>("tracker/no-battery.ts")();
  assert.deepEqual([stretched(60), battery_step], [60, 0]);
});
