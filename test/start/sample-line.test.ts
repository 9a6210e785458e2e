import assert from "node:assert/strict";
import { test } from "node:test";
import { isFix, sampleLine } from "../../scripts/start/sample-line.ts";

const TIME_MS = Date.UTC(2026, 10, 26, 1, 2, 3);

test("a fix is a place, a height and a speed; what is not known is left out", () => {
  const fix = { Longitude: -13.4, Latitude: 52.5219, Altitude: 38 };
  assert.ok(isFix(fix));
  assert.equal(
    sampleLine(TIME_MS, fix).trimEnd(),
    "2026-11-26 01:02:03Z  52.521900° N  13.400000° W      38.0 m",
  );
});

test("a report of the tracker's own is its values", () => {
  const report = { contexts: 1, reboots: 0, lost: "closed by server" };
  assert.ok(!isFix(report));
  assert.equal(
    sampleLine(TIME_MS, report),
    "2026-11-26 01:02:03Z  contexts 1, reboots 0, lost closed by server",
  );
});
