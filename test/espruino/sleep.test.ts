/** `power` "save" in the real interpreter: asleep and awake again and again, the modem in PSM, or off. */
import assert from "node:assert/strict";
import { readdirSync, readlinkSync } from "node:fs";
import { describe, type TestContext, test } from "node:test";
import { setTimeout as pause } from "node:timers/promises";
import { openSerialPort, startInterpreter } from "../../scripts/simulator/interpreter.ts";
import type { Modem } from "../../scripts/simulator/modem/modem.ts";
import { startRealTracker } from "../../scripts/simulator/real-tracker.ts";
import { keyedBlob } from "./keyed-blob.ts";

const binary = process.env.ESPRUINO ?? "";
const skip = binary ? false : "skipped: set ESPRUINO=<path of Espruino for Linux> to run the blob in it";

/** What an interpreter may have more in use from one sleep to another. */
const NOISE = 15;

type Evaluate = (expression: string) => Promise<unknown>;

/** Of an interpreter. */
async function processId(evaluate: Evaluate): Promise<number> {
  return Number(String(await evaluate('require("fs").readFileSync("/proc/self/stat")')).split(" ")[0]);
}

/** Whether a process has a file open. */
function hasOpen(process_id: number, path: string): boolean {
  const directory = `/proc/${process_id}/fd`;
  return readdirSync(directory).some((file) => {
    try {
      return readlinkSync(`${directory}/${file}`) === path;
    } catch {
      return false;
    }
  });
}

/** As a board's transistor does at `Power.On` and `Power.Key`: for 550 ms. */
function pressKey(modem: Modem): void {
  modem.pwrkey(0);
  setTimeout(() => modem.pwrkey(1), 550);
}

test("the simulated Linux is right: unsetup leaves the port open, a setup closes it", { skip }, async (t) => {
  let sent = "";
  const peer = { write: (bytes: string) => (sent += bytes), onData: (_bytes: string) => {} };
  const port = await openSerialPort(peer);
  t.after(() => port.close());
  const { evaluate, stop } = await startInterpreter({ binary });
  t.after(stop);
  const id = await processId(evaluate);
  const setup = (path: string) => `Serial1.setup(9600,{path:${JSON.stringify(path)}})`;
  await evaluate("(got='',Serial1.on('data',function(d){got+=d}))");
  await evaluate(`[${setup(port.path)},Serial1.unsetup(),Serial1.write('x')]`);
  peer.onData("heard");
  await pause(300);
  assert.deepEqual([await evaluate("got"), sent, hasOpen(id, port.path)], ["heard", "x", true]);
  await evaluate(`[${setup("/dev/null")},Serial1.write('y')]`);
  await pause(300);
  assert.deepEqual([sent, hasOpen(id, port.path)], ["x", false]);
  await evaluate(`[${setup(port.path)},Serial1.write('z')]`);
  await pause(300);
  assert.deepEqual([sent, hasOpen(id, port.path)], ["xz", true]);
});

/** So often awake, each `interval_s`. */
async function sleepAndWake(
  t: TestContext,
  way: "psm" | "off",
  wakes: number,
  interval_s: number,
): Promise<void> {
  let keys = 0;
  const tracker = await startRealTracker({
    binary,
    blob: await keyedBlob(binary),
    interval_s,
    config: { power: "save", window_s: 1 },
    modem: {
      coverage: { release_ms: 500, search_ms: 500, resume_ms: 100 },
      psm: { granted: way === "off" ? "refused" : { tau_s: 3600, active_s: 5 } },
      times: { boot_ms: 1000, activate_ms: 100, deactivate_ms: 50, functionality_ms: 20, open_ms: 10 },
    },
    print(line) {
      // 2: `Power.Key`. Nothing here asks for more.
      if (line.startsWith("key ")) keys++;
      if (line === "key 2") pressKey(modem);
    },
  });
  t.after(() => tracker.stop());
  const { thingsboard, modem, evaluate, lines } = tracker;
  const said = () => lines.join("\n");
  const id = await processId(evaluate);
  const path = String(await evaluate('require("Storage").readJSON("tb.json").modem_port'));
  const fixes = () => new Set(thingsboard.telemetry("tracker", "Latitude").map(({ ts }) => ts)).size;
  const asleep = () => modem.state.power === way && !hasOpen(id, path);
  async function until(what: () => boolean, seconds: number): Promise<void> {
    for (const end_ms = Date.now() + seconds * 1000; !what(); await pause(100))
      assert.ok(Date.now() < end_ms, `${what}\n${said()}`);
  }

  await until(asleep, 60);
  const first_keys = keys;
  const first_fixes = fixes();
  const usage: number[] = [];
  for (let wake = 1; wake <= wakes; wake++) {
    await until(() => keys === first_keys + wake && modem.state.power === "running", 60);
    await until(asleep, 60);
    usage.push(Number(await evaluate("process.memory().usage")));
    const flags = (await evaluate("E.getErrorFlags()")) as string[];
    const said_itself = await evaluate("[tracker.status().waiting,modem.status().state]");
    assert.ok(asleep(), `it woke while it was asked\n${said()}`);
    assert.deepEqual(said_itself, [0, "asleep"]);
    // It warns only: garbage had to be collected.
    assert.deepEqual(
      flags.filter((flag) => flag !== "LOW_MEMORY"),
      [],
    );
    assert.equal(fixes(), first_fixes + wake, said());
  }
  t.diagnostic(`in use, from sleep to sleep: ${usage.join(" ")}`);
  assert.doesNotMatch(said(), /gnss:|tracker: [^c]/);
  const first = Number(usage[0]);
  assert.ok(Math.max(...usage) <= first + NOISE, usage.join(" "));
}

describe("each wake reports its fix; between them the UART is closed, and memory stays", {
  skip,
  concurrency: true,
}, () => {
  test("the modem in PSM", (t) => sleepAndWake(t, "psm", 6, 18));
  test("the network grants no PSM, and the modem is off", (t) => sleepAndWake(t, "off", 10, 15));
});
