import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { check, configFields, type Field } from "../firmware/config.ts";

const faultOf = (given: unknown, fields: Field[] = configFields(), known = "") => check(given, fields, known);

describe("check", () => {
  test("puts the defaults in", () => {
    const config: Record<string, unknown> = { interval_s: 5 };
    assert.equal(faultOf(config), "");
    assert.equal(config.interval_s, 5);
    assert.equal(config.fix_timeout_s, 120);
    assert.equal(config.keys, "Longitude,Latitude,Altitude,Speed");
    assert.ok(!("apn" in config), "an empty text is left out");
  });

  test("a default outside its limits makes the field required", () => {
    assert.match(faultOf({}, [["host", "", 1, 64]]), /^host "": .* 1 to 64$/);
  });

  const text = "must be text, length";
  for (const [given, line] of [
    [{ apn: "x".repeat(65) }, `apn "${"x".repeat(65)}": ${text} 0 to 64`],
    [{ apn: 'a"b' }, `apn "a\\"b": ${text} 0 to 64`],
    [{ apn: "tele\nfon" }, `apn "tele\\nfon": ${text} 0 to 64`],
    [{ apn: "é" }, `apn "é": ${text} 0 to 64`],
    [{ apn: null }, `apn null: ${text} 0 to 64`],
    [{ apn: ["a"] }, `apn ["a"]: ${text} 0 to 64`],
    [{ interval_s: 0 }, "interval_s 0: must be a whole number, 1 to 86400"],
    [{ interval_s: 86401 }, "interval_s 86401: must be a whole number, 1 to 86400"],
    [{ interval_s: 1.5 }, "interval_s 1.5: must be a whole number, 1 to 86400"],
    [{ interval_s: "60" }, 'interval_s "60": must be a whole number, 1 to 86400'],
    [{ interval_s: Number.NaN }, "interval_s null: must be a whole number, 1 to 86400"],
    [{ debug: true }, "debug true: must be a whole number, 0 to 1"],
    [{ keys: "" }, `keys "": ${text} 1 to 99`],
  ] as const)
    test(line, () => assert.equal(faultOf(given), line));

  test("secrets are not repeated", () => {
    assert.equal(faultOf({ pin: "12x4" }), `pin: ${text} 0 to 8`);
    assert.equal(faultOf({ apn_password: 's3cret"' }), `apn_password: ${text} 0 to 64`);
    assert.equal(faultOf({ username: "" }, [["username", "", 1, 64]]), `username: ${text} 1 to 64`);
  });

  test("an unknown field is named, with those that are known", () => {
    assert.match(faultOf({ apnn: "x" }), /^apnn: unknown, use apn apn_user .* debug$/);
    assert.match(faultOf({ ap: "x" }), /^ap: unknown/, "a part of a known name");
  });

  test("what is checked elsewhere is let pass", () => {
    assert.equal(faultOf({ server: {} }, configFields(), " server"), "");
    assert.match(faultOf({ server: {} }), /^server: unknown/);
  });

  for (const given of [undefined, null, "text", 7])
    test(`${JSON.stringify(given)} is no configuration`, () =>
      assert.equal(faultOf(given), "must be an object"));
});
