/** What all commands have in common. */
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { PassThrough } from "node:stream";
import { after, describe, type TestContext, test } from "node:test";
import { fileURLToPath } from "node:url";
import { bench } from "../scripts/bench.ts";
import { build } from "../scripts/build.ts";
import { config } from "../scripts/config.ts";
import { doctor } from "../scripts/doctor.ts";
import { flash } from "../scripts/flash.ts";
import { line } from "../scripts/line.ts";
import { makePackages } from "../scripts/package.ts";
import { repl } from "../scripts/repl.ts";
import { start } from "../scripts/start.ts";
import { thingsboard } from "../scripts/thingsboard.ts";

const ROOT = fileURLToPath(new URL("..", import.meta.url));
const directory = mkdtempSync(join(tmpdir(), "commands-"));
after(() => rmSync(directory, { recursive: true }));

/** The console's own output is that of the command while it runs. */
async function replHere(args: string[]): Promise<number> {
  const output = new PassThrough();
  const code = await repl(args, { output, input: new PassThrough() });
  const text = output.read();
  if (text) console.log(`${text}`);
  return code;
}

const COMMANDS: Record<string, (args: string[]) => Promise<number>> = {
  start,
  build,
  package: makePackages,
  flash,
  line,
  config,
  thingsboard,
  repl: replHere,
  doctor,
  bench,
};

/** Runs a command; what it says, and its complaints. */
async function run(t: TestContext, command: string, args: string[]) {
  const said = t.mock.method(console, "log", () => {});
  const complained = t.mock.method(console, "error", () => {});
  const text = (calls: { arguments: unknown[] }[]) => calls.map((call) => `${call.arguments[0]}`).join("\n");
  const code = await COMMANDS[command]?.(args);
  return { code, out: text(said.mock.calls), err: text(complained.mock.calls) };
}

for (const command of Object.keys(COMMANDS))
  describe(command, () => {
    test("--help is the usage", async (t) => {
      const { code, out, err } = await run(t, command, ["--help"]);
      assert.deepEqual([code, err], [0, ""]);
      assert.match(out, new RegExp(`^Usage: npm (run )?${command} -- \\[options\\]\n`));
    });

    test("an unknown option or one value too many is a wrong command line: 2, and one line", async (t) => {
      assert.deepEqual(await run(t, command, ["--nope=secret"]), {
        code: 2,
        out: "",
        err: "unknown option '--nope'",
      });
      t.mock.restoreAll();
      const { code, err } = await run(t, command, ["secret"]);
      assert.deepEqual([code, err.split("\n").length], [2, 1]);
      assert.doesNotMatch(err, /secret/);
    });

    test("is started the one way, which knows faults and readers that leave", () => {
      assert.match(readFileSync(join(ROOT, `scripts/${command}.ts`), "utf8"), /^await runCommand\(/m);
    });
  });

test("runs where the project is reached by a link, as all of /tmp is on macOS", {
  skip: process.platform === "win32",
}, async () => {
  const link = join(directory, "link");
  symlinkSync(ROOT, link);
  const { code, out } = await new Promise<{ code: number | null; out: string }>((resolve) => {
    const child = spawn(process.execPath, ["--import", "tsx", join(link, "scripts/config.ts"), "--help"], {
      cwd: ROOT,
    });
    let out = "";
    child.stdout.on("data", (chunk) => {
      out += chunk;
    });
    child.on("close", (code) => resolve({ code, out }));
  });
  assert.equal(code, 0);
  assert.match(out, /^Usage: npm run config/);
});

/** Runs a command whose output nobody reads. */
function unread(command: string): Promise<{ code: number | null; err: string }> {
  const child = spawn(process.execPath, ["--import", "tsx", `scripts/${command}.ts`, "--help"], {
    cwd: ROOT,
  });
  child.stdout.destroy();
  let err = "";
  child.stderr.on("data", (chunk) => {
    err += chunk;
  });
  return new Promise((resolve) => child.on("close", (code) => resolve({ code, err })));
}

test("ends in peace when nobody reads what it says", async () => {
  for (const command of ["config", "flash"]) assert.deepEqual(await unread(command), { code: 0, err: "" });
});

describe("a path that is empty is a wrong command line", () => {
  for (const [command, option] of [
    ["start", "--log"],
    ["start", "--espruino"],
    ["flash", "--config"],
    ["flash", "--port"],
    ["line", "--config"],
    ["line", "--result"],
    ["config", "--out"],
    ["config", "--csv"],
    ["config", "--check"],
    ["repl", "--log"],
  ] as const)
    test(`${command} ${option}`, async (t) => {
      const { code, err } = await run(t, command, [option, ""]);
      assert.equal(code, 2);
      assert.match(err, /^option .* argument '' is invalid\. It must be the path of a (file|serial port)\.$/);
    });
});

const LONG = "x".repeat(100_000);
const settings = join(directory, "long.json");
writeFileSync(
  settings,
  JSON.stringify({ board: LONG, [LONG]: 1, apn: LONG, server: { host: LONG }, $schema: LONG }),
);

describe("a value that is far too long is cut in what is said of it", () => {
  for (const [command, ...args] of [
    ["build", "--board", LONG],
    ["build", "--features", LONG],
    ["build", "--features", `gnss=${LONG}`],
    ["start", "--interval", LONG],
    ["start", `--gnss=${LONG}`],
    ["start", "--log", LONG],
    ["start", "--espruino", LONG],
    ["flash", "--tcp", LONG],
    ["flash", "--board", LONG],
    ["repl", "--baud", LONG],
    ["repl", "--log", LONG, "--tcp", "127.0.0.1:1"],
    ["doctor", "--wait", LONG],
    ["line", "--config", LONG],
    ["line", "--config", settings, "--csv", LONG],
    ["line", "--config", settings],
    ["config", "--csv", LONG],
    ["doctor", "--port", LONG],
    ["config", "--host", `${LONG}:1`],
    ["config", "--apn", LONG],
    ["config", "--out", LONG, "--yes"],
    ["config", "--check", settings],
    ["config", "--check", settings, "--board", "linux"],
  ] as const)
    test([command, ...args].join(" ").replaceAll(/x{10,}/g, "xxx…"), async (t) => {
      const { code, out, err } = await run(t, command, [...args]);
      assert.ok(code === 1 || code === 2);
      assert.equal(out, "");
      assert.match(err, /characters left out/);
      // Names of files stay longer: what is cut out of them may be what is wrong.
      const most = /^(--log|xxx)/.test(err) || err.includes("port") ? 1200 : 700;
      for (const line of err.split("\n")) assert.ok(line.length < most, `${line.length}`);
    });
});
