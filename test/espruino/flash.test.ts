/** `npm run flash` on the real interpreter: from an empty Storage to telemetry, cut short, and what a cut leaves. */
import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { PassThrough } from "node:stream";
import { type TestContext, test } from "node:test";
import { openDevice } from "../../scripts/device/open.ts";
import { pretokenise } from "../../scripts/device/pretokenise.ts";
import { countWaiting, findBox, type OutboxFile } from "../../scripts/flash/outbox-file.ts";
import type { SerialPeer } from "../../scripts/simulator/espruino/serial-peer.ts";
import { openSerialPort, startInterpreter } from "../../scripts/simulator/interpreter.ts";
import { createModem } from "../../scripts/simulator/modem/modem.ts";
import { createThingsBoard } from "../../scripts/simulator/thingsboard/server.ts";
import { offerConsole } from "../../scripts/start/console.ts";
import { builtBlob } from "../device/rig.ts";
import { blockOf, file, firstBlock, recordOf, run, smallBlob } from "../flash/rig.ts";

const binary = process.env.ESPRUINO ?? "";
const skip = binary ? false : "skipped: set ESPRUINO=<path of Espruino for Linux> to flash it";
const TOKEN = "REAL_INTERPRETER";
const TRACK = new URL(
  "../../scripts/simulator/tracks/berlin-alexanderplatz-to-charlottenburg.nmea",
  import.meta.url,
);

const tcpOf = ({ hint }: { hint: string }): string[] => ["--tcp", /--tcp (\S+)/.exec(hint)?.[1] ?? ""];

/** A directory for the interpreter's flash. */
function directoryFor(t: TestContext): string {
  const directory = mkdtempSync(join(tmpdir(), "flash-"));
  t.after(() => rmSync(directory, { recursive: true, force: true }));
  return directory;
}

test("an empty interpreter is flashed over a pseudo-terminal, starts from Storage and reports", {
  skip,
}, async (t) => {
  const thingsboard = createThingsBoard({ devices: [{ name: "tracker", token: TOKEN }] });
  const { mqttPort } = await thingsboard.listen({ mqttPort: 0 });
  const modem = createModem({ startsOn: true, gnss: { log: readFileSync(TRACK, "latin1"), time: "now" } });
  const peer: SerialPeer = { write: (bytes) => modem.receive(bytes) };
  modem.onTransmit = (bytes) => peer.onData?.(bytes);
  const modemPort = await openSerialPort(peer);
  const terminal = await offerConsole();
  const interpreter = await startInterpreter({ binary, directory: directoryFor(t), console: terminal.peer });
  t.after(async () => {
    await interpreter.stop();
    await terminal.close();
    modemPort.close();
    modem.dispose();
    await thingsboard.close();
  });
  const port = /--port (\S+)/.exec(terminal.hint)?.[1] ?? "";
  const settings = {
    board: "linux",
    server: { host: "127.0.0.1", port: mqttPort, username: TOKEN },
    modem_port: modemPort.path,
    apn: "internet",
    interval_s: 2,
    // For interpreters with a board's Storage, too.
    outbox_bytes: 8192,
  };
  const telemetry = new Promise<void>((resolve) => thingsboard.on("telemetry", () => resolve()));
  const config = file(t, "tracker.json", JSON.stringify(settings));
  const began_ms = Date.now();
  const { code, said, complained } = await run(["--port", port, "--config", config], {
    times: { answer_ms: 3000, version_ms: 10_000 },
  });
  t.diagnostic(`flashed and started in ${((Date.now() - began_ms) / 1000).toFixed(1)} s`);
  for (const line of said) t.diagnostic(line);
  assert.deepEqual({ code, complained }, { code: 0, complained: [] });
  assert.ok(said.some((line) => /^espruino-thingsboard \S+ for LINUX$/.test(line)));
  assert.match(said.join("\n"), /variables in use: the functions run from flash/);
  await telemetry;

  const again = await run(["--port", port]);
  assert.equal(again.code, 0, again.complained.join("\n"));
  assert.ok(again.said.includes("All of it is on the board already"));
});

test("killed in the middle of it, at several points, the interpreter starts again, and a second run succeeds", {
  skip,
}, async (t) => {
  const blob = smallBlob("LINUX", `print("${"x".repeat(3000)}".length)`);
  for (const point of [0, 1, 2]) {
    const directory = directoryFor(t);
    const cut = await offerConsole(0);
    const first = await startInterpreter({
      binary,
      directory,
      console: cut.peer,
      // An outbox for interpreters with a board's Storage, too.
      storage: { ".bootcde": 'print("old")', "tb.json": '{"outbox_bytes":8192}' },
    });
    const output = new PassThrough();
    let lines = 0;
    output.on("data", () => {
      if (lines++ !== point) return;
      void first.stop();
      void cut.close();
    });
    const { code, complained } = await run(tcpOf(cut), { blob, output, times: { answer_ms: 3000 } });
    assert.equal(code, 1);
    assert.match(complained.join("\n"), /: run the same again$/);
    await first.ended;

    const printed: string[] = [];
    const terminal = await offerConsole(0);
    const print = (line: string): number => printed.push(line);
    const second = await startInterpreter({ binary, directory, console: terminal.peer, print });
    assert.equal(await second.evaluate("1+1"), 2);
    assert.ok(!printed.some((line) => /Uncaught (?!SyntaxError)|9\.9\.9/.test(line)), printed.join("\n"));
    const { code: again, complained: why } = await run(tcpOf(terminal), { blob });
    assert.deepEqual({ again, why }, { again: 0, why: [] });
    assert.ok(printed.includes("3000"));
    await second.stop();
    await terminal.close();
  }
});

