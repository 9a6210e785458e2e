import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import { timeOf } from "../../firmware/modem/quectel.ts";

const iso = (value: string, zoned = false) => {
  const time_ms = timeOf(value, zoned);
  return time_ms ? new Date(time_ms).toISOString() : "none";
};

describe("the time that AT+QLTS=1 tells, and AT+CCLK?, as UTC", () => {
  for (const [value, expected] of [
    ['"2017/01/13,03:41:22+32,0"', "none"],
    ['"2024/02/29,23:59:59+32,0"', "2024-02-29T23:59:59.000Z"],
    ['"2026/12/31,03:41:22-20,1"', "2026-12-31T03:41:22.000Z"],
    ['"2026/07/04,08:09:10+08,0"', "2026-07-04T08:09:10.000Z"],
    ['"26/07/04,08:09:10+08"', "2026-07-04T08:09:10.000Z"],
    ['"26/07/04,08:09:10"', "2026-07-04T08:09:10.000Z"],
    ['"26/01/01,00:00:00+00"', "2026-01-01T00:00:00.000Z"],
    // Octal, to the interpreter.
    ['"26/01/07,01:02:03+00"', "2026-01-07T01:02:03.000Z"],
    ['"69/12/31,23:59:59+00"', "2069-12-31T23:59:59.000Z"],
    ['""', "none"],
    ["", "none"],
    ['"', "none"],
    ["garbage,", "none"],
    [",,,", "none"],
    // Never set.
    ['"80/01/06,00:01:13+00"', "none"],
    ['"1980/01/06,00:00:17+00,0"', "none"],
    ['"08/01/04,00:19:43+00"', "none"],
    ['"70/01/01,00:00:13+00"', "none"],
    ['"99/12/31,23:59:59+00"', "none"],
    ['"00/00/00,00:00:00+00"', "none"],
    // No such time.
    ['"26/02/29,00:00:00+00"', "none"],
    ['"26/02/31,00:00:00+00"', "none"],
    ['"26/13/01,00:00:00+00"', "none"],
    ['"26/00/10,00:00:00+00"', "none"],
    ['"26/07/04,24:00:00+00"', "none"],
    ['"26/07/04,08:60:00+00"', "none"],
    ['"26/07/04,08:09"', "none"],
    ['"26/07/04"', "none"],
    ['"26/07/04,"', "none"],
    ['"26-07-04,08:09:10+00"', "none"],
    ['"2x/07/04,08:09:10+00"', "none"],
    ['"0x1a/07/04,08:09:10+00"', "none"],
    ['"20260/07/04,08:09:10+00"', "none"],
  ] as const)
    test(`${value}: ${expected}`, () => assert.equal(iso(value), expected));
});

describe("local time, as of an EC2x with AT+CTZU=3, is converted by its zone, or is no time", () => {
  for (const [value, expected] of [
    ['"26/07/04,08:09:10+08"', "2026-07-04T06:09:10.000Z"],
    ['"26/07/04,08:09:10+00"', "2026-07-04T08:09:10.000Z"],
    ['"26/07/04,00:09:10+32"', "2026-07-03T16:09:10.000Z"],
    ['"26/12/31,20:09:10-20"', "2027-01-01T01:09:10.000Z"],
    ['"26/07/04,08:09:10+22"', "2026-07-04T02:39:10.000Z"],
    ['"26/07/04,08:09:10+56"', "2026-07-03T18:09:10.000Z"],
    ['"26/07/04,08:09:10"', "none"],
    ['"26/07/04,08:09:10+"', "none"],
    ['"26/07/04,08:09:10+xx"', "none"],
    ['"26/07/04,08:09:10+99"', "none"],
    ['"80/01/06,00:01:13+08"', "none"],
  ] as const)
    test(`${value}: ${expected}`, () => assert.equal(iso(value, true), expected));
});

test("any text is a time since 2020, whole, or none", () => {
  const piece = fc.constantFrom('"', "/", ",", ":", "+", "-", "26", "2026", "07", "4", "08:09:10", "x", " ");
  fc.assert(
    fc.property(
      fc.oneof(
        fc.string(),
        fc.array(piece).map((all) => all.join("")),
      ),
      fc.boolean(),
      (text, zoned) => {
        const time_ms = timeOf(text, zoned);
        assert.ok(time_ms === 0 || (time_ms > Date.UTC(2019, 11, 31) && time_ms % 1000 === 0), text);
      },
    ),
  );
});
