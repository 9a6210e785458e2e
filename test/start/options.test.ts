import assert from "node:assert/strict";
import { test } from "node:test";
import { readOptions } from "../../scripts/start/options.ts";

test("--gnss says where fixes come from; by default the modem", () => {
  assert.equal(readOptions([])?.gnss, "modem");
  for (const source of ["modem", "nmea", "none"]) assert.equal(readOptions(["--gnss", source])?.gnss, source);
  assert.throws(() => readOptions(["--gnss", "usb"]), /usb.*modem, nmea, none/);
  assert.throws(
    () => readOptions(["--gnss", "none", "--log", "a.nmea"]),
    /^Error: --gnss none takes no --log/,
  );
});
