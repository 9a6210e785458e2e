/** Every command that a document gives is one: its npm script is there, and has these options. */
import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { describe, test } from "node:test";
import type { Command } from "commander";
import { FEATURES, readChoices } from "../../scripts/build/features.ts";
import { fields } from "../../scripts/config/fields.ts";
import { flagOf } from "../../scripts/config/options.ts";
import { SKIPPABLE } from "../../scripts/line/options.ts";
import { RESULT_COLUMNS } from "../../scripts/line/results.ts";
import { documents, fencesOf, ROOT, sectionOf, textOf, withoutFences } from "./documents.ts";

const { scripts } = JSON.parse(textOf("package.json")) as { scripts: Record<string, string> };

/** Of scripts that are one TypeScript file with a command line: `scripts/NAME/options.ts`, or the file itself, exports `NAMECommand`. */
const NAMES = Object.entries(scripts).flatMap(([name, script]) =>
  script === `tsx scripts/${name}.ts` ? [name] : [],
);

async function commandOf(name: string): Promise<Command> {
  for (const file of [`scripts/${name}/options.ts`, `scripts/${name}.ts`]) {
    if (!existsSync(join(ROOT, file))) continue;
    const made = (await import(`../../${file}`))[`${name}Command`];
    if (made) return made();
  }
  throw new Error(`npm run ${name}: scripts/${name}/options.ts exports no ${name}Command`);
}

const commands = new Map<string, Command>();
for (const name of NAMES) commands.set(name, await commandOf(name));

/** The options of a command and of its subcommands, as they are typed. */
function optionsOf(command: Command): string[] {
  const own = command.options.flatMap(({ long, short }) => [long, short]).filter((text) => text != null);
  return ["--help", ...own, ...command.commands.flatMap(optionsOf)];
}

/** Written of before it is there: its section is kept for it. */
const TO_COME = ["thingsboard"];

/** What is wrong with the calls of npm in a line, as it is typed in a shell. */
function faultsOf(line: string): string[] {
  return line.split(/&&|\||;|=\$\(/).flatMap((part) => {
    const words = part
      .trim()
      .split(/\s+/)
      .filter((word) => !/^[A-Z_]+=/.test(word));
    const [program, ...rest] = words[0] === "npm" ? words.slice(1).filter((word) => word !== "-s") : [];
    if (words[0] === "node") {
      const file = words.at(-1) ?? "";
      return existsSync(join(ROOT, file)) ? [] : [`${part}: no ${file}`];
    }
    if (program === undefined) return [];
    if (["ci", "cit", "version"].includes(program)) return [];
    const name = program === "run" ? rest.shift() : program;
    if (name === undefined || !(name in scripts))
      return TO_COME.includes(`${name}`) ? [] : [`npm run ${name}: no such script`];
    const dashes = rest.shift();
    if (dashes === undefined) return [];
    const command = commands.get(name);
    if (dashes !== "--" || !command) return [`${part}: takes no options`];
    const known = optionsOf(command);
    const given = rest.map((word) => word.split("=")[0] ?? "").filter((word) => /^--?[a-z]/.test(word));
    return given.filter((option) => !known.includes(option)).map((option) => `${name}: no ${option}`);
  });
}

test("a script, an option or a file that is not there is seen", () => {
  assert.deepEqual(faultsOf("npm ci && npm start -- --board rak5010"), []);
  assert.deepEqual(faultsOf("npm run flight -- --config x"), ["npm run flight: no such script"]);
  assert.deepEqual(faultsOf("npm run flash -- --confug x"), ["flash: no --confug"]);
  assert.deepEqual(faultsOf("ESPRUINO=PATH npm run test:espruino"), []);
  assert.match(faultsOf("node --import tsx --test test/none.test.ts")[0] ?? "", /no test\/none/);
});

for (const [path, text] of documents) {
  test(`${path}: every command in its blocks is one`, () => {
    const lines = fencesOf(text)
      .filter(({ language }) => language === "sh")
      .flatMap(({ code }) => code.split("\n"));
    assert.deepEqual(lines.flatMap(faultsOf), []);
  });

  test(`${path}: every command within its text is one`, () => {
    const calls = [...withoutFences(text).matchAll(/`((?:[A-Z_]+=\S+ )?npm [^`]+)`/g)].map(
      ([, call]) => call ?? "",
    );
    assert.deepEqual(calls.map((call) => call.replace(/ --? ?…$/, "")).flatMap(faultsOf), []);
  });

  test(`${path}: every choice of features is one`, () => {
    for (const [, given = ""] of text.matchAll(/--features ([\w=,]+)/g))
      if (given !== "NAME=WAY" && given !== "gnss=nmea,")
        assert.ok(readChoices([given.replace(/,$/, "")]), given);
  });
}

const reference = documents.get("scripts/README.md") ?? "";

describe("scripts/README.md has a section of each command", () => {
  for (const [name, command] of commands)
    test(name, () => {
      const section = sectionOf(reference, name === "start" ? "npm start" : `npm run ${name}`);
      assert.ok(section, "no such section");
      const settings = name === "config" ? fields().map(({ path }) => flagOf(path)) : [];
      const options = optionsOf(command).filter((text) => text.startsWith("--") && text !== "--help");
      const isTold = (option: string) => new RegExp(`${option}(?![\\w-])`).test(section);
      const missing = options.filter((option) => !settings.includes(option) && !isTold(option));
      assert.deepEqual(missing, []);
    });

  test("and that of the line has the columns of its result, and each test that can be skipped", () => {
    const section = sectionOf(reference, "npm run line");
    for (const name of [...RESULT_COLUMNS, ...SKIPPABLE]) assert.ok(section.includes(`\`${name}\``), name);
  });

  test("and its table has each script", () => {
    for (const name of Object.keys(scripts).filter((name) => !/^test:/.test(name)))
      assert.match(reference, new RegExp(`npm (run )?${name}\\b`), name);
  });
});

test("every feature of a build is in its table", () => {
  const table = /\| feature \| way[\s\S]*?\n\n/.exec(reference)?.[0] ?? "";
  for (const feature of Object.keys(FEATURES)) assert.ok(table.includes(`\`${feature}\``), feature);
});
