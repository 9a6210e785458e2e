/** `npm run repl`: the console of a board. */
import { DeviceError, SilentError } from "./device/device.ts";
import { openDevice } from "./device/open.ts";
import { findAddress } from "./device/options.ts";
import { historyFile } from "./repl/history.ts";
import { readOptions, replCommand } from "./repl/options.ts";
import { runRepl } from "./repl/run.ts";
import { runCommand, withFaultsTold } from "./run-command.ts";

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
  return withFaultsTold(async () => {
    const options = readOptions(args);
    if (!options) {
      around.output.write(replCommand().helpInformation());
      return 0;
    }
    const address = await findAddress(options);
    const { eval: expression, log } = options;
    const open = () =>
      openDevice(address).catch((error: Error) => {
        throw error instanceof SilentError ? new DeviceError(error.message + TAKEN) : error;
      });
    return await runRepl({ ...around, expression, log, open });
  }, around.complain);
}

// The terminal that was read from would keep the process.
// Where nobody reads any longer the conversation ends as with .exit: the board is put back to how it was.
await runCommand(import.meta.url, async (args) => process.exit(await repl(args)), { unread: () => {} });
