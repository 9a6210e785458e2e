import assert from "node:assert/strict";
import { test } from "node:test";
import type { SettingOffered } from "../../../scripts/start/page/events.ts";
import { limitsWords, readSetting, shownValue } from "../../../scripts/start/page/setting-value.ts";

const setting = (more: Partial<SettingOffered>): SettingOffered => ({
  name: "x",
  what: "",
  kind: "text",
  ...more,
});

test("a form shows the value, else the default", () => {
  assert.equal(shownValue(setting({ kind: "number", value: 0, default: 60 })), "0");
  assert.equal(shownValue(setting({ kind: "number", default: 60 })), "60");
  assert.equal(shownValue(setting({ kind: "json", value: { home: [1] } })), '{"home":[1]}');
  assert.equal(shownValue(setting({})), "");
});

test("a flag is 0 or 1, however it was told", () => {
  const flags = [0, 1, false, true, "0"].map((value) => shownValue(setting({ kind: "flag", value })));
  assert.deepEqual(flags, ["", "1", "", "1", ""]);
  assert.deepEqual(readSetting(setting({ kind: "flag" }), "1"), { value: 1 });
  assert.deepEqual(readSetting(setting({ kind: "flag" }), ""), { value: 0 });
});

test("a number is within its bounds, or what is allowed is said", () => {
  const seconds = setting({ kind: "number", least: 1, most: 86_400, unit: "s" });
  assert.deepEqual(readSetting(seconds, " 5 "), { value: 5 });
  for (const text of ["", "0", "86401", "5 s"])
    assert.deepEqual(readSetting(seconds, text), { fault: "Must be a number, 1 to 86400 s" });
});

test("a text has its length, JSON is JSON", () => {
  const apn = setting({ least: 0, most: 4 });
  assert.deepEqual(readSetting(apn, "internet"), { fault: "Must have 0 to 4 characters" });
  assert.equal(limitsWords(setting({ most: 8, unit: "digits" })), "at most 8 digits");
  assert.deepEqual(readSetting(setting({ kind: "json" }), "[1]"), { value: [1] });
  assert.match(JSON.stringify(readSetting(setting({ kind: "json" }), "[1")), /Not JSON/);
});
