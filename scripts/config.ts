/** `npm run config`: a tracker's settings, asked for and checked, in a file for `npm run flash`. */
import { dirname, join, relative, sep } from "node:path";
import { fileURLToPath } from "node:url";
import type { BoardName } from "./boards.ts";
import { UsageError } from "./command-line.ts";
import { fields } from "./config/fields.ts";
import { readText, writeSecretText } from "./config/file.ts";
import { type ConfigOptions, configCommand, flagOf, readOptions } from "./config/options.ts";
import { askBoard, askedFields, askField, askYes, Cancelled, type Streams } from "./config/questions.ts";
import { schemaText } from "./config/schema.ts";
import {
  boardOf,
  dropForeignFields,
  faultsOf,
  parseSettings,
  putAt,
  type Settings,
  valueAt,
} from "./config/settings.ts";
import { Fault } from "./fault.ts";
import { EXIT, runCommand, withFaultsTold } from "./run-command.ts";

const ROOT = fileURLToPath(new URL("..", import.meta.url));
const SCHEMA = join(ROOT, "scripts/config/tracker.schema.json");

/** Where the command reads and writes; a terminal's when not told. */
export interface Surroundings extends Streams {
  /** A person is there to answer. */
  interactive: boolean;
  say(line: string): void;
  complain(line: string): void;
}

const PROCESS: Surroundings = {
  input: process.stdin,
  output: process.stdout,
  interactive: Boolean(process.stdin.isTTY && process.stdout.isTTY),
  say: (line) => console.log(line),
  complain: (line) => console.error(line),
};

/** Faults of a file, each with its name before it. */
const faulty = (path: string, faults: string[]): Fault =>
  new Fault(faults.map((fault) => `${path}: ${fault}`).join("\n"));

/** `--check`. */
function check(path: string, board: BoardName | undefined): string {
  const text = readText(path);
  if (text === undefined) throw new Fault(`${path}: no such file`);
  const read = parseSettings(text);
  const faults = "faults" in read ? read.faults : faultsOf(read.settings, board);
  if ("faults" in read || faults.length) throw faulty(path, faults);
  return `${path}: ok, for ${board ?? boardOf(read.settings)}`;
}

/** What the file to be written has already. What cannot be read is only given up with `--force`. */
function presentSettings(path: string, force: boolean): Settings {
  const text = readText(path);
  const read = text === undefined ? { settings: {} } : parseSettings(text);
  if ("settings" in read) return read.settings;
  if (force) return {};
  throw new Fault(`${path}: ${read.faults[0]}; mend it, or start afresh with --force`);
}

/** Asks for everything; or, when some came as flags, for what is required and still missing. */
async function ask(
  settings: Settings,
  { out, board, given }: ConfigOptions,
  streams: Streams,
): Promise<void> {
  const all = !given.size && !board;
  const present = boardOf(settings);
  const chosen = present && !all ? present : await askBoard(present, streams);
  if (chosen !== present) dropForeignFields(settings, chosen);
  settings.board = chosen;
  const asked = askedFields(chosen).filter(
    (field) => all || (field.required && valueAt(settings, field.path) === undefined),
  );
  // Before a person answers ten questions for nothing.
  const faults = faultsOf(settings, chosen, asked);
  if (faults.length) throw faulty(out, faults);
  for (const field of asked)
    putAt(settings, field.path, await askField(field, valueAt(settings, field.path), streams));
}

/** Says which flags are missing, where nobody can be asked. */
function demand(settings: Settings): void {
  const missing = fields().filter((field) => field.required && valueAt(settings, field.path) === undefined);
  const lines = missing.map((field) => `${flagOf(field.path)} is missing: ${field.description}`);
  if (settings.board === undefined) lines.unshift("--board is missing: the board the settings are for");
  if (lines.length) throw new UsageError(lines.join("\n"));
}

/** The file's text: what an editor checks it by, the board, then the fields in the order of the README's table. */
function textOf(settings: Settings, path: string): string {
  const ordered: Settings = {};
  const away = relative(ROOT, path);
  const schema = away.startsWith("..")
    ? settings.$schema
    : `./${relative(dirname(path), SCHEMA).replaceAll(sep, "/")}`;
  if (schema !== undefined) ordered.$schema = schema;
  ordered.board = settings.board;
  for (const { path } of fields(boardOf(settings))) {
    const value = valueAt(settings, path);
    if (value !== undefined && value !== "") putAt(ordered, path, value);
  }
  return `${JSON.stringify(ordered, null, 2)}\n`;
}

/** Writes the settings file; gives the line to end with. */
async function configure(options: ConfigOptions, surroundings: Surroundings): Promise<string> {
  const { out, force } = options;
  const interactive = surroundings.interactive && !options.yes;
  const settings = presentSettings(out, force);
  if (options.board) {
    dropForeignFields(settings, options.board);
    settings.board = options.board;
  }
  for (const [path, value] of options.given) putAt(settings, path, value);

  if (interactive) await ask(settings, options, surroundings);
  else demand(settings);
  const faults = faultsOf(settings);
  if (faults.length) throw faulty(out, faults);

  const text = textOf(settings, out);
  const before = readText(out);
  if (before === text) return `${out}: is so already`;
  if (before !== undefined && !force) {
    if (!interactive) throw new Fault(`${out}: is there already; --force overwrites it`);
    if (!(await askYes(`Overwrite ${out}?`, surroundings))) throw new Cancelled();
  }
  writeSecretText(out, text);
  return `wrote ${out}, readable by you alone as it holds secrets; next: npm run flash -- --config ${out}`;
}

/** Returns the exit code. */
export async function config(args: string[], surroundings: Surroundings = PROCESS): Promise<number> {
  return withFaultsTold(async () => {
    const options = readOptions(args);
    if (!options) surroundings.say(configCommand().helpInformation());
    else if (options.schema) surroundings.say(schemaText().trimEnd());
    else if (options.check !== undefined) surroundings.say(check(options.check, options.board));
    else surroundings.say(await configure(options, surroundings));
    return EXIT.OK;
  }, surroundings.complain);
}

await runCommand(import.meta.url, (args) => config(args));
