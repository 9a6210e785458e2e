/** `npm run flash` on the real interpreter: from an empty Storage to telemetry, cut short, and what a cut leaves. */
import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { PassThrough } from "node:stream";
import { type TestContext, test } from "node:test";
import { BUDGETS } from "../../scripts/budgets.ts";
import { openDevice } from "../../scripts/device/open.ts";
import { pretokenise } from "../../scripts/device/pretokenise.ts";
import { nameOf } from "../../scripts/flash/certificates.ts";
import { layOut } from "../../scripts/flash/code-layout.ts";
import { countWaiting, findBox, LEAD_OFFSET, type OutboxFile } from "../../scripts/flash/outbox-file.ts";
import type { SerialPeer } from "../../scripts/simulator/espruino/serial-peer.ts";
import { interpreterRoom, openSerialPort, startInterpreter } from "../../scripts/simulator/interpreter.ts";
import { createModem } from "../../scripts/simulator/modem/modem.ts";
import { blobFor } from "../../scripts/simulator/real-tracker.ts";
import { createThingsBoard } from "../../scripts/simulator/thingsboard/server.ts";
import { offerConsole } from "../../scripts/start/console.ts";
import { makePems, settingsIn } from "../flash/pems.ts";
import { blockOf, file, firstBlock, recordOf, run, smallBlob } from "../flash/rig.ts";

const binary = process.env.ESPRUINO ?? "";
const skip = binary ? false : "skipped: set ESPRUINO=<path of Espruino for Linux> to flash it";
const TOKEN = "REAL_INTERPRETER";
const TRACK = new URL(
  "../../scripts/simulator/tracks/berlin-alexanderplatz-to-charlottenburg.nmea",
  import.meta.url,
);

const tcpOf = ({ address }: { address: string }): string[] => [
  "--tcp",
  /--tcp (\S+)/.exec(address)?.[1] ?? "",
];

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
  const port = /--port (\S+)/.exec(terminal.address)?.[1] ?? "";
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
  const blob = await blobFor(binary);
  const { code, said, complained } = await run(["--port", port, "--config", config], {
    blob,
    times: { answer_ms: 3000, version_ms: 10_000 },
  });
  t.diagnostic(`flashed and started in ${((Date.now() - began_ms) / 1000).toFixed(1)} s`);
  for (const line of said) t.diagnostic(line);
  assert.deepEqual({ code, complained }, { code: 0, complained: [] });
  assert.ok(said.some((line) => /^espruino-thingsboard \S+ for LINUX$/.test(line)));
  assert.match(said.join("\n"), /variables in use: the functions run from flash/);
  await telemetry;

  const again = await run(["--port", port], { blob });
  assert.equal(again.code, 0, again.complained.join("\n"));
  assert.ok(again.said.includes("All of it is on the board already"));
});

test("certificates get onto the modem, byte for byte, a chain as long as may be among them, and once only", {
  skip,
}, async (t) => {
  const modem = createModem({ startsOn: true });
  const peer: SerialPeer = { write: (bytes) => modem.receive(bytes) };
  modem.onTransmit = (bytes) => peer.onData?.(bytes);
  const modemPort = await openSerialPort(peer);
  const terminal = await offerConsole(0);
  const interpreter = await startInterpreter({ binary, directory: directoryFor(t), console: terminal.peer });
  t.after(async () => {
    await interpreter.stop();
    await terminal.close();
    modemPort.close();
    modem.dispose();
  });
  const pems = await makePems();
  pems.cert = pems.cert.padEnd(8192, "\n");
  const more = { modem_port: modemPort.path, outbox_bytes: 8192 };
  const args = [...tcpOf(terminal), "--config", settingsIn(t, "linux", 2, pems, more)];
  const flash = async (): Promise<string> => {
    const times = { answer_ms: 3000, pause_ms: 10 };
    const { code, said, complained } = await run(args, { blob: smallBlob("LINUX"), times });
    assert.deepEqual({ code, complained }, { code: 0, complained: [] }, said.join("\n"));
    return said.join("\n");
  };

  assert.match(await flash(), /^server\.cert to the modem: 8,192 bytes in/m);
  assert.deepEqual(
    [...modem.files].sort(),
    Object.values(pems)
      .map((pem) => [nameOf(pem), pem])
      .sort(),
  );
  t.diagnostic(`${JSON.stringify(await interpreter.evaluate("process.memory().usage"))} variables`);
  assert.match(await flash(), /^server\.cert: on the modem already/m);
  modem.files.clear();
  await flash();
  assert.equal(modem.files.size, 3);
});

/** So long that what a cut leaves erased is more than a small board's memory, were it read as the end of a function. */
const LONG_BLOB = smallBlob("LINUX", `print(3000);function c(d){${"a(d);".repeat(5400)}}`);

