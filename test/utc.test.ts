import assert from "node:assert/strict";
import { test } from "node:test";
import { dayOf, dayOfDate, timeOfDay } from "../firmware/utc.ts";

test("every day from 1980 to 2099, and none that is not", () => {
  for (let year = 1978; year < 2102; year++)
    for (let month = 0; month <= 13; month++)
      for (let day = 0; day <= 32; day++) {
        const ms = Date.UTC(year, month - 1, day);
        const date = new Date(ms);
        const real =
          date.getUTCDate() === day && date.getUTCMonth() + 1 === month && year >= 1980 && year < 2100;
        assert.equal(dayOf(year, month, day), real ? ms : 0, `${year}-${month}-${day}`);
      }
});

test("what is not known is no day", () => {
  assert.equal(dayOf(undefined, 1, 1), 0);
  assert.equal(dayOf(2026, undefined, 1), 0);
  assert.equal(dayOf(2026, 1, undefined), 0);
});

for (const [text, expected] of [
  ["010726", Date.UTC(2026, 6, 1)],
  ["311299", Date.UTC(1999, 11, 31)],
  ["060180", 0],
  ["10726", 0],
  ["0107.6", 0],
  ["-10726", 0],
  ["", 0],
  [undefined, 0],
] as const)
  test(`ddmmyy ${text}`, () => assert.equal(dayOfDate(text), expected));

for (const [text, expected] of [
  ["000000", 0],
  ["010203", 3723_000],
  ["235959.999", 86_399_999],
  ["235960", 86_400_000],
  ["061951.7", 22_791_700],
  ["240000", undefined],
  ["126000", undefined],
  ["121261", undefined],
  ["-10203", undefined],
  ["noon", undefined],
  ["", undefined],
  [undefined, undefined],
] as const)
  test(`hhmmss ${text}`, () => assert.equal(timeOfDay(text), expected));
