/** The command line of `npm run config`: a flag a field, made from the fields. */
import { type ParseArgsConfig, parseArgs } from "node:util";
import { BOARDS, type BoardName } from "../budgets.ts";
import { UsageError } from "../start/options.ts";
import { type FieldInfo, faultOf, fieldOf, fields } from "./fields.ts";

/** What `npm run config` was asked for. */
export interface ConfigOptions {
  help: boolean;
  /** Print the JSON Schema. */
  schema: boolean;
  /** Only say what is wrong with this file. */
  check: string | undefined;
  /** The file to write. */
  out: string;
  board: BoardName | undefined;
  /** Values given by flags, by path. */
  given: Map<string, string | number>;
  /** Ask nothing. */
  yes: boolean;
  /** Overwrite without asking. */
  force: boolean;
}

/** The flag that gives a field: "--host" of "server.host", "--interval" of "interval_s". */
export function flagOf(path: string): string {
  if (path === "server.username") return "--token";
  return `--${path.replace("server.", "").replace(/_s$/, "").replaceAll("_", "-")}`;
}

function usageOf(field: FieldInfo): string {
  const { type, allowed } = field;
  const initial = field.initial && `, default ${field.initial}`;
  const words = [field.description, `(${field.required ? "required, " : ""}${allowed}${initial})`];
  return `  ${`${flagOf(field.path)} ${type === "number" ? "N" : "TEXT"}`.padEnd(20)}  ${words.join(" ").trim()}`;
}

export const usage = (): string => `npm run config -- [options]
Asks for a tracker's settings and writes them to tracker.json. With flags for settings it asks only for required ones
that are missing; what the file has already is kept.
  --out FILE            write this file instead; what it has already is offered as default
  --force               overwrite it without asking
  --yes                 ask nothing
  --check FILE          write nothing, say what is wrong with FILE, one line a fault
  --schema              write nothing, print the JSON Schema of the file
Settings (a secret given as a flag stays in the shell's history, one that is asked for does not):
  ${`--board ${BOARDS.join("|")}`}
${fields().map(usageOf).join("\n")}`;

/** A number's field's value of what a person typed; text that is no number is left for the field's check to refuse. */
export function typedValue(field: FieldInfo, text: string): string | number {
  return field.type === "number" && /^-?\d+(\.\d+)?$/.test(text) ? Number(text) : text;
}

const STRING = { type: "string" } as const;
const BOOLEAN = { type: "boolean" } as const;

function parsed(args: string[]): { values: Record<string, string | boolean>; positionals: string[] } {
  const options: ParseArgsConfig["options"] = {
    ...Object.fromEntries(fields().map((field) => [flagOf(field.path).slice(2), STRING])),
    board: STRING,
    out: STRING,
    check: STRING,
    schema: BOOLEAN,
    yes: BOOLEAN,
    force: BOOLEAN,
    help: BOOLEAN,
  };
  try {
    return parseArgs({ args, options, allowPositionals: true }) as ReturnType<typeof parsed>;
  } catch (error) {
    throw new UsageError((error as Error).message.replaceAll("\n", " "));
  }
}

/** Reads the command line. Throws `UsageError`, one line a fault. */
export function readOptions(args: string[]): ConfigOptions {
  const { values, positionals } = parsed(args);
  // Not repeated: it may be a part of a password with a space.
  if (positionals.length)
    throw new UsageError("a value belongs to no flag: put quotes around values with spaces");

  const faults: string[] = [];
  const given = new Map<string, string | number>();
  const board = values.board as BoardName | undefined;
  const isBoard = board !== undefined && BOARDS.includes(board);
  for (const any of fields()) {
    const field = (isBoard && fieldOf(any.path, board)) || any;
    const flag = flagOf(field.path);
    const text = values[flag.slice(2)];
    if (typeof text !== "string") continue;
    const value = typedValue(field, text);
    const fault = faultOf(field, value);
    if (fault) faults.push(`${flag}: ${fault}`);
    given.set(field.path, value);
  }
  if (board !== undefined && !isBoard) faults.push(`--board ${board}: unknown, use ${BOARDS.join(" ")}`);
  if (faults.length) throw new UsageError(faults.join("\n"));

  return {
    help: values.help === true,
    schema: values.schema === true,
    check: values.check as string | undefined,
    out: (values.out as string | undefined) ?? "tracker.json",
    board,
    given,
    yes: values.yes === true,
    force: values.force === true,
  };
}