test("killed in the middle of it, at several points, the interpreter starts again, and a second run succeeds", {
  skip,
}, async (t) => {
  for (const point of [0, 2]) {
    const directory = directoryFor(t);
    const cut = await offerConsole(0);
    const first = await startInterpreter({
      binary,
      directory,
      console: cut.peer,
      // An outbox for interpreters with a board's Storage, too.
      storage: { ".bootcde": 'print("old")', "tb.json": '{"outbox_bytes":8192}' },
    });
    t.after(() => first.stop());
    t.after(() => cut.close());
    const output = new PassThrough();
    let lines = 0;
    output.on("data", () => {
      if (lines++ !== point) return;
      void first.stop();
      void cut.close();
    });
    const { code, complained } = await run(tcpOf(cut), {
      blob: LONG_BLOB,
      output,
      times: { answer_ms: 3000 },
    });
    assert.equal(code, 1);
    assert.match(complained.join("\n"), /: run the same again$/);
    await first.ended;

    const printed: string[] = [];
    const terminal = await offerConsole(0);
    const print = (line: string): number => printed.push(line);
    const second = await startInterpreter({ binary, directory, console: terminal.peer, print });
    t.after(() => second.stop());
    t.after(() => terminal.close());
    assert.equal(await second.evaluate("1+1"), 2);
    assert.ok(!printed.some((line) => /Uncaught (?!SyntaxError)|9\.9\.9/.test(line)), printed.join("\n"));
    const args = [...tcpOf(terminal), "--compact"];
    let { code: again, complained: why } = await run(args, { blob: LONG_BLOB });
    // Espruino for Linux now and then loses a typed byte when the machine is busy.
    if (/: no answer to /.test(why.join()))
      ({ code: again, complained: why } = await run(args, { blob: LONG_BLOB }));
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
  const config = file(t, "tracker.json", JSON.stringify(settings));
  const args = [...tcpOf(terminal), "--config", config, "--compact"];
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
 * Behind a function that does not end the interpreter takes erased bytes for a part of that, and 26,000 of them are more
 * than a small board's memory: it then answers nothing. So no more of them here, where the cut is near the beginning.
 */
const MOST_ERASED = 20_000;
/** What four packets have of a file. */
const CHUNK_BYTES = 2048;

async function startsNothing(t: TestContext, code: string, what: string, lead = ""): Promise<void> {
  const printed: string[] = [];
  const interpreter = await startInterpreter({
    binary,
    storage: {
      ...(lead && { "tb.box": "\xff".repeat(LEAD_OFFSET) + lead }),
      ".bootcde": code,
    },
    directory: directoryFor(t),
    print: (line) => printed.push(line),
  });
  t.after(() => interpreter.stop());
  const left = await interpreter.evaluate(
    // That is all the firmware shows of itself in its first three seconds, but for its line: functions stand, idle. The
    // name of the one that is torn can be E.
    '[(global["\\xff"].timers||[]).length,typeof (E||{})["#onerrorFlag"],typeof process["#onuncaughtException"],typeof tracker]',
  );
  assert.ok(!printed.some((line) => line.startsWith("espruino-thingsboard")), printed.join("\n"));
  assert.deepEqual(left, [0, "undefined", "undefined", "undefined"], `${what}: ${printed.join("\n")}`);
  await interpreter.stop();
}

/** Whether it is flashed as text: Storage has room for that beside the outbox, and memory for what follows a function cut short. */
async function takesText(): Promise<boolean> {
  const { storage, variables } = await interpreterRoom(binary);
  return storage > whole.length + 12_288 && variables > BUDGETS.variables;
}

const whole = binary ? await blobFor(binary) : "";
const tokens = (code: string): string => pretokenise(code, "2v29");
const FORMS = {
  text: layOut(whole, (code) => code, false),
  tokens: layOut(whole, tokens, false),
  "tokens, the first of them in the outbox's file": layOut(whole, tokens, true),
};

for (const [form, { lead, boot: blob }] of Object.entries(FORMS)) {
  test(`of a blob that flash has written a part of nothing is started, wherever it ends: ${form}`, {
    skip,
  }, async (t) => {
    const open = blob.slice(0, 1).padEnd(4, "\xff") + blob.slice(4);
    const cuts = [1, 2, 4, 5, 8, 20, 100];
    for (let cut = CHUNK_BYTES; cut < blob.length; cut += CHUNK_BYTES) cuts.push(cut);
    for (const cut of [...cuts, blob.length])
      await startsNothing(
        t,
        open.slice(0, cut).padEnd(blob.length, "\xff"),
        `${cut} of ${blob.length}`,
        lead,
      );
    // The last word, torn.
    for (const torn of [2, 3])
      await startsNothing(
        t,
        blob.slice(0, torn).padEnd(4, "\xff") + blob.slice(4),
        `${torn}, and the rest`,
        lead,
      );
  });

  test(`of a blob that something else has cut short nothing is started: ${form}`, { skip }, async (t) => {
    if (form === "text" && !(await takesText())) return t.skip("so small a board gets tokens");
    // The last is a semicolon.
    for (const kept of [20, Math.floor(blob.length / 2), blob.length - 40, blob.length - 4, blob.length - 2])
      await startsNothing(
        t,
        blob.slice(0, kept).padEnd(Math.min(blob.length, kept + MOST_ERASED), "\xff"),
        `${kept} of ${blob.length}`,
        lead,
      );
  });
}
