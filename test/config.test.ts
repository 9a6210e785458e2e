import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { checkConfig, configFields } from "../firmware/config.ts";

const good = { host: "demo.example", token: "A1_TEST_TOKEN" };

function faultOf(changes: Record<string, unknown>): string {
  return checkConfig({ ...good, ...changes }, configFields());
}

describe("checkConfig", () => {
  test("host and token are enough; the defaults are put in", () => {
    const config: Record<string, unknown> = { ...good };
    assert.equal(checkConfig(config, configFields()), "");
    assert.equal(config.port, 1883);
    assert.equal(config.interval_s, 60);
    assert.equal(config.keys, "Longitude,Latitude,Altitude,Speed");
  });

  for (const [changes, line] of [
    [{ host: "" }, 'host is "": must be text without quotes, 1 to 64 characters'],
    [{ host: undefined }, 'host is "": must be text without quotes, 1 to 64 characters'],
    [
      { host: "h".repeat(65) },
      `host is "${"h".repeat(65)}": must be text without quotes, 1 to 64 characters`,
    ],
    [{ host: 'a"b' }, 'host is "a\\"b": must be text without quotes, 1 to 64 characters'],
    [{ port: 0 }, "port is 0: must be a whole number, 1 to 65535"],
    [{ port: 65536 }, "port is 65536: must be a whole number, 1 to 65535"],
    [{ port: "1883" }, 'port is "1883": must be a whole number, 1 to 65535'],
    [{ port: Number.NaN }, "port is null: must be a whole number, 1 to 65535"],
    [{ interval_s: 1.5 }, "interval_s is 1.5: must be a whole number, 1 to 86400"],
    [{ interval_s: null }, "interval_s is null: must be a whole number, 1 to 86400"],
    [{ qos: 2 }, "qos is 2: must be a whole number, 0 to 1"],
    [{ topics: "v3" }, 'topics is "v3": must be v1 or v2'],
    [
      { keys: "a,b,c and more" },
      'keys is "a,b,c and more": must be 4 names with commas, 7 to 100 characters',
    ],
    [{ apn: "tele\nfon" }, 'apn is "tele\\nfon": must be text without quotes, 0 to 64 characters'],
    [{ debug: true }, "debug is true: must be a whole number, 0 to 1"],
  ] as const) {
    test(line, () => assert.equal(faultOf(changes), line));
  }

  test("secrets are not repeated", () => {
    assert.equal(
      faultOf({ pin: "12x4" }),
      "pin is not valid: must be text without quotes, 0 to 8 characters",
    );
    assert.doesNotMatch(faultOf({ token: "s3cret\u00e9" }), /s3cret/);
    assert.doesNotMatch(faultOf({ apn_password: 's3cret"' }), /s3cret/);
    assert.equal(
      faultOf({ token: undefined }),
      'token is "": must be text without quotes, 1 to 64 characters',
    );
  });

  test("an unknown field is named, with those that are known", () => {
    assert.match(faultOf({ hots: "x" }), /^hots is not a setting: known are host,port,token,.*,debug$/);
  });

  test("a board's own fields are known there, and unknown elsewhere", () => {
    const linux = configFields().concat([["modem_port", "/dev/ttyUSB2", 1, 64]]);
    assert.equal(checkConfig({ ...good, modem_port: "/dev/ttyUSB3" }, linux), "");
    assert.match(faultOf({ modem_port: "/dev/ttyUSB3" }), /^modem_port is not a setting/);
  });

  for (const input of [undefined, null, "text", 7, []])
    test(`${JSON.stringify(input)} is no configuration`, () =>
      assert.equal(checkConfig(input, configFields()), "missing or not a JSON object: write the settings"));
});
