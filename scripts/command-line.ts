/** What all commands' lines have in common: commander reads them, and what is wrong is told in one line. */
import { Command, CommanderError, InvalidArgumentError } from "commander";
import { cutShort, Fault } from "./fault.ts";

/** The command line is wrong, whatever it is about. */
export class UsageError extends Fault {}

/** A command, such as "npm run flash", to give its options to. */
export function command(name: string, description: string): Command {
  return new Command(`${name} --`)
    .description(description)
    .helpOption("--help", "print this")
    .exitOverride()
    .configureOutput({ writeOut() {}, writeErr() {} });
}

/** The values of the options; undefined: help is wanted. Throws `UsageError`. */
export function valuesOf<T extends object>(command: Command, args: string[]): T | undefined {
  try {
    command.parse(args, { from: "user" });
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    if (error.exitCode === 0) return undefined;
    throw new UsageError(faultOf(error, args));
  }
  const values = command.opts<T>();
  const taken = command.options.find(({ long }) => Object.values(values).includes(long));
  if (taken) throw new UsageError(`a value is missing before ${taken.long}`);
  return values;
}

function faultOf({ code, message }: CommanderError, args: string[]): string {
  // What was given is not repeated where nobody knows what it is: it may be a password, or a part of one.
  if (code === "commander.excessArguments")
    return "a value belongs to no option: put quotes around values with spaces";
  const told = code === "commander.unknownOption" ? message.replace(/=.*'/s, "'") : message;
  const values = args.map((arg) => arg.replace(/^--[\w-]+=/, ""));
  const short = values.reduce((text, value) => text.replace(value, () => cutShort(value)), told);
  return short.replace("error: ", "").replaceAll("\n", " ");
}

/** Reads an option's value that is `right`. */
export function text(right: (text: string) => boolean, must: string): (text: string) => string {
  return (text) => {
    if (right(text)) return text;
    throw new InvalidArgumentError(`It must be ${must}.`);
  };
}

/** Reads an option's value that is a file's path, of a file that may be there or not. */
export const filePath = text((path) => path !== "", "the path of a file");

/** Reads an option's value that is a number. */
export function wholeNumber(least: number, most: number): (text: string) => number {
  const right = (text: string) => /^\d+$/.test(text) && Number(text) >= least && Number(text) <= most;
  const read = text(right, `a whole number, ${least} to ${most}`);
  return (given) => Number(read(given));
}
