/** `npm run doctor` on the simulated board's console. */
import assert from "node:assert/strict";
import { EventEmitter } from "node:events";
import { createServer } from "node:net";
import { PassThrough } from "node:stream";
import { after, afterEach, describe, test } from "node:test";
import { openDevice } from "../../scripts/device/open.ts";
import { doctor } from "../../scripts/doctor.ts";
import { boardSpecs } from "../../scripts/simulator/espruino/specs.ts";
import {
  builtBlob,
  type ConsoleOptions,
  type SimulatedConsole,
  startSimulatedConsole,
} from "../device/rig.ts";
import { run as flash, board as flashRig, OLD_BLOB, smallBlob } from "../flash/rig.ts";

let board: SimulatedConsole | undefined;
afterEach(async () => {
  await board?.close();
  board = undefined;
});

/** In which a board answers on a machine that has much to do, too; one that does not is waited for twice as long. */
const ANSWER_MS = 1000;
const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

async function run(...args: string[]): Promise<{ code: number; out: string; err: string }> {
  const out: string[] = [];
  const err: string[] = [];
  const code = await doctor(args, {
    say: (line) => out.push(line),
    complain: (line) => err.push(line),
    open: (address) => openDevice(address, { answer_ms: ANSWER_MS }),
    // The rig's world is quick, though not when the machine is busy.
    sleep: (ms) => pause(ms / 10),
  });
  return { code, out: out.join("\n"), err: err.join("\n") };
}

async function visit(options: ConsoleOptions, ...args: string[]): ReturnType<typeof run> {
  board = await startSimulatedConsole(options);
  // The firmware starts after three seconds, which the rig's quick sleep does not wait for.
  if (options.blob) while (board.board.evaluate("typeof tracker") !== '"object"') await pause(50);
  return run("--tcp", board.tcp, ...args);
}

describe("npm run doctor", () => {
  test("exits with 0 where all is well", async () => {
    const { code, out } = await visit({ blob: builtBlob(), config: {}, modem: {} }, "--wait", "3600");
    assert.equal(code, 0, out);
    assert.match(out, /^ok {5}Espruino 2v29 on a LINUX$/m);
    assert.doesNotMatch(out, /FAULT/);
  });

  test("exits with 1 and says what to do where something is wrong", async () => {
    const { code, out } = await visit({});
    assert.equal(code, 1);
    assert.match(out, /^FAULT {2}no firmware on the board\n {7}cause: .+\n {7}next: {2}npm run flash/m);
    assert.match(out, /^FAULT {2}no settings on the board\n {7}cause: .+\n {7}next: {2}npm run config/m);
  });

  test("--json", async () => {
    const { code, out } = await visit({}, "--json");
    assert.equal(code, 1);
    const verdicts = JSON.parse(out) as { kind: string; id?: string }[];
    assert.deepEqual(
      verdicts.flatMap(({ id }) => id ?? []),
      ["no-firmware", "no-settings"],
    );
  });

  for (const [id, changes] of [
    ["old-interpreter", { version: "1v99" }],
    ["unknown-board", { name: "PUCKJS" }],
  ] as const)
    test(id, async () => {
      const { code, out } = await visit({ spec: { ...boardSpecs.linux, ...changes } }, "--json");
      assert.equal(code, 1);
      const verdicts = JSON.parse(out) as { id?: string }[];
      assert.equal(verdicts.find((verdict) => verdict.id)?.id, id);
    });

  test("says what it waits for, and stops waiting", async () => {
    const { code, out, err } = await visit(
      { blob: builtBlob(), config: {}, modem: { coverage: { stat: 2 } } },
      "--wait",
      "30",
    );
    assert.equal(code, 1);
    assert.match(err, /^waiting for the modem/m);
    assert.match(out, /^FAULT /m);
  });

  describe("without an interpreter", () => {
    const server = createServer((socket) => socket.resume());
    after(() => server.close());

    test("says so", async () => {
      await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
      const { port } = server.address() as { port: number };
      const { code, err } = await run("--tcp", `127.0.0.1:${port}`);
      assert.equal(code, 1);
      assert.match(err, /^FAULT .*nothing answers.*\n {7}cause: .*\n {7}next: .*RAK8212/);
    });
  });

  test("--json where nobody is at the port is JSON, too", async () => {
    const { code, out, err } = await run("--tcp", "127.0.0.1:1", "--json");
    assert.equal(code, 1);
    assert.equal(err, "");
    const [verdict, ...more] = JSON.parse(out);
    assert.deepEqual([verdict.kind, verdict.area, verdict.id], ["fault", "console", "console-unreachable"]);
    assert.match(verdict.finding, /^127\.0\.0\.1:1: connection refused/);
    assert.deepEqual(more, []);
  });

  test("after a flash that was interrupted the code is not another program's", async (t) => {
    const rig = await flashRig(t, { blob: OLD_BLOB, config: {}, modem: {} });
    const signals = new EventEmitter();
    const output = new PassThrough();
    output.on("data", (text) => /^\.bootcde: .* of /.test(`${text}`) && signals.emit("SIGINT"));
    const blob = smallBlob("LINUX", `print("${"x".repeat(3000)}".length)`);
    assert.equal((await flash(["--tcp", rig.tcp], { blob, signals, output })).code, 130);
    const { out } = await run("--tcp", rig.tcp, "--json");
    const ids = (JSON.parse(out) as { id?: string }[]).flatMap(({ id }) => id ?? []);
    // What was sent of it is erased where the board still answers.
    assert.ok(ids.includes("cut-short") || ids.includes("no-firmware"), `${ids}`);
    assert.ok(!ids.includes("other-program"));
  });

  for (const [wanted, args, message] of [
    [1, ["--tcp", "127.0.0.1:1"], /^127\.0\.0\.1:1: connection refused/],
    [
      2,
      ["--wait", "soon"],
      /^option .--wait <S>. argument .soon. is invalid\. It must be a whole number, 0 to 3600\.$/,
    ],
    [2, ["--wait", "9999"], /argument .9999. is invalid/],
    [2, ["--nope"], /--nope/],
  ] as const)
    test(`${args.join(" ")} is refused in one line`, async () => {
      const { code, err } = await run(...args);
      assert.equal(code, wanted);
      assert.match(err, message);
      assert.equal(err.split("\n").length, 1);
    });

  test("--help", async () => {
    const { code, out } = await run("--help");
    assert.equal(code, 0);
    for (const option of ["--port", "--tcp", "--baud", "--wait", "--json"]) assert.ok(out.includes(option));
  });
});
