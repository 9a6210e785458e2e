import assert from "node:assert/strict";
import { test } from "node:test";
import { keysIn, readSample } from "../../../scripts/start/page/sample.ts";

const read = (values: Record<string, unknown>) =>
  readSample({ tracker: "tracker", ts: 1, stored_ms: 2, values }, keysIn([]));

test("a fix has a place; a cell, or half a place, has none", () => {
  assert.deepEqual(read({ Latitude: 52.5, Longitude: 13.4 }).place, [52.5, 13.4]);
  assert.equal(read({ Latitude: 52.5 }).place, undefined);
  assert.equal(read({ cell: "262,1,2E50,1A2D001" }).place, undefined);
});

test("what is no number is not known", () => {
  const { speed_kmh, battery, signal_dbm, why } = read({
    Speed: "fast",
    battery: null,
    signal_dbm: -81,
    why: 3,
  });
  assert.deepEqual([speed_kmh, battery, signal_dbm, why], [undefined, undefined, -81, ""]);
});
