import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { decimal } from "../firmware/decimal.ts";

for (const [text, expected] of [
  ["5", 5],
  ["-5", -5],
  ["+08", 8],
  ["010", 10],
  ["010126", 10126],
  ["00123.450", 123.45],
  [".5", 0.5],
  ["5.", 5],
  ["31.84538", 31.84538],
] as const)
  test(`"${text}" is ${expected}`, () => assert.equal(decimal(text), expected));

test("digits, a sign before them, a point between: anything else is no number", () => {
  const odd = fc.constantFrom(..."0123456789+-.eExXnNaI_ \t\r\n,*\u00a0\u0660\u00ff".split(""));
  fc.assert(
    fc.property(
      fc.oneof(
        fc.string({ maxLength: 8 }),
        fc.array(odd, { maxLength: 6 }).map((all) => all.join("")),
      ),
      (text) => {
        const number = /^[+-]?(\d+\.?\d*|\.\d+)$/.test(text);
        assert.equal(decimal(text), number ? Number(text) : undefined);
      },
    ),
    { numRuns: 5000 },
  );
  assert.equal(decimal(undefined), undefined);
  assert.equal(decimal("9".repeat(400)), undefined);
});
