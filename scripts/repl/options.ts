import { parseArgs } from "node:util";
import { DEVICE_USAGE, deviceOptions } from "../device/options.ts";
import { UsageError } from "../start/options.ts";

/** What `npm run repl` was asked for. */
export interface ReplOptions {
  /** For `findAddress`. */
  device: { port?: string | undefined; tcp?: string | undefined; baud?: string | undefined };
  /** Print its value and leave. */
  expression: string | undefined;
  /** What the board says goes to the end of this file. */
  log: string | undefined;
}

export const USAGE = `npm run repl -- [options]
The console of a board. What is typed runs there; .help lists the commands.
${DEVICE_USAGE}
  -e, --eval EXPR       print this one's value as JSON and leave: 0, or 1 when it fails
  --log FILE            add what the board says to this file, with the time`;

/** Reads the command line; undefined: help is wanted. Throws `UsageError`. */
export function readOptions(args: string[]): ReplOptions | undefined {
  const string = { type: "string" } as const;
  const parse = () =>
    parseArgs({
      args,
      options: {
        ...deviceOptions,
        eval: { type: "string", short: "e" },
        log: string,
        help: { type: "boolean" },
      },
    });
  let values: ReturnType<typeof parse>["values"];
  try {
    values = parse().values;
  } catch (error) {
    throw new UsageError((error as Error).message.split("\n")[0]);
  }
  if (values.help) return undefined;
  if (values.eval !== undefined && !values.eval.trim()) throw new UsageError("-e: what is to be evaluated?");
  if (values.log === "") throw new UsageError("--log: must be the path of a file");
  const { port, tcp, baud } = values;
  return { device: { port, tcp, baud }, expression: values.eval, log: values.log };
}
