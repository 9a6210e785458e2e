/** Where the lines typed are kept from one session to the next. */
import { mkdirSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";

/** Lines kept; older ones go. */
export const HISTORY_LINES = 1000;

/** The file, its directory made: in the user's state directory. Undefined where that cannot be written. */
export function historyFile(
  env: NodeJS.ProcessEnv = process.env,
  platform = process.platform,
): string | undefined {
  const state =
    env.XDG_STATE_HOME ||
    (platform === "win32" && env.LOCALAPPDATA) ||
    join(env.HOME || homedir(), ".local", "state");
  const directory = join(state, "espruino-thingsboard");
  try {
    mkdirSync(directory, { recursive: true, mode: 0o700 });
  } catch {
    return undefined;
  }
  return join(directory, "repl_history");
}
