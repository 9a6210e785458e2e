/** `npm run config`: a tracker's settings, asked for and checked, in a file for `npm run flash`. */
import type { BoardName } from "./boards.ts";
import { UsageError } from "./command-line.ts";
import { type Asking, ask, askTrust, type NewFile, useRoot } from "./config/ask.ts";
import { readBoards } from "./config/boards-file.ts";
import { presentSettings, textOf } from "./config/document.ts";
import { fields } from "./config/fields.ts";
import { readText, writePublicText, writeSecretText } from "./config/file.ts";
import { putGiven } from "./config/fleet.ts";
import { folderOf, writeFleet } from "./config/fleet-files.ts";
import { formText } from "./config/form.ts";
import { type ConfigOptions, configCommand, flagOf, readOptions } from "./config/options.ts";
import { fileFaults } from "./config/pem-files.ts";
import { askYes, Cancelled } from "./config/questions.ts";
import { schemaText } from "./config/schema.ts";
import {
  boardOf,
  dropForeignFields,
  faultsOf,
  loginOf,
  parseSettings,
  putAt,
  type Settings,
  tlsOf,
  valueAt,
} from "./config/settings.ts";
import { demandTrust, lookAt, lookingAt, rootFile, rootLines, targetOf } from "./config/trust.ts";
import { Fault } from "./fault.ts";
import { EXIT, runCommand, withFaultsTold } from "./run-command.ts";

/** Where the command reads and writes; a terminal's when not told. */
export interface Surroundings extends Asking {
  /** A person is there to answer. */
  interactive: boolean;
  say(line: string): void;
  complain(line: string): void;
}

export const PROCESS: Surroundings = {
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
  const faults =
    "faults" in read ? read.faults : [...faultsOf(read.settings, board), ...fileFaults(path, read.settings)];
  if ("faults" in read || faults.length) throw faulty(path, faults);
  return `${path}: ok, for ${board ?? boardOf(read.settings)}`;
}

/** Says which flags are missing, where nobody can be asked. */
function demand(settings: Settings): void {
  const missing = fields(undefined, loginOf(settings)).filter(
    (field) => field.required && valueAt(settings, field.path) === undefined,
  );
  const lines = missing.map((field) => `${flagOf(field.path)} is missing: ${field.description}`);
  if (settings.board === undefined) lines.unshift("--board is missing: the board the settings are for");
  if (lines.length) throw new UsageError(lines.join("\n"));
}

function putOptions(settings: Settings, { board, given }: Pick<ConfigOptions, "board" | "given">): void {
  if (board) {
    dropForeignFields(settings, board);
    settings.board = board;
  }
  putGiven(settings, given);
}

/** `--csv`: gives the lines to end with. */
function configureMany(csv: string, options: ConfigOptions, surroundings: Surroundings): string {
  const { out, into, force } = options;
  const settings = presentSettings(out, false);
  putOptions(settings, options);
  const { lines, faults } = writeFleet(
    { path: out, settings },
    readBoards(csv),
    into ?? folderOf(csv),
    force,
  );
  for (const fault of faults) surroundings.complain(fault);
  return lines.join("\n");
}

/** Writes the settings file, and `more` beside it; gives the line to end with. Throws `Fault`. */
export async function configure(
  options: Omit<ConfigOptions, "schema" | "form" | "check" | "csv" | "into">,
  surroundings: Surroundings,
  more: readonly NewFile[] = [],
): Promise<string> {
  const { out, force } = options;
  const interactive = surroundings.interactive && !options.yes;
  const settings = presentSettings(out, force);
  putOptions(settings, options);

  const files = [...more];
  if (options.fetchCa && !tlsOf(settings)) putAt(settings, "server.tls", 1);
  if (options.fetchCa && hasServer(settings)) files.push(await fetchRoot(settings, options, surroundings));
  if (interactive) files.push(...(await ask(settings, options, surroundings)));
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
  for (const file of files) writePublicText(file.path, file.text);
  writeSecretText(out, text);
  for (const fault of fileFaults(out, settings)) surroundings.complain(`${out}: ${fault}`);
  return [
    ...files.map(({ path }) => `wrote ${path}, the root that is trusted`),
    `wrote ${out}, readable by you alone as it holds secrets; next: npm run flash -- --config ${out}`,
    ...(tlsOf(settings)
      ? []
      : ["server.tls is 0, plain text: the token, and all places, can be read on the way"]),
  ].join("\n");
}

const hasServer = (settings: Settings): boolean => Boolean(valueAt(settings, "server.host"));

/** `--fetch-ca`. */
async function fetchRoot(
  settings: Settings,
  { out, fingerprint, yes }: Pick<ConfigOptions, "out" | "fingerprint" | "yes">,
  surroundings: Surroundings,
): Promise<NewFile> {
  const { roots, interactive, complain } = surroundings;
  const target = targetOf(out, settings);
  complain(lookingAt(target));
  const look = await lookAt(target, roots);
  if (look.root && !look.root.isPublic && fingerprint === undefined && interactive && !yes) {
    const file = await askTrust(look, surroundings);
    if (!file) throw new Cancelled();
    return useRoot(settings, out, file);
  }
  const root = demandTrust(look, fingerprint);
  for (const line of [...look.lines, ...rootLines(root)]) complain(line);
  return useRoot(settings, out, rootFile(root));
}

/** Returns the exit code. */
export async function config(args: string[], surroundings: Surroundings = PROCESS): Promise<number> {
  return withFaultsTold(async () => {
    const options = readOptions(args);
    if (!options) surroundings.say(configCommand().helpInformation());
    else if (options.schema) surroundings.say(schemaText().trimEnd());
    else if (options.form) surroundings.say(formText(options.board).trimEnd());
    else if (options.check !== undefined) surroundings.say(check(options.check, options.board));
    else if (options.csv !== undefined) surroundings.say(configureMany(options.csv, options, surroundings));
    else surroundings.say(await configure(options, surroundings));
    return EXIT.OK;
  }, surroundings.complain);
}

await runCommand(import.meta.url, (args) => config(args));
