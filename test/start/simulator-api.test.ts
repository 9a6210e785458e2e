/** What can be played with on the simulated board, by HTTP. */
import assert from "node:assert/strict";
import { describe, type TestContext, test } from "node:test";
import { createClock } from "@sinonjs/fake-timers";
import type { BoardName } from "../../scripts/boards.ts";
import { fromFakeTimers } from "../../scripts/simulator/clock.ts";
import { boardSpecs } from "../../scripts/simulator/espruino/specs.ts";
import { createSensors, type Play, playWith } from "../../scripts/simulator/sensors/sensors.ts";
import { openSite } from "./site-rig.ts";

/** The API of a board that runs; of one that does not yet with `runs` false. */
async function api(t: TestContext, board: BoardName, runs = true) {
  const sensors = createSensors(boardSpecs[board], fromFakeTimers(createClock(0)));
  const played: Play[] = [];
  const play = (what: Play): void => {
    played.push(what);
    playWith(sensors, what);
  };
  const { post } = await openSite(t, runs ? { board, play } : undefined);
  return { sensors, played, post };
}

test("motion, battery and temperature are the board's from then on, and are answered as they were given", async (t) => {
  const { sensors, played, post } = await api(t, "rak5010");
  assert.deepEqual(await post("battery", '{"volts":3.4}'), { status: 200, volts: 3.4 });
  assert.deepEqual(await post("temperature", '{"celsius":-12.5}'), { status: 200, celsius: -12.5 });
  assert.deepEqual(await post("motion", '{"g":0.5,"seconds":2}'), { status: 200, g: 0.5, seconds: 2 });
  assert.deepEqual([sensors.battery_v, sensors.temperature_c], [3.4, -12.5]);
  assert.deepEqual(played[2], { shaken_g: 0.5, seconds: 2 });
});

describe("what is wrong is refused in one line, and changes nothing:", () => {
  const wrong: [path: string, body: string, message: string][] = [
    ["battery", "3.4", "the body is not a JSON object"],
    ["battery", "{}", "volts: must be a number from 0 to 20"],
    ["battery", '{"volts":"3.4"}', "volts: must be a number from 0 to 20"],
    ["battery", '{"volts":null}', "volts: must be a number from 0 to 20"],
    ["battery", '{"volts":-0.1}', "volts: must be a number from 0 to 20"],
    ["battery", '{"volts":1e999}', "volts: must be a number from 0 to 20"],
    ["battery", '{"volts":3,"percent":50}', "percent: unknown, use volts"],
    ["temperature", '{"celsius":151}', "celsius: must be a number from -60 to 150"],
    ["motion", '{"g":0,"seconds":1}', "g: must be a number from 0.01 to 16"],
    ["motion", '{"g":0.5}', "seconds: must be a number from 0.1 to 3600"],
    ["motion", '{"G":0.5,"seconds":1}', "G: unknown, use g and seconds"],
    ["motion", "[0.5,1]", "0: unknown, use g and seconds"],
  ];
  for (const [path, body, message] of wrong)
    test(`${path} ${body}`, async (t) => {
      const { played, post } = await api(t, "rak5010");
      const answer = await post(path, body);
      assert.deepEqual([answer.status, answer.error], [400, message]);
      assert.deepEqual(played, []);
    });
});

test("a board without such a sensor is refused, and those that have it are named", async (t) => {
  const linux = await api(t, "linux");
  for (const [path, body, message] of [
    ["motion", '{"g":1,"seconds":1}', "linux has no accelerometer: npm start -- --board rak8212 or rak5010"],
    [
      "battery",
      '{"volts":3}',
      "linux has no battery that can be measured: npm start -- --board rak8212 or rak5010 or wio-lte",
    ],
    [
      "temperature",
      '{"celsius":3}',
      "linux has no thermometer: npm start -- --board rak8212 or rak5010 or wio-lte",
    ],
  ] as const) {
    const answer = await linux.post(path, body);
    assert.deepEqual([answer.status, answer.error], [400, message]);
  }
  const wio = await api(t, "wio-lte");
  assert.equal((await wio.post("motion", '{"g":1,"seconds":1}')).status, 400);
  assert.equal((await wio.post("battery", '{"volts":3.4}')).status, 200);
});

test("before the board runs it is told to try again", async (t) => {
  const { post } = await api(t, "rak5010", false);
  const answer = await post("battery", '{"volts":3.4}');
  assert.deepEqual([answer.status, answer.error], [503, "the board is still starting: try again"]);
});
