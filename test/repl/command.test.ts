/** `npm run repl` on the simulated board: the command as a person or a script has it. */
import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { PassThrough } from "node:stream";
import { after, afterEach, before, describe, test } from "node:test";
import { fileURLToPath } from "node:url";
import { type IPty, spawn } from "@lydell/node-pty";
import { repl } from "../../scripts/repl.ts";
import { builtBlob, type SimulatedConsole, startSimulatedConsole } from "../device/rig.ts";

/** What the command printed, and how it ended. */
interface Outcome {
  code: number;
  out: string;
  err: string;
}

const directory = mkdtempSync(join(tmpdir(), "repl-"));
after(() => rmSync(directory, { recursive: true }));

let board: SimulatedConsole;

/** Runs the command with these lines piped in. The console takes the next one when it has seen the last one leave. */
async function run(args: string[], ...lines: string[]): Promise<Outcome> {
  for (;;) {
    const outcome = await runOnce(args, lines);
    if (!/closed the connection at once/.test(outcome.err)) return outcome;
  }
}

async function runOnce(args: string[], lines: string[]): Promise<Outcome> {
  const input = new PassThrough();
  const output = new PassThrough();
  let out = "";
  let err = "";
  output.on("data", (chunk) => {
    out += chunk;
  });
  input.end(lines.map((line) => `${line}\n`).join(""));
  const code = await repl(["--tcp", board.tcp, ...args], {
    input,
    output,
    complain: (line) => {
      err += `${line}\n`;
    },
    history: undefined,
  });
  return { code, out, err };
}

