import assert from "node:assert/strict";
import { test } from "node:test";
import { degrees, duration, figures, measure, plainText } from "../../../scripts/start/page/words.ts";

test("places, measures, times", () => {
  assert.equal(degrees(-34.9, "N", "S"), "34.900000° S");
  assert.equal(measure(undefined, "m"), "–");
  assert.equal(measure(38.04, "m"), "38.0 m");
  assert.deepEqual([-5, 59_600, 600_000, 7_200_000].map(duration), ["0 s", "60 s", "10 min", "2 h"]);
});

test("three figures, however large; no longer row of zeros than can be read", () => {
  assert.equal(figures(0.00000293), "< 0.001");
  assert.deepEqual([0.012345, 4.5678, 12_345, Number.POSITIVE_INFINITY].map(figures), [
    "0.0123",
    "4.57",
    "12,300",
    "–",
  ]);
});

test("Markdown is read without its marks", () => {
  assert.equal(plainText("0: off, as in [Trips](#trips); see `power`"), "0: off, as in Trips; see power");
});
