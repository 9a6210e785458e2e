import assert from "node:assert/strict";
import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { UsageError } from "../../scripts/command-line.ts";
import { openDevice } from "../../scripts/device/open.ts";
import { realClock } from "../../scripts/simulator/clock.ts";
import { createSimulatedBoard } from "../../scripts/simulator/world.ts";
import { offerConsole } from "../../scripts/start/console.ts";
import { readOptions } from "../../scripts/start/options.ts";

const ALL_BYTES = String.fromCharCode(...Array(256).keys());

test("the console on a pseudo-terminal is reached as a serial port is", {
  skip: process.platform === "win32" && "there are none on Windows",
}, async (t) => {
  const terminal = await offerConsole();
  t.after(() => terminal.close());
  const board = createSimulatedBoard({
    clock: realClock,
    console: terminal.peer,
    blob: "setInterval(function(){print('tick')},5)",
  });
  t.after(() => board.dispose());
  board.boot();
  const directory = mkdtempSync(join(tmpdir(), "start-"));
  t.after(() => rmSync(directory, { recursive: true }));
  const port = /^--port (\S+)$/.exec(terminal.linkedIn(directory))?.[1] ?? "";
  const device = await openDevice({ port });
  t.after(() => device.close());
  assert.equal(device.env.BOARD, "LINUX");
  await device.upload("f", ALL_BYTES.repeat(9));
  assert.deepEqual(
    await device.evaluate('require("Storage").read("f",250,10)'),
    ALL_BYTES.repeat(2).slice(250, 260),
  );
  await assert.rejects(openDevice({ port }), /another program has it open/);
  await device.close();
  const again = await openDevice({ port });
  assert.equal(await again.evaluate("6*7"), 42);
  const closed = terminal.close();
  await again.closed;
  await closed;
  assert.deepEqual(readdirSync(directory), [], "the terminal may be anybody's now");
  await assert.rejects(again.evaluate("1"), /connection lost/);
});

test("the console on a TCP port", async (t) => {
  const server = await offerConsole(0);
  t.after(() => server.close());
  const board = createSimulatedBoard({ clock: realClock, console: server.peer });
  t.after(() => board.dispose());
  board.boot();
  const tcp = /^--tcp (\S+)$/.exec(server.linkedIn(""))?.[1] ?? "";
  const device = await openDevice({ tcp });
  assert.equal(await device.evaluate("6*7"), 42);
  await device.close();
  await assert.rejects(offerConsole(Number(tcp.split(":")[1])), /^Error: --console-port \d+: is taken$/);
});

test("npm start's options for it", () => {
  assert.equal(readOptions([])?.console, undefined);
  assert.deepEqual(readOptions(["--console"])?.console, {});
  assert.deepEqual(readOptions(["--console-port", "4023"])?.console, { port: 4023 });
  assert.throws(() => readOptions(["--console-port", "x"]), UsageError);
});
