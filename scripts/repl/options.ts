import type { Command } from "commander";
import { command, filePath, text, valuesOf } from "../command-line.ts";
import type { Address } from "../device/device.ts";
import { withAddress } from "../device/options.ts";

/** What `npm run repl` was asked for. */
export interface ReplOptions extends Address {
  /** An expression: print its value and leave. */
  eval?: string;
  /** What the board says goes to the end of this file. */
  log?: string;
}

export function replCommand(): Command {
  const does = "The console of a board. What is typed runs there; .help lists the commands.";
  return withAddress(command("npm run repl", does))
    .option(
      "-e, --eval <EXPR>",
      "print this one's value as JSON and leave: 0, or 1 when it fails",
      text((expression) => expression.trim() !== "", "an expression"),
    )
    .option("--log <FILE>", "add what the board says to this file, with the time", filePath);
}

/** Reads the command line; undefined: help is wanted. Throws `UsageError`. */
export const readOptions = (args: string[]) => valuesOf<ReplOptions>(replCommand(), args);
