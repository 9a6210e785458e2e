/** The command line of `npm run config`: a flag a field, made from the fields. */
import { type Command, Option } from "commander";
import { BOARDS, type BoardName } from "../boards.ts";
import { command, filePath, text, UsageError, valuesOf } from "../command-line.ts";
import { PATHS, pathWithin } from "./document.ts";
import { boardsWith, type FieldInfo, faultOf, fieldOf, fields } from "./fields.ts";

/** What `npm run config` was asked for. */
export interface ConfigOptions {
  /** Print the JSON Schema. */
  schema: boolean;
  /** Print what a form of the settings needs. */
  form: boolean;
  /** Only say what is wrong with this file. */
  check: string | undefined;
  /** The file to write. */
  out: string;
  /** A table of boards, each of which gets a file of its own. */
  csv: string | undefined;
  /** The folder for those; undefined: one beside the table, named as it is. */
  into: string | undefined;
  board: BoardName | undefined;
  /** Values given by flags, by path. */
  given: Map<string, string | number>;
  /** Ask nothing. */
  yes: boolean;
  /** Overwrite without asking. */
  force: boolean;
  /** Find the root to trust by a look at the server. */
  fetchCa: boolean;
  /** Of a root that is in no list, SHA-256 in hex. */
  fingerprint: string | undefined;
}

/** The values of the options, as commander names them; those of settings by the settings' names. */
interface ConfigValues {
  out: string;
  csv?: string;
  into?: string;
  check?: string;
  schema?: true;
  form?: true;
  yes?: true;
  force?: true;
  fetchCa?: true;
  fingerprint?: string;
  board?: BoardName;
  [setting: string]: unknown;
}

/** The flag that gives a field: "--host" of "server.host", "--interval" of "interval_s". */
export function flagOf(path: string): string {
  if (path === "server.username") return "--token";
  return `--${path.replace("server.", "").replace(/_s$/, "").replaceAll("_", "-")}`;
}

export function configCommand(): Command {
  const does =
    "Asks for a tracker's settings and writes them to tracker.json. With options for settings it asks only for required " +
    "ones that are missing; what the file has already is kept.";
  const made = command("npm run config", does)
    .option(
      "--out <FILE>",
      "write this file instead; what it has already is offered as default",
      filePath,
      "tracker.json",
    )
    .addOption(
      new Option(
        "--csv <FILE>",
        "for each row of this table write a file NAME.tracker.json: with what --out has, with options, and with what is the row's own",
      )
        .argParser(filePath)
        .conflicts(["check", "schema", "form", "fetchCa", "fingerprint"]),
    )
    .option("--into <DIR>", "with --csv: the folder to write to (default: named as the table is)", filePath)
    .option("--force", "overwrite without asking")
    .option("--yes", "ask nothing")
    .option(
      "--fetch-ca",
      "look at the server from this computer, and take the root of its certificate as --ca: one of Node's list, or, asked for, one whose fingerprint you know",
    )
    .option(
      "--fingerprint <SHA256>",
      "with --fetch-ca: take a root that no list has without asking, if this is its fingerprint",
      text((given) => /^[\da-f]{64}$/i.test(given.replaceAll(":", "")), "64 hexadecimal digits"),
    )
    .option("--check <FILE>", "write nothing, say what is wrong with FILE, one line a fault", filePath)
    .option("--schema", "write nothing, print the JSON Schema of the file")
    .option(
      "--form",
      "write nothing, print what a form of the settings needs, as JSON; with --board that board's",
    )
    .optionsGroup(
      "Settings (a secret given as an option stays in the shell's history, one that is asked for does not):",
    )
    .addOption(new Option("--board <NAME>", "the board the settings are for").choices(BOARDS));
  for (const field of fields()) made.addOption(optionOf(field));
  return made;
}

/** The value stays text: it is checked when the board is known, and a secret is not repeated then. */
function optionOf({ path, type, description, required, allowed, initial }: FieldInfo): Option {
  const limits = `${required ? "required, " : ""}${allowed}${initial && `, default ${initial}`}`;
  const option = new Option(
    `${flagOf(path)} <${type === "number" ? "N" : "TEXT"}>`,
    `${description} (${limits})`.trim(),
  );
  // `--no-time` is no denial of a `--time`.
  option.negate = false;
  return option;
}

/** A number's field's value of what a person typed; text that is no number is left for the field's check to refuse. */
export function typedValue(field: FieldInfo, text: string): string | number {
  return field.type === "number" && /^-?\d+(\.\d+)?$/.test(text) ? Number(text) : text;
}

const foreignFault = ({ path }: FieldInfo): string => `${path}: only on ${boardsWith(path).join(", ")}`;

/** Reads the command line; undefined: help is wanted. Throws `UsageError`, one line a fault. */
export function readOptions(args: string[]): ConfigOptions | undefined {
  const values = valuesOf<ConfigValues>(configCommand(), args);
  if (!values) return undefined;
  const {
    schema = false,
    form = false,
    check,
    out,
    csv,
    into,
    board,
    yes = false,
    force = false,
    fetchCa = false,
  } = values;
  const faults: string[] = [];
  const given = new Map<string, string | number>();
  for (const any of fields()) {
    const field = (board && fieldOf(any.path, board)) || any;
    const text = values[optionOf(field).attributeName()];
    if (typeof text !== "string") continue;
    const value = PATHS.includes(field.path) ? pathWithin(out, text) : typedValue(field, text);
    const fault = board && !fieldOf(field.path, board) ? foreignFault(field) : faultOf(field, value);
    if (fault) faults.push(`${flagOf(field.path)}: ${fault}`);
    given.set(field.path, value);
  }
  if (faults.length) throw new UsageError(faults.join("\n"));
  const { fingerprint } = values;
  return { schema, form, check, out, csv, into, board, given, yes, force, fetchCa, fingerprint };
}