test("what waits in the outbox outlives firmware after firmware and compaction, where it lies", {
  skip,
}, async (t) => {
  const terminal = await offerConsole(0);
  const interpreter = await startInterpreter({ binary, directory: directoryFor(t), console: terminal.peer });
  t.after(async () => {
    await interpreter.stop();
    await terminal.close();
  });
  const settings = { board: "linux", server: { host: "h", username: "t" }, outbox_bytes: 8192 };
  const args = [...tcpOf(terminal), "--config", file(t, "tracker.json", JSON.stringify(settings))];
  const blobOf = (name: string): string => smallBlob("LINUX", `print("${name}${"x".repeat(2000)}".length)`);
  const flash = async (blob: string): Promise<string> => {
    const { code, said, complained } = await run(args, { blob, times: { answer_ms: 3000 } });
    assert.deepEqual({ code, complained }, { code: 0, complained: [] });
    return said.join("\n");
  };

  await flash(blobOf("first"));
  const device = await openDevice({ tcp: args[1] as string });
  const box = await findBox(device, "linux");
  const start = await device.evaluate('require("Flash").getFree()[0].addr');
  assert.deepEqual(box, { address: start, bytes: 8192, before: [] });
  // What lies behind it begins with a page.
  const block = firstBlock(box?.address ?? 0);
  const bytes = (records: Uint8Array[]): string => JSON.stringify([...blockOf(records)]);
  const records = [recordOf("a fix".padEnd(20)), recordOf("telemetry".padEnd(68), 3)];
  await device.evaluate(`require("Flash").write(new Uint8Array(${bytes(records)}),${block})`);
  // Too little is left for one more beside the first: the old one must be cleared away.
  await device.evaluate(
    '(function(S,n){if(n>100)S.write("fill","x",0,n)})(require("Storage"),require("Storage").getFree()-3000)',
  );
  assert.equal(await countWaiting(device, box as OutboxFile), 2);
  await device.close();

  let compactions = 0;
  for (const name of ["a", "b"]) if ((await flash(blobOf(name))).includes("Storage.compact")) compactions++;
  assert.ok(compactions, `${compactions}`);
  const later = await openDevice({ tcp: args[1] as string });
  t.after(() => later.close());
  assert.deepEqual(await findBox(later, "linux"), box);
  assert.equal(await countWaiting(later, box as OutboxFile), 2);
  assert.deepEqual(
    await later.evaluate(`[].slice.call(require("Flash").read(120,${block}))`),
    [...blockOf(records)].concat(Array(120).fill(255)).slice(0, 120),
  );
});

/**
 * What is not written yet is 0xff. Behind a function that does not end the interpreter takes it for a part of that, and 26,000
 * bytes are more than its memory: it then answers nothing. So no more of it here, where the cut is near the beginning.
 */
const MOST_ERASED = 20_000;

test("of a blob that is cut short nothing is started", { skip }, async (t) => {
  for (const blob of [builtBlob(), pretokenise(builtBlob(), "2v29")])
    for (const kept of [
      1,
      20,
      500,
      Math.floor(blob.length / 2),
      blob.length - 40,
      blob.length - 4,
      // The last is a semicolon.
      blob.length - 2,
    ]) {
      const printed: string[] = [];
      const interpreter = await startInterpreter({
        binary,
        storage: {
          ".bootcde": blob.slice(0, kept).padEnd(Math.min(blob.length, kept + MOST_ERASED), "\xff"),
        },
        directory: directoryFor(t),
        print: (line) => printed.push(line),
      });
      const left = await interpreter.evaluate(
        // That is all the firmware shows of itself in its first three seconds, but for its line: functions stand, idle.
        '[(global["\\xff"].timers||[]).length,typeof E["#onerrorFlag"],typeof process["#onuncaughtException"],typeof tracker]',
      );
      assert.ok(!printed.some((line) => line.startsWith("espruino-thingsboard")), printed.join("\n"));
      assert.deepEqual(
        left,
        [0, "undefined", "undefined", "undefined"],
        `${kept} of ${blob.length}: ${printed.join("\n")}`,
      );
      await interpreter.stop();
    }
});