/** Until what the promise waits for is so. */
async function until(what: () => boolean): Promise<void> {
  for (const end_ms = Date.now() + 60_000; !what(); ) {
    assert.ok(Date.now() < end_ms, `within a minute: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

describe("npm run repl -e", () => {
  before(async () => {
    board = await startSimulatedConsole({ blob: builtBlob(), config: {}, modem: {} });
    await until(() => board.lines.includes("tracker: connected"));
  });
  after(() => board.close());

  test("prints the value as JSON", async () => {
    const { code, out, err } = await run(["-e", "tracker.status()"]);
    assert.deepEqual([code, err], [0, ""]);
    const { interval_s, modem } = JSON.parse(out);
    assert.deepEqual([interval_s, typeof modem.imei], [1, "string"]);
    assert.equal((await run(["--eval", "var a = 5; a + 1"])).out, "6\n");
    assert.equal((await run(["-e", '"text"'])).out, '"text"\n');
    assert.equal((await run(["-e", "undefined"])).out, "undefined\n");
    assert.equal((await run(["-e", "{a: [1]}"])).out, '{\n  "a": [\n    1\n  ]\n}\n');
  });

  test("shows what the expression prints, and nothing that the board says besides", async () => {
    board.board.evaluate('var chatter = setInterval(function(){print("chatter")},1)');
    assert.deepEqual(await run(["-e", "print(5)"]), { code: 0, out: "5\n", err: "" });
    assert.equal((await run(["-e", 'print("a\\nb"); print({a:1}); 7'])).out, 'a\nb\n{ "a": 1 }\n7\n');
    board.board.evaluate("clearInterval(chatter)");
    const { code, out, err } = await run(["-e", 'print("before"); nope()']);
    assert.deepEqual([code, out], [1, "before\n"]);
    assert.match(err, /^ReferenceError: /);
  });

  test("says what is wrong in one line and exits with 1", async () => {
    for (const [expression, message] of [
      ["nope()", /^ReferenceError: .*nope.* is not defined\n$/],
      ["server.send_telemetry([])", /^Error: data: use \{\} or \[\{\}\]\n$/],
    ] as const) {
      const { code, out, err } = await run(["-e", expression]);
      assert.deepEqual([code, out], [1, ""]);
      assert.match(err, message);
    }
  });

  for (const [wanted, args, message] of [
    [2, ["--tcp", "nowhere"], /^option .--tcp <HOST:PORT>. argument .nowhere. is invalid/],
    [1, ["--tcp", "127.0.0.1:1"], /^127\.0\.0\.1:1: connection refused/],
    [2, ["-e", " "], /^option .-e, --eval <EXPR>. .*expression/],
    [2, ["--nope"], /--nope/],
    [1, ["--log", "/nonexistent/log"], /^--log \/nonexistent\/log: no such file or directory$/m],
    [1, ["--log", tmpdir()], /^--log \S+: illegal operation on a directory$/m],
  ] as const)
    test(`${args.join(" ")} is refused in one line`, async () => {
      const { code, err } = await run([...args]);
      assert.equal(code, wanted);
      assert.match(err, message);
      assert.equal(err.trim().split("\n").length, 1);
    });

  test("--help", async () => {
    const { code, out } = await run(["--help"]);
    assert.equal(code, 0);
    for (const option of ["--port", "--tcp", "--baud", "--eval", "--log"]) assert.ok(out.includes(option));
  });
});

describe("npm run repl, lines piped in", () => {
  before(async () => {
    board = await startSimulatedConsole({ blob: builtBlob(), config: {}, modem: {} });
    await until(() => board.lines.includes("tracker: connected"));
  });
  after(() => board.close());

  test("shows values, errors and what is printed, in order", async () => {
    const { code, out, err } = await run(
      [],
      "var x = 20",
      "function twice(n) {",
      "  return 2 * n",
      "}",
      "twice(x) + 2",
      "print('printed')",
      "nope()",
      "{a: 1}",
      '"a\\nb"',
    );
    assert.deepEqual([code, err], [0, ""]);
    assert.match(out, /\n=42\nprinted\n=undefined\nUncaught [^\n]*nope[\s\S]*\{ "a": 1 \}\n="a\\nb"\n$/);
    assert.doesNotMatch(out, /REPL/, "our own frame");
  });

  test("stack traces have the TypeScript's places", async () => {
    const { out } = await run([], "server.send_telemetry([])");
    const lines = [...out.matchAll(/(firmware\/[\w/.-]+):(\d+)/g)].map(([, file, line]) => {
      const source = readFileSync(new URL(`../../${file}`, import.meta.url), "utf8");
      return source.split("\n")[Number(line) - 1] ?? "";
    });
    assert.ok(
      lines.some((line) => /throw Error\("data: /.test(line)),
      out,
    );
    assert.match(out, /at send_telemetry \(firmware/);
  });

  test(".status and .mem", async () => {
    const { out } = await run([], ".status", ".mem", ".log nonsense");
    assert.match(out, /^state +(modem|server|online)$/m);
    assert.match(out, /^modem\n {2}state +/m);
    assert.match(
      out,
      /^variables +[\d,]+ of 4,096 in use, [\d,]+ free\nStorage +[\d,]+ of 393,216 bytes free$/m,
    );
    assert.match(out, /^\.log, \.log LINES/m);
  });

  test("--log keeps what the board says with the time, and no secret", async () => {
    const log = join(directory, "log");
    await run(["--log", log], ".at on", 'print("one")', "server.disconnect()", "server");
    await run(["--log", log], 'print("two");require("Storage").read("tb.json")');
    assert.equal(statSync(log).mode & 0o077, 0, "nobody else may read it");
    const text = readFileSync(log, "utf8");
    assert.match(text, /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z one$/m);
    assert.match(text, /Z two$/m);
    assert.match(text, /username.*\*\*\*/);
    assert.doesNotMatch(text, /A1_TEST_TOKEN/);
  });

  test("leaves when nobody reads what it shows, with the trace off", async () => {
    const output = new PassThrough();
    const input = new PassThrough();
    const ended = repl(["--tcp", board.tcp], { input, output, complain: assert.fail, history: undefined });
    const first = await new Promise((resolve) => output.once("data", resolve));
    assert.match(`${first}`, /Espruino/);
    input.write(".at on\n");
    await board.line(/^> "AT/);
    output.destroy(Object.assign(new Error("write EPIPE"), { code: "EPIPE" }));
    assert.equal(await ended, 0);
    const from = board.lines.length;
    const fixes = board.thingsboard.telemetry("tracker", "Latitude").length;
    await until(() => board.thingsboard.telemetry("tracker", "Latitude").length > fixes);
    assert.ok(!board.lines.slice(from).some((line) => line.startsWith("> ")));
  });

  test(".reboot restarts the board and stays connected", async () => {
    const { out } = await run([], "var gone = 1", ".reboot", "typeof gone");
    assert.match(out, /espruino-thingsboard \S+ for LINUX/);
    assert.match(out, /="undefined"\n/);
  });
});

// biome-ignore-start lint/suspicious/noControlCharactersInRegex: keys and answers of a terminal
describe("npm run repl on a terminal", () => {
  let terminal: IPty | undefined;
  let screen = "";
  afterEach(async () => {
    terminal?.kill();
    await board.close();
  });

  async function start(): Promise<{
    type(text: string, wanted: RegExp): Promise<void>;
    ended: Promise<number>;
  }> {
    screen = "";
    const own = spawn(process.execPath, ["--import", "tsx", "scripts/repl.ts", "--tcp", board.tcp], {
      cwd: fileURLToPath(new URL("../..", import.meta.url)),
      cols: 200,
      env: { ...process.env, XDG_STATE_HOME: directory },
    });
    terminal = own;
    own.onData((text) => {
      screen += text;
    });
    const ended = new Promise<number>((resolve) => own.onExit(({ exitCode }) => resolve(exitCode)));
    const wait = async (wanted: RegExp, from: number): Promise<void> => {
      const end_ms = Date.now() + 60_000;
      while (!wanted.test(screen.slice(from))) {
        assert.ok(Date.now() < end_ms, `no ${wanted} on the screen within a minute:\n${screen}`);
        await new Promise((resolve) => setTimeout(resolve, 10));
      }
    };
    await wait(/\n.*> /, 0);
    return {
      ended,
      async type(text, wanted) {
        const from = screen.length;
        own.write(text);
        await wait(wanted, from);
      },
    };
  }

  test("edits lines, completes the tracker's objects, keeps the history, leaves at a second Ctrl-C with nothing typed", async () => {
    board = await startSimulatedConsole({ blob: builtBlob(), config: {}, modem: {} });
    const first = await start();
    await until(() => board.lines.includes("tracker: connected"));
    // What the tracker said is on the screen by then, and not taken for what is typed below.
    await first.type("6*7\r", /=42\r\n/);
    await first.type("track", /track/);
    await first.type("\t", /er/);
    await first.type(".sta", /\.sta/);
    await first.type("\t", /tus/);
    await first.type("().interval_s\r", /=1\r\n/);
    // One character back, and another in its place.
    await first.type("6*8", /6\*8/);
    await first.type("\x1b[D", /\x1b/);
    await first.type("\x7f", /68/);
    await first.type("+", /6\+8/);
    await first.type("\r", /=14\r\n/);
    // However often: what is typed goes first.
    for (const typed of ["half typed", "again"]) {
      await first.type(typed, new RegExp(typed));
      await first.type("\x03", /\n.*> /);
    }
    await first.type("[1,\r", /\.\.\. /);
    await first.type("\x03", /\n.*> /);
    await first.type("\x03", /Ctrl-C again/);
    await first.type("and again", /and again/);
    await first.type("\x03", /\n.*> /);
    await first.type("\x03", /Ctrl-C again/);
    assert.equal((screen.match(/Ctrl-C again/g) ?? []).length, 2);
    terminal?.write("\x03");
    assert.equal(await first.ended, 0);

    const second = await start();
    await second.type("\x1b[A", /\[1,/);
    await second.type("\x1b[A", /6\+8/);
    await second.type("\x1b[A", /tracker\.status\(\)\.interval_s/);
    await second.type("\r", /=1\r\n/);
    await second.type(".exit\r", /exit/);
    assert.equal(await second.ended, 0);
  });

  test("says in one line that the board is gone, and exits with 1", async () => {
    board = await startSimulatedConsole({ blob: builtBlob() });
    const { ended } = await start();
    const from = screen.length;
    board.unplug();
    assert.equal(await ended, 1);
    assert.match(screen.slice(from), /127\.0\.0\.1:\d+ is gone: [^\n]*\r\n$/);
  });
});
// biome-ignore-end lint/suspicious/noControlCharactersInRegex: keys and answers of a terminal
