/** The walk of scripts/README.md "Practise without a board", word for word: its commands run in terminals, and what it says is seen must be. */
import assert from "node:assert/strict";
import { readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { describe, test } from "node:test";
import { fileURLToPath } from "node:url";
import { copyOfTheProject } from "./project-copy.ts";
import { CTRL_C, CTRL_U, DOWN, ENTER, openTerminal, type Terminal } from "./terminal.ts";
import { patternOf, type Step, walkIn } from "./walk.ts";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));

const readme = readFileSync(join(ROOT, "scripts/README.md"), "utf8");
const { scripts } = JSON.parse(readFileSync(join(ROOT, "package.json"), "utf8")) as {
  scripts: Record<string, string>;
};
const walk = walkIn(readme, "Practise without a board");

/** The program and its arguments: the shell, but for an npm script that is one TypeScript file, without npm, which takes its time. */
function programOf(command: string): [file: string, args: string[]] {
  const [, script, rest = ""] = /^npm (?:run )?(\w+)(?: --)?(?: (.*))?$/.exec(command) ?? [];
  if (!script) return ["sh", ["-c", command]];
  const [, path = ""] = /^tsx (\S+)$/.exec(scripts[script] ?? "") ?? [];
  assert.ok(path, `${command}: no such script`);
  return [process.execPath, ["--import", "tsx", path, ...rest.split(" ").filter(Boolean)]];
}

/** What differs from run to run, as `npm start` prints it, in place of what is written. */
const DIFFERENT: [written: RegExp, printed: RegExp][] = [
  [/\b8080\b/, /HTTP: +\S+?:(\d+)/],
  [/\b1883\b/, /MQTT: +\S+:(\d+)/],
  [/\b8883\b/, /MQTTS: +\S+:(\d+)/],
];

/** Answers one question: from a list with the arrow keys. */
async function answer(terminal: Terminal, asked: string, wanted: string): Promise<void> {
  await terminal.shows(patternOf(asked));
  if (wanted === "y") {
    terminal.type(wanted);
    return;
  }
  let [, marked] = await terminal.shows(/● ([^\n]*)|[█_]/);
  if (marked === undefined) {
    terminal.type(wanted === "Enter" ? ENTER : `${CTRL_U}${wanted}${ENTER}`);
    return;
  }
  for (let tries = 0; !marked?.startsWith(wanted); tries++) {
    assert.ok(tries < 9, `${asked}: there is no ${wanted}`);
    terminal.type(DOWN);
    [, marked] = await terminal.shows(/● ([^\n]*)/);
  }
  terminal.type(ENTER);
}

async function follow({ answers, seen }: Step, terminal: Terminal): Promise<void> {
  for (const [asked, wanted] of answers) await answer(terminal, asked, wanted);
  for (const line of seen) {
    const [, typed] = /^> (.*)/.exec(line) ?? [];
    await terminal.shows(typed === undefined ? patternOf(line) : /> /);
    if (typed !== undefined) terminal.type(typed + ENTER);
  }
}

test("a number stands for any, … for anything, and words for themselves", () => {
  assert.match("at 12,345 of 7.5 s", patternOf("at 2,000 of 1.0 s"));
  assert.match("npm-start-4e3ba76c.pem", patternOf("npm-start-….pem"));
  assert.match("state       online", patternOf("state online"));
  assert.doesNotMatch("TLS, client", patternOf("TLS):"));
  assert.doesNotMatch("1 fix", patternOf("a fix"));
});

describe("the walk without a board", {
  skip: process.platform === "win32" && "there are no pseudo-terminals on Windows",
}, () => {
  test("goes all the way to login by certificate", () => {
    const commands = walk.map(({ command }) => command).join("\n");
    for (const part of [
      "--console",
      "--tls",
      "config",
      "flash",
      "repl",
      "doctor",
      "--fetch-ca",
      "certificate",
    ])
      assert.ok(commands.includes(part), part);
  });

  test("is as it is written", async (t) => {
    const directory = copyOfTheProject();
    const open = new Set<Terminal>();
    t.after(() => {
      for (const terminal of open) terminal.kill();
      rmSync(directory, { recursive: true, force: true });
    });
    const printed = new Map<RegExp, string>();
    const asPrinted = (text: string): string =>
      [...printed].reduce((changed, [written, real]) => changed.replace(written, real), text);
    let world: Terminal | undefined;

    for (const step of walk) {
      const starts = step.command.startsWith("npm start");
      if (starts) await leave(world);
      const [file, args] = programOf(asPrinted(step.command));
      const began_ms = performance.now();
      const terminal = openTerminal(file, args, directory);
      open.add(terminal);
      const answers = step.answers.map(([asked, wanted]): Step["answers"][0] => [asked, asPrinted(wanted)]);
      await follow({ ...step, answers }, terminal);
      if (starts) world = terminal;
      else assert.equal(await terminal.ends(), 0, step.command);
      t.diagnostic(`${step.command}: ${((performance.now() - began_ms) / 1000).toFixed(1)} s`);
      if (!starts) continue;
      for (const [written, pattern] of DIFFERENT) {
        const real = pattern.exec(terminal.text())?.[1];
        if (real) printed.set(written, real);
      }
    }
    await leave(world);
  });
});

/** Ctrl-C to `npm start`. */
async function leave(world: Terminal | undefined): Promise<void> {
  if (!world) return;
  world.type(CTRL_C);
  await world.shows(/\d+ fixes stored on the server/);
  assert.equal(await world.ends(), 0);
}
