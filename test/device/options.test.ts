import assert from "node:assert/strict";
import { test } from "node:test";
import { command, UsageError, valuesOf } from "../../scripts/command-line.ts";
import type { Address } from "../../scripts/device/device.ts";
import { findAddress, withAddress } from "../../scripts/device/options.ts";

const read = (...args: string[]) => valuesOf<Address>(withAddress(command("npm test", "")), args) as Address;

test("an address as it was given", () => {
  assert.deepEqual(read("--port", "/dev/ttyACM0"), { port: "/dev/ttyACM0" });
  assert.deepEqual(read("--port", "COM3", "--baud", "9600"), { port: "COM3", baud: 9600 });
  assert.deepEqual(read("--tcp", "board.local:23"), { tcp: "board.local:23" });
  assert.deepEqual(read("--tcp", "[::1]:23"), { tcp: "[::1]:23" });
  assert.deepEqual(read(), {});
});

for (const args of [
  ["--port", "/dev/a", "--tcp", "b:1"],
  ["--port", ""],
  ["--tcp", "host"],
  ["--tcp", "host:0"],
  ["--tcp", "host:65536"],
  ["--tcp", ":23"],
  ["--tcp", "tcp://host:23"],
  ["--tcp", "host:23", "--baud", "9600"],
  ["--baud", "fast"],
  ["--baud", "0"],
  ["--baud", "9600.5"],
  ["--baud", "5000000"],
])
  test(`refused: ${args.join(" ")}`, () => {
    assert.throws(() => read(...args), UsageError);
  });

test("the port is picked only when none was given", async () => {
  const pick = async () => "/dev/picked";
  assert.deepEqual(await findAddress({ baud: 9600 }, pick), { port: "/dev/picked", baud: 9600 });
  assert.deepEqual(await findAddress({ tcp: "a:1" }, pick), { tcp: "a:1" });
  assert.deepEqual(await findAddress({ port: "/dev/a" }, pick), { port: "/dev/a" });
});
