/** `npm run repl`: the console of a board. */
import { fileURLToPath } from "node:url";
import { UsageError } from "./command-line.ts";
import { DeviceError, SilentError } from "./device/device.ts";
import { openDevice } from "./device/open.ts";
import { findAddress } from "./device/options.ts";
import { historyFile } from "./repl/history.ts";
import { readOptions, replCommand } from "./repl/options.ts";
import { runRepl } from "./repl/run.ts";

/** Where the user is; a terminal's streams when not told. */
export interface Surroundings {
  input: NodeJS.ReadableStream;
  output: NodeJS.WritableStream & { isTTY?: boolean };
  complain(line: string): void;
  /** Where lines typed are kept. */
  history: string | undefined;
}

const TAKEN =
  " A RAK8212 gives its UART to the modem while the tracker runs: use Bluetooth, or npm run flash, which gets back in.";

/** Returns the exit code. */
export async function repl(args: string[], given: Partial<Surroundings> = {}): Promise<number> {
  const around: Surroundings = {
    input: process.stdin,
    output: process.stdout,
    complain: (line) => console.error(line),
    history: historyFile(),
    ...given,
  };
  try {
    const options = readOptions(args);
    if (!options) {
      around.output.write(replCommand().helpInformation());
      return 0;
    }
    const address = await findAddress(options);
    const { eval: expression, log } = options;
    return await runRepl({ ...around, expression, log, open: () => openDevice(address) });
  } catch (error) {
    if (!(error instanceof UsageError || error instanceof DeviceError)) throw error;
    around.complain(error.message + (error instanceof SilentError ? TAKEN : ""));
    return 1;
  }
}

// The terminal that was read from would keep the process.
if (fileURLToPath(import.meta.url) === process.argv[1]) process.exit(await repl(process.argv.slice(2)));
