import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { check, type Fields } from "../firmware/check.ts";
import { configFields } from "../firmware/settings.ts";

const faultOf = (given: unknown, fields: Fields = configFields()) => check(given, fields);

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
    assert.match(faultOf({}, { host: ["", 1, 64] }), /^host: .* 1 to 64$/);
  });

  const text = "must be plain text of";
  for (const [given, line] of [
    [{ apn: "x".repeat(65) }, `apn: ${text} 0 to 64`],
    [{ apn: 'a"b' }, `apn: ${text} 0 to 64`],
    [{ apn: "tele\nfon" }, `apn: ${text} 0 to 64`],
    [{ apn: "é" }, `apn: ${text} 0 to 64`],
    [{ apn: null }, `apn: ${text} 0 to 64`],
    [{ apn: ["a"] }, `apn: ${text} 0 to 64`],
    [{ interval_s: 0 }, "interval_s: must be whole, 1 to 86400"],
    [{ interval_s: 86401 }, "interval_s: must be whole, 1 to 86400"],
    [{ interval_s: 1.5 }, "interval_s: must be whole, 1 to 86400"],
    [{ interval_s: "60" }, "interval_s: must be whole, 1 to 86400"],
    [{ interval_s: Number.NaN }, "interval_s: must be whole, 1 to 86400"],
    [{ debug: true }, "debug: must be whole, 0 to 1"],
    [{ keys: "" }, `keys: ${text} 1 to 99`],
    [{ apn: {} }, `apn: ${text} 0 to 64`],
    [{ apn: { toString: 5, valueOf: 5 } }, `apn: ${text} 0 to 64`],
    [{ apn: { length: 3 } }, `apn: ${text} 0 to 64`],
    [{ apn: 5 }, `apn: ${text} 0 to 64`],
    [{ apn: true }, `apn: ${text} 0 to 64`],
    [{ interval_s: Number.POSITIVE_INFINITY }, "interval_s: must be whole, 1 to 86400"],
    [{ interval_s: -1 }, "interval_s: must be whole, 1 to 86400"],
    [{ interval_s: -0 }, "interval_s: must be whole, 1 to 86400"],
    [{ interval_s: 60.000001 }, "interval_s: must be whole, 1 to 86400"],
    [{ interval_s: null }, "interval_s: must be whole, 1 to 86400"],
    [{ interval_s: [60] }, "interval_s: must be whole, 1 to 86400"],
    [{ interval_s: { valueOf: 60 } }, "interval_s: must be whole, 1 to 86400"],
    [{ interval_s: "" }, "interval_s: must be whole, 1 to 86400"],
  ] as const)
    test(`${JSON.stringify(given)}: ${line}`, () => assert.equal(faultOf(given), line));

  test("one of a few words, the first when it is missing", () => {
    for (const word of ["hold", "server", "drop"]) assert.equal(faultOf({ no_time: word }), "");
    const config: { no_time?: string } = {};
    assert.equal(faultOf(config), "");
    assert.equal(config.no_time, "hold");
    for (const wrong of ["wait", "HOLD", "", "hol", "hold,server", 4, 0, null, true, ["hold"], { length: 4 }])
      assert.equal(faultOf({ no_time: wrong }), "no_time: must be hold or server or drop");
  });

  test("secrets are not repeated", () => {
    assert.equal(faultOf({ pin: "12x4" }), `pin: ${text} 0 to 8`);
    assert.equal(faultOf({ apn_password: 's3cret"' }), `apn_password: ${text} 0 to 64`);
    assert.equal(faultOf({ username: "" }, { username: ["", 1, 64] }), `username: ${text} 1 to 64`);
  });

  test("an unknown field is named, with those that are known", () => {
    assert.match(faultOf({ apnn: "x" }), /^apnn: unknown, use server,apn,apn_user,.*,debug,remote_at$/);
    assert.match(faultOf({ ap: "x" }), /^ap: unknown/, "a part of a known name");
  });

  test("what is checked elsewhere is let pass", () => {
    assert.equal(faultOf({ server: {} }), "");
    assert.match(faultOf({ server: {} }, { host: ["", 0, 9] }), /^server: unknown/);
  });

  for (const given of ["text", "", 7, 0, true, false, null, undefined, [], [{ apn: "a" }], Number.NaN])
    test(`${JSON.stringify(given)} is no settings`, () => assert.equal(faultOf(given), "must be an object"));

  for (const name of Object.getOwnPropertyNames(Object.prototype))
    for (const value of ["1", '"x"', "{}", "null", '{"apn":"x"}'])
      test(`{"${name}":${value}} is unknown`, () =>
        assert.match(faultOf(JSON.parse(`{"${name}":${value}}`)), new RegExp(`^${name}: unknown`)));

  test("what the settings inherit is none of them", () => {
    assert.match(faultOf(Object.create({ apn: "x" })), /^__proto__: unknown/);
  });
});
