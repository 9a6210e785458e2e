/** The driver against the simulated chip, on a fake clock. */
import assert from "node:assert/strict";
import { afterEach, beforeEach, describe, test } from "node:test";
import { type Clock, install } from "@sinonjs/fake-timers";
import type * as drivers from "../../firmware/motion/lis3dh.ts";
import { fromFakeTimers } from "../../scripts/simulator/clock.ts";
import { boardSpecs } from "../../scripts/simulator/espruino/specs.ts";
import { type Accelerometer, createLis3dh } from "../../scripts/simulator/sensors/lis3dh.ts";
import { bootable } from "../modem/fresh.ts";

const boot = bootable<typeof drivers>("motion/lis3dh.ts");

const HOUR_S = 3600;
/** g, below or above each threshold. */
const [HAND, JOLT, KICK] = [0.06, 0.15, 0.5];

let timers: Clock;
let chip: Accelerometer;
let driver: typeof drivers;
let lines: string[];
/** When it said so, s. */
let alarms: number[];
let watches: Map<number, () => void>;
let born: number;
/** Nobody acknowledges, as the chip's own I2C of an nRF52 tells it; else as software reads it. */
let throws: boolean;
/** Edges are lost. */
let deaf: boolean;

const bus = {
  writeTo(address: number, data: number | number[]) {
    assert.equal(address, chip.address);
    if (chip.answers) chip.write(Uint8Array.from([data].flat()));
    else if (throws) throw new Error("I2C Write Error 33281");
  },
  readFrom(address: number, count: number) {
    assert.equal(address, chip.address);
    if (!chip.answers && throws) throw new Error("I2C Read Error 33281");
    return chip.answers ? chip.read(count) : new Uint8Array(count).fill(0xff);
  },
};
const pin = { read: () => chip.interrupt };

function start(word: string): void {
  driver.listenForMotion(
    () => bus,
    pin,
    word,
    () => alarms.push((timers.now - born) / 1000),
  );
}

/** What the status has of it. */
function words(): unknown {
  const found: { motion?: string } = {};
  driver.tellMotion(found);
  return found.motion;
}

const pass = (seconds: number): void => void timers.tick(seconds * 1000);

beforeEach(() => {
  timers = install({ now: Date.UTC(2026, 0, 1) });
  born = timers.now;
  lines = [];
  alarms = [];
  watches = new Map();
  throws = deaf = false;
  chip = createLis3dh(boardSpecs.rak5010.accelerometer, fromFakeTimers(timers));
  chip.onInterrupt = (level) => {
    if (level && !deaf) for (const callback of watches.values()) callback();
  };
  let id = 0;
  Object.assign(globalThis, {
    print: (line: string) => lines.push(line),
    setWatch(callback: () => void, its_pin: unknown, options: unknown) {
      assert.equal(its_pin, pin);
      assert.deepEqual(options, { edge: "rising", repeat: true });
      watches.set(++id, callback);
      return id;
    },
    clearWatch: (its_id: number) => watches.delete(its_id),
  });
  driver = boot();
});
afterEach(() => timers.uninstall());

describe("an accelerometer at rest", () => {
  for (const word of ["low", "medium", "high"])
    test(`says nothing, whatever gravity and the filter's settling do: ${word}`, () => {
      start(word);
      pass(10 * HOUR_S);
      assert.deepEqual(alarms, []);
      assert.deepEqual(lines, []);
      assert.equal(watches.size, 1);
      assert.deepEqual([chip.rate_hz, chip.lowPower], [10, true]);
    });

  test("none: it is left alone, and was switched off when it was on", () => {
    start("none");
    pass(1);
    assert.equal(chip.rate_hz, 0);
    assert.equal(words(), undefined);
    start("high");
    pass(1);
    assert.equal(words(), "above 48 mg");
    start("none");
    chip.move(KICK, 60);
    pass(60);
    assert.deepEqual([chip.rate_hz, watches.size, alarms], [0, 0, []]);
    assert.equal(words(), undefined);
  });
});

