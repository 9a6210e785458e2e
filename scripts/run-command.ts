/** How each command begins and ends: its exit code, what is said of a fault, and readers that leave. */
import { existsSync, realpathSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { UsageError } from "./command-line.ts";
import { faultIn, readable } from "./fault.ts";

/** The same of every command. `UNWELL`: it could not, or what it looked at is not as it should be. */
export const EXIT = { OK: 0, UNWELL: 1, WRONG_COMMAND_LINE: 2 } as const;

/** Does what a command does, and gives its exit code. A `Fault` is told; anything else that is thrown is passed on. */
export async function withFaultsTold(
  action: () => number | Promise<number>,
  complain: (line: string) => void,
): Promise<number> {
  try {
    return await action();
  } catch (thrown) {
    const fault = faultIn(thrown);
    if (!fault) throw thrown;
    complain(readable(fault.message));
    return fault instanceof UsageError ? EXIT.WRONG_COMMAND_LINE : EXIT.UNWELL;
  }
}

export interface CommandOptions {
  /** What is done when nobody reads any longer, as in `| head -3`: by default it ends, in peace. */
  unread?: () => void;
}

/** Runs a command, if `url` is the file that was started and not only imported. */
export async function runCommand(
  url: string,
  command: (args: string[]) => number | Promise<number>,
  { unread = () => process.exit() }: CommandOptions = {},
): Promise<void> {
  const [, started] = process.argv;
  // What was started may have been named by a link, as all of /tmp is on macOS.
  if (
    started === undefined ||
    !existsSync(started) ||
    realpathSync(started) !== realpathSync(fileURLToPath(url))
  )
    return;
  for (const stream of [process.stdout, process.stderr])
    stream.on("error", (error: NodeJS.ErrnoException) => {
      if (error.code !== "EPIPE") throw error;
      unread();
    });
  process.exitCode = await withFaultsTold(
    () => command(process.argv.slice(2)),
    (line) => console.error(line),
  );
}
