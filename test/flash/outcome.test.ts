import assert from "node:assert/strict";
import { test } from "node:test";
import type { Device } from "../../scripts/device/device.ts";
import { describeOutcome, type Outcome } from "../../scripts/flash/outcome.ts";

const VERSION = "espruino-thingsboard 0.1.0 for RAK5010";

function outcome(
  changes: Partial<Omit<Outcome, "start">> = {},
  start: Partial<Outcome["start"]> = {},
): Outcome {
  return {
    device: { name: "/dev/ttyACM0" } as Device,
    board: "rak5010",
    firmware: {
      code: "x".repeat(14_400),
      version: VERSION,
      board: "RAK5010",
      variables: 600,
      loader: undefined,
    },
    idle: { usage: 60, total: 12_500 },
    fault: "",
    ...changes,
    start: {
      heard: true,
      lines: [],
      loaded: { usage: 660, total: 12_500 },
      running: { usage: 790, total: 12_500 },
      ...start,
    },
  };
}

test("what is in use is what runs, and the code is judged by what it took when it was loaded", () => {
  assert.deepEqual(describeOutcome(outcome()).slice(0, 2), [
    VERSION,
    "790 of 12,500 variables in use: the functions run from flash (the code took 600, with a copy in RAM it would be about 1,800)",
  ]);
});

test("functions that were copied to RAM are told", () => {
  const copied = outcome({}, { loaded: { usage: 60 + 600 + 1100, total: 2500 }, running: undefined });
  assert.equal(
    describeOutcome(copied)[1],
    "1,760 of 2,500 variables in use: more than the 600 the code should take; this interpreter copies functions to RAM",
  );
});

test("without a look at the idle board only what is in use is told", () => {
  assert.equal(describeOutcome(outcome({ idle: undefined }))[1], "790 of 12,500 variables in use");
});

test("firmware that does not come up is an error with what the console said", () => {
  assert.throws(
    () => describeOutcome(outcome({}, { heard: false, lines: ["Uncaught SyntaxError: x", " at y"] })),
    /^Error: \/dev\/ttyACM0: the firmware is on the board, but did not start: Uncaught SyntaxError: x; switch/,
  );
  assert.throws(
    () => describeOutcome(outcome({}, { heard: false })),
    /did not start: the console said "nothing"/,
  );
});

test("a RAK8212 is told of before its UART is the modem's, and must be heard too", () => {
  const board = "rak8212" as const;
  const lines = describeOutcome(outcome({ board }, { running: undefined }));
  assert.equal(lines[0], VERSION);
  assert.match(lines[1] ?? "", /^660 of 12,500 variables in use: the functions run from flash/);
  assert.match(lines.at(-1) ?? "", /the Bluetooth console stays/);
  for (const start of [{}, { loaded: undefined }, { lines: ["Uncaught Error: x"] }])
    assert.throws(() => describeOutcome(outcome({ board }, { heard: false, ...start })), /did not start/);
});

test("the next step names the same port, or how to set what is missing", () => {
  assert.equal(describeOutcome(outcome()).at(-1), "Watch it: npm run repl -- --port /dev/ttyACM0");
  const device = { name: "10.0.0.7:23" } as Device;
  assert.equal(describeOutcome(outcome({ device })).at(-1), "Watch it: npm run repl -- --tcp 10.0.0.7:23");
  assert.match(
    describeOutcome(outcome({ device, fault: "there are no settings on the board" })).at(-1) ?? "",
    /^there are no settings on the board: npm run config .*npm run flash -- --tcp 10\.0\.0\.7:23 --config tracker\.json/,
  );
});