describe("a move", () => {
  for (const [word, felt] of [
    ["high", [HAND, JOLT, KICK]],
    ["medium", [JOLT, KICK]],
    ["low", [KICK]],
  ] as const)
    test(`is told within a second where it is strong enough: ${word}`, () => {
      for (const g of [HAND, JOLT, KICK]) {
        alarms = [];
        start(word);
        pass(1);
        chip.move(g, 2);
        pass(1);
        assert.equal(alarms.length, felt.includes(g as never) ? 1 : 0, `${g} g`);
        pass(60);
      }
    });

  test("that goes on is told each 15 s, with one edge of the pin each", () => {
    start("medium");
    pass(1);
    let edges = 0;
    const { onInterrupt } = chip;
    chip.onInterrupt = (level) => {
      if (level) edges++;
      onInterrupt?.(level);
    };
    chip.move(JOLT, 300);
    pass(300);
    assert.equal(alarms.length, 20);
    assert.equal(edges, 20);
    alarms.slice(1).forEach((at, i) => {
      assert.ok(at - (alarms[i] as number) >= 15 && at - (alarms[i] as number) <= 15.3, `${at}`);
    });
    pass(HOUR_S);
    assert.equal(alarms.length, 20, "and no more when it ends");
    assert.equal(chip.interrupt, false);
  });

  test("whose edge was lost is found by the next look at the pin", () => {
    start("high");
    pass(1);
    deaf = true;
    chip.move(JOLT, 1);
    pass(5);
    assert.deepEqual(alarms, []);
    deaf = false;
    driver.checkMotion();
    assert.equal(alarms.length, 1);
    driver.checkMotion();
    assert.equal(alarms.length, 1, "once");
    pass(20);
    chip.move(JOLT, 1);
    pass(1);
    assert.equal(alarms.length, 2);
  });

  test("is felt again after a restart, whatever was latched before", () => {
    start("high");
    pass(1);
    chip.move(JOLT, 1);
    pass(2);
    assert.equal(chip.interrupt, true);
    // The chip of the accelerometer keeps its power.
    watches.clear();
    driver = boot();
    alarms = [];
    start("high");
    pass(1);
    assert.deepEqual([chip.interrupt, alarms], [false, []]);
    chip.move(JOLT, 1);
    pass(1);
    assert.equal(alarms.length, 1);
  });
});

describe("false alarms", () => {
  test("make it less sensitive and more quiet by steps, up to a limit; true ones undo them", () => {
    start("medium");
    pass(1);
    const thresholds = ["above 96 mg"];
    const said = () => thresholds.push(words() as string);
    for (let i = 0; i < 6; i++) {
      driver.motionWas(false);
      said();
    }
    assert.deepEqual(
      thresholds.map((each) => Number(each.split(" ")[1])),
      [96, 144, 192, 240, 288, 288, 288],
    );
    chip.move(JOLT, 600);
    pass(600);
    assert.deepEqual(alarms, [], "the same shaking is no alarm any more");
    chip.move(KICK, 600);
    pass(600);
    assert.equal(alarms.length, 3, "and stronger one is one each 240 s");
    for (let i = 0; i < 6; i++) driver.motionWas(true);
    assert.equal(words(), "above 96 mg");
    pass(300);
    alarms = [];
    chip.move(JOLT, 60);
    pass(60);
    assert.equal(alarms.length, 4);
  });

  test("do nothing to one that is off", () => {
    start("none");
    driver.motionWas(false);
    driver.motionWas(true);
    driver.checkMotion();
    assert.equal(words(), undefined);
    assert.deepEqual(lines, []);
  });
});

describe("an accelerometer that does not answer", () => {
  for (const how of [true, false])
    test(`is one line, and is found when it answers within an hour: ${how ? "an error" : "all ones"}`, () => {
      throws = how;
      chip.dead = true;
      start("high");
      const why = how ? "I2C Write Error 33281" : "does not answer";
      assert.deepEqual(lines, [`accelerometer: ${why}`]);
      assert.equal(words(), `accelerometer: ${why}`);
      pass(5 * HOUR_S);
      assert.equal(lines.length, 1);
      chip.dead = false;
      pass(HOUR_S + 1);
      assert.equal(words(), "above 48 mg");
      chip.move(JOLT, 1);
      pass(1);
      assert.equal(alarms.length, 1);
    });

  for (const how of [true, false])
    test(`any more: the same, and its watch is gone: ${how ? "an error" : "all ones"}`, () => {
      throws = how;
      start("high");
      pass(1);
      chip.move(JOLT, 60);
      pass(1);
      assert.equal(alarms.length, 1);
      chip.dead = true;
      pass(HOUR_S / 2);
      assert.equal(lines.length, 1, `${lines}`);
      assert.deepEqual([alarms.length, watches.size], [1, 0]);
      chip.dead = false;
      pass(HOUR_S);
      assert.deepEqual([lines.length, watches.size], [1, 1]);
    });

  test("between two of its steps: told, too", () => {
    start("high");
    chip.dead = true;
    pass(1);
    assert.deepEqual(lines, ["accelerometer: does not answer"]);
    assert.equal(watches.size, 0);
  });

  test("is not tried again once the setting is none", () => {
    chip.dead = true;
    start("high");
    start("none");
    pass(1);
    chip.dead = false;
    pass(3 * HOUR_S);
    assert.deepEqual([chip.rate_hz, watches.size], [0, 0]);
    assert.equal(words(), undefined);
  });

  test("is another chip: says which", () => {
    const { read } = chip;
    chip.read = (count) => (count === 1 ? Uint8Array.of(0x44) : read(count));
    start("high");
    assert.deepEqual(lines, ["accelerometer: is no LIS3DH but 68"]);
  });
});
