import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { SETTINGS } from "../../firmware/settings.ts";
import { BOARDS } from "../../scripts/boards.ts";
import {
  boardsWith,
  differs,
  type FieldInfo,
  faultOf,
  fieldOf,
  fields,
} from "../../scripts/config/fields.ts";
import { flagOf } from "../../scripts/config/options.ts";

describe("fields", () => {
  test("are those of the table, in its order", () => {
    assert.deepEqual(
      fields().map((field) => field.path),
      SETTINGS.flatMap(({ path, json }) => (json ? [] : path)),
    );
  });

  test("have a flag each", () => {
    const flags = fields().map((field) => flagOf(field.path));
    assert.equal(new Set(flags).size, flags.length);
    for (const taken of ["--out", "--check", "--schema", "--form", "--yes", "--force", "--help", "--board"])
      assert.ok(!flags.includes(taken), taken);
  });

  test("required are those without a default that would do", () => {
    const required = fields().filter((field) => field.required);
    assert.deepEqual(
      required.map((field) => field.path),
      ["server.host", "server.username"],
    );
    for (const field of fields()) assert.equal(faultOf(field, undefined) !== "", field.required, field.path);
  });

  test("of a board are the common ones and its own", () => {
    assert.deepEqual(boardsWith("modem_port"), ["linux"]);
    assert.deepEqual(boardsWith("server.host"), [...BOARDS]);
    assert.deepEqual(boardsWith("gnss_port"), ["linux"]);
    assert.deepEqual(boardsWith("gnss_baud"), ["rak5010", "linux"]);
    assert.equal(fields("rak8212").length, fields().length - 3);
  });

  test("that differ by board are the union without one, and say which board wants what", () => {
    assert.ok(!differs("apn") && !differs("modem_port") && differs("outbox_bytes"));
    const field = fieldOf("outbox_bytes");
    assert.deepEqual([field?.least, field?.most], [8192, 262144]);
    assert.match(
      field?.initial ?? "",
      /^8192 \(rak8212\), 65536 \(rak5010, (\S+, )*linux\), 262144 \(wio-lte\)/,
    );
    assert.match(
      field?.allowed ?? "",
      /^8192 to 8192 bytes \(rak8212\), .*, 8192 to 196608 bytes \(linux\)$/,
    );
    for (const board of BOARDS) {
      const own = fieldOf("outbox_bytes", board);
      assert.equal(own?.allowed, `${own?.least} to ${own?.most} bytes`);
      assert.equal(own?.initial, `${own?.default}`);
    }
  });

  test("that are one of a few words refuse any other, of the right length too", () => {
    const field = fieldOf("no_time") as FieldInfo;
    for (const word of field.choices ?? []) assert.equal(faultOf(field, word), "");
    for (const wrong of ["wait", "HOLD", "", "hold ", "h\u00f6ld", 4, null, []])
      assert.equal(faultOf(field, wrong), `no_time ${JSON.stringify(wrong)}: must be hold, server or drop`);
    assert.equal(faultOf(field), "");
  });

  // The pattern is ours, for the schema; the check is the firmware's.
  for (const field of fields().filter(({ type }) => type === "string"))
    test(`${field.path}: the pattern and the check let the same characters pass`, () => {
      const base = "0";
      const pattern = new RegExp(field.pattern ?? "");
      for (let code = 0; code < 0x180; code++) {
        const text = base.slice(1) + String.fromCharCode(code);
        if (text.length < field.least) continue;
        assert.equal(faultOf(field, text) === "", pattern.test(text), JSON.stringify(text));
      }
    });
});
