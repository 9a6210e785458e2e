import assert from "node:assert/strict";
import { test } from "node:test";
import { BOARDS } from "../../scripts/boards.ts";
import { UsageError } from "../../scripts/command-line.ts";
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

test("--board is any of ours, by default linux, and what a board cannot have is refused", () => {
  assert.equal(readOptions([])?.board, "linux");
  for (const board of BOARDS) assert.equal(readOptions(["--board", board])?.board, board);
  for (const board of ["RAK5010", "pico", ""])
    assert.throws(
      () => readOptions(["--board", board]),
      (error) =>
        error instanceof UsageError &&
        !error.message.includes("\n") &&
        error.message.includes(`'${board}'`) &&
        error.message.includes(BOARDS.join(", ")),
    );
  assert.equal(readOptions(["--board", "rak5010", "--gnss", "nmea"])?.gnss, "nmea");
  assert.throws(
    () => readOptions(["--board", "rak8212", "--gnss", "nmea"]),
    /^Error: --gnss nmea takes no --board rak8212.*: use rak5010 or linux$/,
  );
  assert.throws(
    () => readOptions(["--board", "rak5010", "--espruino", "package.json"]),
    /^Error: --espruino takes no --board rak5010/,
  );
});
