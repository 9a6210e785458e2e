/** Ctrl-C: what is said, and what state the board is in then. */
import assert from "node:assert/strict";
import { EventEmitter } from "node:events";
import { PassThrough } from "node:stream";
import { describe, type TestContext, test } from "node:test";
import { nameOf } from "../../scripts/flash/certificates.ts";
import { awaitCtrlC, PRESS_MS } from "../../scripts/flash/interruption.ts";
import type { Surroundings } from "../../scripts/flash.ts";
import { makePems, settingsIn } from "./pems.ts";
import { board, type Flashed, file, OLD_BLOB, OLD_VERSION, run, smallBlob } from "./rig.ts";

const BLOB = smallBlob("LINUX", `print("${"x".repeat(3000)}".length)`);
const SETTINGS = JSON.stringify({ board: "linux", server: { host: "server.example", username: "token" } });

/** Runs the command, and presses Ctrl-C when something is said or shown that matches. */
async function interrupted(
  args: string[],
  pattern: RegExp,
  around: Partial<Surroundings> = {},
): Promise<Flashed> {
  const signals = new EventEmitter();
  const press = (text: unknown): void => {
    if (pattern.test(String(text))) signals.emit("SIGINT");
  };
  const output = new PassThrough();
  output.on("data", press);
  const flashed = await run(args, { blob: BLOB, signals, output, say: press, ...around });
  assert.equal(signals.listenerCount("SIGINT"), 0);
  assert.equal(flashed.code, 130);
  assert.equal(flashed.complained.length, 1);
  return flashed;
}

const rigWith = (t: TestContext) => board(t, { blob: OLD_BLOB, config: {}, modem: {} });

test("Ctrl-C that npm passes on once more is one; from a second later on it is the process's own again", (t) => {
  t.mock.timers.enable({ apis: ["setTimeout"] });
  const signals = new EventEmitter();
  const { signal, end } = awaitCtrlC(signals);
  signals.emit("SIGINT");
  assert.ok(signal.aborted);
  t.mock.timers.tick(PRESS_MS - 1);
  assert.ok(signals.emit("SIGINT"), "nobody would hear it, and it would end the process");
  t.mock.timers.tick(1);
  assert.ok(!signals.emit("SIGINT"));
  end();
});

describe("Ctrl-C", () => {
  test("before anything was changed says so, and the app goes on", async (t) => {
    const rig = await rigWith(t);
    const { complained } = await interrupted(["--tcp", rig.tcp], /with Espruino/);
    assert.deepEqual(complained, ["Interrupted: nothing was changed on the board"]);
    await rig.line(/^old$/);
  });

  test("while a file is written says that this is not whole, and a second run succeeds", async (t) => {
    const rig = await rigWith(t);
    const { complained } = await interrupted(["--tcp", rig.tcp], /^\.bootcde: .* of /);
    assert.deepEqual(complained, [
      "Interrupted: .bootcde is not whole on the board, so it may start without the tracker: run the same again",
    ]);
    rig.lines.length = 0;
    rig.boot();
    assert.ok(!rig.lines.includes(OLD_VERSION));
    assert.equal((await run(["--tcp", rig.tcp], { blob: BLOB })).code, 0);
  });

  test("while a certificate is sent says that the old settings stay, and a second run succeeds", async (t) => {
    const rig = await rigWith(t);
    const pems = await makePems();
    const args = ["--tcp", rig.tcp, "--config", settingsIn(t, "linux", 1, pems)];
    const before = rig.file("tb.json");
    const { complained } = await interrupted(args, /^server\.ca to the modem: .* of /);
    assert.match(
      complained[0] as string,
      /^Interrupted: settings and firmware on the board are the old ones/,
    );
    assert.equal(rig.file("tb.json"), before);
    rig.boot();
    await rig.line(/^old$/);
    assert.equal((await run(args, { blob: BLOB })).code, 0);
    assert.deepEqual([...(rig.modem?.files.keys() ?? [])], [nameOf(pems.ca)]);
  });

  test("once all is written says that the board starts", async (t) => {
    const rig = await rigWith(t);
    const config = file(t, "tracker.json", SETTINGS);
    const { complained } = await interrupted(["--tcp", rig.tcp, "--config", config], /^\.bootcde: .*right$/);
    assert.match(complained[0] as string, /^Interrupted: (all is on the board, and it starts|\.bootcde)/);
  });

  test("ends the wait for somebody to switch the board off and on", async (t) => {
    const rig = await board(t, { spec: "rak8212", blob: "Bluetooth.setConsole(1)" });
    const { complained } = await interrupted(["--tcp", rig.tcp], /off and on now$/, {
      times: { answer_ms: 100, patience_ms: 20_000, every_ms: 20 },
    });
    assert.deepEqual(complained, ["Interrupted: nothing was changed on the board"]);
  });

  test("on a board that is held says that the tracker is", async (t) => {
    const rig = await board(t, { spec: "rak8212" });
    const { complained } = await interrupted(["--tcp", rig.tcp], /^Pretokenised/, {
      blob: smallBlob("RAK8212", "print(1234567890)"),
    } as object);
    assert.match(complained[0] as string, /tracker is held: switch it off and on$/);
  });
});
