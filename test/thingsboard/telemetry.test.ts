import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { telemetryJson } from "../../firmware/thingsboard/telemetry.ts";

/** What ThingsBoard takes, as it takes it. */
const TAKEN: unknown[] = [
  {},
  { a: 1, b: "x", c: true, d: null, e: [1, [2]], f: { g: {} } },
  [{ a: 1 }],
  [{ a: 1 }, { ts: 1, values: { a: 2 } }],
  { ts: 1700000000000, values: {} },
  { ts: 1.5, values: { a: 1 } },
  { ts: "1700000000000", values: { a: 1 } },
  { ts: null },
  { values: 5 },
  { toString: 1, constructor: 2 },
  { a: '"}] , //\\' },
];

/** What it answers by hanging up, or never; as text, as somebody may write it. */
const REFUSED = [
  "",
  " ",
  "text",
  "5",
  "null",
  "true",
  '"{"',
  "[]",
  "[[]]",
  "[1]",
  "[null]",
  '{"a":1',
  '{"a":1}}',
  '{"a":1} x',
  '{"a":1},{"b":2}',
  '{"a":1}]',
  '{"a":1}],[1',
  '[{"a":1}',
  '[[{"a":1}]]',
  '[{"a":1},5]',
  '[{"a":1},null]',
  '[{"a":1},[]]',
  '[{"a":1},]',
  '{"a":1,}',
  "{'a':1}",
  "{a:1}",
  '{"a":0x10}',
  '{"a":"\\q"}',
  '{"ts":null,"values":{}}',
  '{"ts":true,"values":{}}',
  '{"ts":"","values":{}}',
  '{"ts":"x","values":{}}',
  '{"ts":"1.5","values":{}}',
  '{"ts":"1e3","values":{}}',
  '{"ts":{},"values":{}}',
  '{"ts":[],"values":{}}',
  '{"ts":1e999,"values":{}}',
  '{"ts":1,"values":5}',
  '{"ts":1,"values":null}',
  '{"ts":1,"values":[]}',
  '{"ts":1,"values":"{}"}',
  '[{"ts":1,"values":{}},{"ts":null,"values":{}}]',
];

const MESSAGE = { message: "data: use {} or [{}]" };

describe("telemetry", () => {
  for (const data of TAKEN)
    it(`is taken, as values and as text: ${JSON.stringify(data)}`, () => {
      assert.equal(telemetryJson(data), JSON.stringify(data));
      assert.equal(telemetryJson(` ${JSON.stringify(data, null, 2)}\n`), JSON.stringify(data));
    });

  for (const text of REFUSED)
    it(`throws: ${text}`, () => {
      assert.throws(() => telemetryJson(text), MESSAGE);
    });

  it("throws for the same as values", () => {
    for (const text of REFUSED) {
      let data: unknown;
      try {
        data = JSON.parse(text);
      } catch {
        continue;
      }
      if (typeof data !== "string") assert.throws(() => telemetryJson(data), MESSAGE, text);
    }
    const toJSON = () => 5;
    const values: unknown[] = [undefined, () => 0, Symbol("x"), Number.NaN, { toJSON }, new Date(0)];
    values.push({ ts: Number.NaN, values: {} }, { ts: Number.POSITIVE_INFINITY, values: {} }, [undefined]);
    values.push({ ts: 1, values: undefined }, { ts: undefined, values: {} }, [new Date(0)]);
    for (const data of values) assert.throws(() => telemetryJson(data), MESSAGE);
    const circle: { circle?: object } = {};
    circle.circle = circle;
    assert.throws(() => telemetryJson(circle));
  });

  it("in any language is UTF-8, as values and as text", () => {
    const data = { Straße: "Zürich 東京 😀 \\u00e9" };
    for (const given of [data, JSON.stringify(data)]) {
      const sent = telemetryJson(given);
      assert.match(sent, /^[ -~]+$/);
      assert.deepEqual(JSON.parse(sent), data);
    }
  });
});
