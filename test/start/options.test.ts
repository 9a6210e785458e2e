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

test("--policy and --interval say how it reports, and what does not fit is refused in one line", () => {
  const chosen = (...args: string[]) => readOptions(args)?.policy;
  assert.deepEqual([chosen()?.name, chosen()?.interval_s], ["live", 5]);
  assert.deepEqual([chosen("--interval", "60")?.name, chosen("--interval", "7")?.name], ["minute", "asked"]);
  assert.equal(chosen("--interval", "7")?.interval_s, 7);
  assert.deepEqual(
    readOptions(["--interval", "7"])?.policies.map(({ name }) => name),
    ["asked", "live", "minute", "hourly", "four-a-day"],
  );
  assert.equal(readOptions([])?.policies.length, 4);
  // An hour by itself is not the policy that sleeps.
  assert.equal(chosen("--interval", "3600")?.sleeps, undefined);
  const board = ["--board", "rak5010"];
  assert.deepEqual(chosen(...board, "--policy", "four-a-day")?.sleeps, { power: "save", upload_s: 21_600 });
  for (const [args, why] of [
    [
      ["--policy", "hourly"],
      /^Error: --policy hourly: linux does not sleep, use rak8212 or rak5010 or wio-lte$/,
    ],
    [
      ["--policy", "hourly", "--board", "rak8212", "--tls"],
      /^Error: --policy hourly: rak8212 has no room for TLS and sleep, use rak5010 or wio-lte$/,
    ],
    [["--policy", "daily"], /daily.*live, minute, hourly, four-a-day/],
    [["--policy", "live", "--interval", "5"], /^Error: --interval takes no --policy/],
    [["--trackers", "21"], /21.*1 to 20/],
    [["--trackers", "0"], /1 to 20/],
    [["--trackers", "2", "--broker", "h", "--token", "t"], /^Error: --trackers takes no --broker/],
    [["--trackers", "2", "--espruino", "package.json"], /^Error: --trackers takes no --espruino/],
  ] as const)
    assert.throws(() => readOptions([...args]), why, args.join(" "));
});
