import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { type Device, DeviceError } from "../../scripts/device/device.ts";
import { openDevice } from "../../scripts/device/open.ts";
import { startApp, stopApp } from "../../scripts/flash/restart.ts";
import { board } from "./rig.ts";

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

test("an app is stopped by a reset, after which the interpreter feeds its watchdog", async () => {
  const { device, evaluated } = fakeDevice();
  assert.deepEqual(await stopApp(device), MEMORY);
  assert.deepEqual(evaluated.slice(0, 2), ["E.enableWatchdog(25,true)", "reset()"]);
});

describe("the watchdog of a tracker that runs", () => {
  /** The kicks of a machine that has much to do may come half a second late. */
  const SECONDS = 1;
  /** As the firmware does: the interpreter kicks until it starts, then it does itself. */
  const blob = `E.enableWatchdog(${SECONDS},true);print("boot");setTimeout(function(){E.enableWatchdog(${SECONDS},false);setInterval(function(){E.kickWatchdog()},50);print("started")},50)`;
  const later = () => new Promise((resolve) => setTimeout(resolve, SECONDS * 1500));

  // Of the Wio LTE the 25 seconds count from then on.
  for (const spec of ["rak8212", "rak5010"] as const)
    test(`does not bite once it was stopped, ${spec}`, async (t) => {
      const rig = await board(t, { spec, blob });
      const device = await openDevice({ tcp: rig.tcp }, { answer_ms: 2000 });
      t.after(() => device.close());
      if (!rig.lines.includes("started")) await rig.line(/^started$/);
      await stopApp(device);
      await later();
      assert.deepEqual(rig.lines, ["boot", "started"]);
      assert.equal(await device.evaluate("1+1"), 2);
    });

  test("bites after a reset() by hand: the board starts anew", async (t) => {
    const rig = await board(t, { spec: "rak8212", blob });
    if (!rig.lines.includes("started")) await rig.line(/^started$/);
    rig.board.evaluate("reset()");
    await rig.line(/^boot$/);
  });
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
