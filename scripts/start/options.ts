import { existsSync } from "node:fs";
import { parseArgs } from "node:util";
import { type ReceiverLog, readLog } from "./receiver-log.ts";
import { UsageError } from "./usage-error.ts";

export { UsageError };

/** What `npm start` was asked for. */
export interface StartOptions {
  /** Stop after so long; undefined: at Ctrl-C. */
  seconds: number | undefined;
  interval_s: number;
  /** What to replay; undefined: the track that comes with the simulator. */
  log: ReceiverLog | undefined;
  /** The server to use instead of the stand-in. */
  broker: { host: string; port: number } | undefined;
  token: string;
  /** The real interpreter's binary. */
  espruino: string | undefined;
  /** Offer the board's console: on this TCP port (0: any that is free), or on a pseudo-terminal. */
  console: { port?: number } | undefined;
  /** Trace AT and MQTT traffic. */
  debug: boolean;
}

export const USAGE = `npm start -- [options]
  --seconds N           stop after N seconds (default: at Ctrl-C)
  --interval S          seconds from fix to fix, 1 to 86400 (default 5)
  --log FILE.nmea       replay this receiver's log
  --broker HOST[:PORT]  report to a real ThingsBoard or any MQTT broker (default: the stand-in)
  --token T             the device's access token there
  --espruino PATH       run the blob in this binary of Espruino for Linux
  --console             offer the board's console on a pseudo-terminal, for npm run repl, flash, doctor
  --console-port N      the same on a TCP port of this machine
  --debug               show the AT and MQTT traffic`;

function wholeNumber(
  name: string,
  text: string | undefined,
  least: number,
  most: number,
): number | undefined {
  if (text === undefined) return undefined;
  const value = Number(text);
  if (!/^\d+$/.test(text) || value < least || value > most)
    throw new UsageError(`--${name} ${text}: must be a whole number, ${least} to ${most}`);
  return value;
}

function file(name: string, path: string | undefined): string | undefined {
  if (path !== undefined && !existsSync(path))
    throw new UsageError(`--${name} ${path}: there is no such file`);
  return path;
}

function address(text: string | undefined): StartOptions["broker"] {
  if (text === undefined) return undefined;
  const match = /^([\w.-]+)(?::(\d+))?$/.exec(text);
  if (!match) throw new UsageError(`--broker ${text}: must be HOST or HOST:PORT`);
  return { host: match[1] as string, port: wholeNumber("broker port", match[2], 1, 65535) ?? 1883 };
}

/** Reads the command line; undefined: help is wanted. Throws `UsageError`. */
export function readOptions(args: string[]): StartOptions | undefined {
  const string = { type: "string" } as const;
  let values: ReturnType<typeof parse>["values"];
  const parse = () =>
    parseArgs({
      args,
      options: {
        seconds: string,
        interval: string,
        log: string,
        broker: string,
        token: string,
        espruino: string,
        console: { type: "boolean" },
        "console-port": string,
        debug: { type: "boolean" },
        help: { type: "boolean" },
      },
    });
  try {
    values = parse().values;
  } catch (error) {
    throw new UsageError((error as Error).message.split("\n")[0]);
  }
  if (values.help) return undefined;
  const broker = address(values.broker);
  if (broker && values.token === undefined)
    throw new UsageError("--broker needs --token: the device's access token there");
  const port = wholeNumber("console-port", values["console-port"], 0, 65535);
  return {
    seconds: wholeNumber("seconds", values.seconds, 1, 10_000_000),
    interval_s: wholeNumber("interval", values.interval, 1, 86_400) ?? 5,
    log: values.log === undefined ? undefined : readLog(values.log),
    broker,
    token: values.token ?? "SIMULATED_TRACKER",
    espruino: file("espruino", values.espruino),
    console: port !== undefined ? { port } : values.console ? {} : undefined,
    debug: values.debug ?? false,
  };
}
