import { parseArgs } from "node:util";
import { DEVICE_USAGE, deviceOptions } from "../device/options.ts";
import { UsageError } from "../start/options.ts";

/** What `npm run doctor` was asked for. */
export interface DoctorOptions {
  /** For `findAddress`. */
  device: { port?: string | undefined; tcp?: string | undefined; baud?: string | undefined };
  /** How long to wait for the tracker to get somewhere. */
  wait_s: number;
  /** Print the verdicts as JSON. */
  json: boolean;
}

const WAIT_S = 120;
const MOST_S = 3600;

export const USAGE = `npm run doctor -- [options]
Looks at a board and says what is wrong and what to do. Exits with 0 when all is well, else with 1.
${DEVICE_USAGE}
  --wait S              how long to wait for network, server and fix, 0 to ${MOST_S} seconds (default ${WAIT_S})
  --json                print what was found as JSON`;

/** Reads the command line; undefined: help is wanted. Throws `UsageError`. */
export function readOptions(args: string[]): DoctorOptions | undefined {
  const parse = () =>
    parseArgs({
      args,
      options: {
        ...deviceOptions,
        wait: { type: "string" },
        json: { type: "boolean" },
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
  const wait = values.wait ?? String(WAIT_S);
  if (!/^\d+$/.test(wait) || Number(wait) > MOST_S)
    throw new UsageError(`--wait ${wait}: must be a whole number of seconds, 0 to ${MOST_S}`);
  const { port, tcp, baud, json = false } = values;
  return { device: { port, tcp, baud }, wait_s: Number(wait), json };
}
