/** The meter: states over time are charge, by the table of currents. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { createClock } from "@sinonjs/fake-timers";
import { BOARDS, type BoardName } from "../../scripts/boards.ts";
import { fromFakeTimers } from "../../scripts/simulator/clock.ts";
import { CURRENTS, type Current, RADIO } from "../../scripts/simulator/energy/currents.ts";
import type { ModuleState } from "../../scripts/simulator/energy/loads.ts";
import { createMeter } from "../../scripts/simulator/energy/meter.ts";

const HOUR_MS = 3_600_000;

function rig(board: BoardName = "rak5010") {
  const timers = createClock(0);
  const meter = createMeter({ clock: fromFakeTimers(timers), board });
  return {
    meter,
    hours: (hours: number) => timers.tick(hours * HOUR_MS),
    tick: (ms: number) => timers.tick(ms),
  };
}

const near = (actual: number, expected: number, what = ""): void =>
  assert.ok(Math.abs(actual - expected) < 1e-9, `${what} ${actual}, not ${expected}`);

test("each figure says where it is from, and off draws less than on", () => {
  const all: Current[] = [];
  const gather = (value: object): void => {
    if ("mA" in value) all.push(value as Current);
    else Object.values(value).forEach(gather);
  };
  gather(CURRENTS);
  for (const { mA, mark, source } of all)
    assert.ok(mA >= 0 && source.length > 8 && /^(datasheet|estimate)$/.test(mark), `${mA} ${source}`);
  for (const board of BOARDS) {
    const { module, transmitter } = CURRENTS[board].modem;
    const rising: ModuleState[] = ["unpowered", "off", "asleep without radio", "asleep", "idle", "connected"];
    const figures = [...rising.map((state) => module[state].mA), transmitter.mA];
    assert.deepEqual(
      figures,
      [...figures].sort((a, b) => a - b),
      board,
    );
  }
});

test("an hour in each state of the modem is its mA as mAh", () => {
  const { meter, hours } = rig();
  const { module } = CURRENTS.rak5010.modem;
  let expected = 0;
  for (const state of Object.keys(module) as ModuleState[]) {
    meter.module(state);
    hours(1);
    expected += module[state].mA;
    const { states, loads } = meter.read();
    assert.equal(states.modem[state]?.seconds, 3600, state);
    near(states.modem[state]?.mAh ?? 0, module[state].mA, state);
    near(loads.modem, expected, state);
  }
  assert.equal(meter.read().radio_s, 2 * 3600, "searching, and connected");
});

test("nothing on but the board, asleep with its modem in PSM: RAK5010's 13 µA, and what Bluetooth takes", () => {
  const { meter, hours } = rig();
  meter.module("psm");
  hours(10);
  const { mAh, loads, awake_s } = meter.read();
  near(mAh - loads.bluetooth, 0.13);
  assert.equal(awake_s, 0);
});

test("reading it changes nothing, and told the same again it goes on", () => {
  const { meter, hours } = rig();
  for (let i = 0; i < 10; i++) {
    meter.module("idle");
    meter.engine("tracking");
    hours(0.1);
    meter.read();
  }
  near(meter.read().loads.modem, 15.5);
  near(meter.read().loads.gnss, 35.5);
});

test("the antenna: by its pin, or where there is none with the engine", () => {
  const { meter, hours } = rig();
  meter.engine("searching");
  hours(1);
  near(meter.read().loads.antenna, 0);
  meter.pin("D39", true);
  meter.engine("off");
  hours(2);
  meter.pin("D39", false);
  hours(1);
  near(meter.read().loads.antenna, 20);
  const other = rig("rak8212");
  other.meter.pin("D39", true);
  other.hours(1);
  other.meter.engine("searching");
  other.hours(1);
  near(other.meter.read().loads.antenna, 10);
});

test("a flight of bytes is the transmitter's, with the radio connection's setup where there was none", () => {
  const { meter, tick } = rig();
  const { transmitter, module } = CURRENTS.rak5010.modem;
  const over_mA = transmitter.mA - module.connected.mA;
  meter.module("idle");
  meter.air(1250, 40);
  meter.module("connected");
  near(meter.read().loads.transmitter, (over_mA * (RADIO.setup_s + RADIO.flight_s + 0.1)) / 3600);
  tick(1000);
  meter.air(0, 100);
  const { loads, up_bytes, down_bytes } = meter.read();
  near(loads.transmitter, (over_mA * (RADIO.setup_s + 2 * RADIO.flight_s + 0.1)) / 3600);
  assert.deepEqual([up_bytes, down_bytes], [1250, 140]);
});

test("the board is awake while any UART is open, and what its program runs is no second more", () => {
  const { meter, hours } = rig();
  const { board } = CURRENTS.rak5010;
  meter.uart("Serial1", true);
  meter.uart("Serial2", true);
  hours(1);
  meter.uart("Serial1", false);
  hours(1);
  meter.uart("Serial2", false);
  hours(1);
  meter.ran(60);
  hours(1);
  const { states, awake_s, seconds } = meter.read();
  const running_s = states.board.running?.seconds ?? 0;
  near(running_s, 0.01);
  near(states.board.running?.mAh ?? 0, (0.01 * board.running.mA) / 3600);
  near(awake_s, 7200 + running_s);
  near(states.board.asleep?.seconds ?? 0, seconds - awake_s);
});

test("an STM32 sleeps only where setDeepSleep allows it", () => {
  const { meter, hours } = rig("wio-lte");
  hours(1);
  assert.equal(meter.read().awake_s, 3600);
  meter.deepSleep(true);
  hours(1);
  assert.equal(meter.read().awake_s, 3600);
  meter.uart("Serial2", true);
  hours(1);
  assert.equal(meter.read().awake_s, 7200);
});
