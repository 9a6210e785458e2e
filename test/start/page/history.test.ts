import assert from "node:assert/strict";
import { test } from "node:test";
import { createHearing } from "../../../scripts/start/page/hearing.ts";
import { createHistory, insert } from "../../../scripts/start/page/history.ts";
import type { Shown } from "../../../scripts/start/page/sample.ts";
import { driveSamples, hello, START_MS } from "./hello.ts";

const at = (time_ms: number): Shown => ({ time_ms }) as Shown;

test("a sample that waited is put where its time is, and the oldest go", () => {
  const samples: Shown[] = [];
  for (const time_ms of [1, 5, 9, 7, 3, 11]) insert(samples, at(time_ms), 4);
  assert.deepEqual(
    samples.map(({ time_ms }) => time_ms),
    [5, 7, 9, 11],
  );
});

test("each tracker has its own; a new hello makes all before it void", () => {
  const hearing = createHearing();
  const history = createHistory(hearing);
  const told: (string | undefined)[] = [];
  history.onChange((sample) => told.push(sample?.tracker));
  hearing.tell("hello", hello({ samples: driveSamples(3) }));
  for (const sample of driveSamples(2, 5, "second")) hearing.tell("sample", sample);
  assert.deepEqual([history.of("tracker").length, history.of("second").length], [3, 2]);
  assert.deepEqual(told, [undefined, "second", "second"]);
  hearing.tell("hello", hello({ samples: [] }));
  assert.deepEqual([history.of("tracker").length, history.of("second").length], [0, 0]);
});

test("keys of the setting `keys` hold from its change on", () => {
  const hearing = createHearing();
  const history = createHistory(hearing);
  hearing.tell("hello", hello({ samples: [] }));
  hearing.tell("settings", [{ name: "keys", what: "", kind: "text", value: "lon,lat,,v" }]);
  const values = { lon: 13.4, lat: 52.5, v: 50, Altitude: 38 };
  hearing.tell("sample", { tracker: "tracker", ts: START_MS, stored_ms: START_MS, values });
  const [sample] = history.of("tracker");
  assert.deepEqual([sample?.place, sample?.speed_kmh, sample?.altitude_m], [[52.5, 13.4], 50, undefined]);
});
