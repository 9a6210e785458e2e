import assert from "node:assert/strict";
import { test } from "node:test";
import { type Device, DeviceError } from "../../scripts/device/device.ts";
import { startApp, stopApp } from "../../scripts/flash/restart.ts";

const VERSION = "espruino-thingsboard 0.1.0 for LINUX";
const MEMORY = { usage: 60, total: 2500 };

/** A board that does as told: `answer` gives what an expression has for a value, or throws. */
function fakeDevice(answer: (expression: string) => unknown = () => MEMORY, BOARD = "LINUX") {
  const evaluated: string[] = [];
  let listener = (_bytes: string): void => {};
  let lose = (): void => {};
  const closed = new Promise<void>((resolve) => {
    lose = resolve;
  });
  const device = {
    name: "/dev/ttyACM0",
    env: { BOARD, VERSION: "2v29" },
    closed,
    async evaluate(expression: string) {
      evaluated.push(expression);
      return answer(expression);
    },
    onData(heard: (bytes: string) => void) {
      listener = heard;
      return () => {
        listener = () => {};
      };
    },
  } as unknown as Device;
  return { device, evaluated, print: (line: string) => listener(`${line}\r\n`), lose };
}

test("an app is stopped by a reset, and the watchdog it may have left is fed", async () => {
  const { device, evaluated } = fakeDevice();
  assert.deepEqual(await stopApp(device), MEMORY);
  assert.equal(evaluated[0], "reset()");
  assert.equal(evaluated.at(-1), "setInterval(E.kickWatchdog,1000)");
});

test("what a board did not hear while it starts anew is asked again", async () => {
  let deaf = 2;
  const { device } = fakeDevice((expression) => {
    if (/memory/.test(expression) && deaf-- > 0) throw new DeviceError("no answer");
    return MEMORY;
  });
  assert.deepEqual(await stopApp(device), MEMORY);
  deaf = 99;
  await assert.rejects(stopApp(device), /no answer/);
});

test("the firmware's line is waited for, through other lines", async () => {
  const { device, print } = fakeDevice((expression) => {
    if (expression === "load()")
      setImmediate(() => {
        print("\x1b[?7l hello");
        print(`>${VERSION}`);
      });
    return MEMORY;
  });
  assert.deepEqual(await startApp(device, VERSION, undefined, 0), {
    heard: true,
    lines: [" hello"],
    loaded: MEMORY,
    running: MEMORY,
  });
});

for (const [board, wanted] of [
  ["LINUX", { usage: 90, total: 2500 }],
  // Its console is Bluetooth's by then: nothing is asked of it.
  ["RAK8212", undefined],
] as const)
  test(`memory is looked at again when the tracker was started, ${board}`, async () => {
    let booted = false;
    let late = 0;
    const { device, print } = fakeDevice((expression) => {
      if (expression === "load()")
        setImmediate(() => {
          print(VERSION);
          setTimeout(() => {
            booted = true;
          }, 30);
        });
      if (booted) late++;
      return booted ? { usage: 90, total: 2500 } : MEMORY;
    }, board);
    const { loaded, running } = await startApp(device, VERSION, 1000, 60);
    assert.deepEqual([loaded, running, late], [MEMORY, wanted, wanted ? 1 : 0]);
  });

test("another version's line is not taken for it, and time runs out", async () => {
  const { device, print } = fakeDevice((expression) => {
    if (expression === "load()") setImmediate(() => print("espruino-thingsboard 0.0.9 for LINUX"));
    return MEMORY;
  });
  const { heard, running } = await startApp(device, VERSION, 30);
  assert.deepEqual({ heard, running }, { heard: false, running: undefined });
});

test("a connection that is lost meanwhile is told", async () => {
  const { device, lose } = fakeDevice((expression) => {
    if (expression === "load()") setImmediate(lose);
    return MEMORY;
  });
  await assert.rejects(
    startApp(device, VERSION),
    /^Error: \/dev\/ttyACM0: the connection was lost while the board started/,
  );
});

test("a connection that is lost before the tracker was started is told", async () => {
  const { device, print, lose } = fakeDevice((expression) => {
    if (expression === "load()")
      setImmediate(() => {
        print(VERSION);
        setTimeout(lose, 20);
      });
    return MEMORY;
  });
  await assert.rejects(startApp(device, VERSION, 1000, 5000), /connection was lost while the board started/);
});
