/** The project as a newcomer has it, in a folder of its own. */
import { cpSync, mkdtempSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));
/** What a command needs of the project; a newcomer's copy has no settings in it yet. */
const NEEDED = ["package.json", "tsconfig.json", "firmware", "board", "scripts"];

/** Its path; whoever asked for it removes it. */
export function copyOfTheProject(): string {
  const directory = mkdtempSync(join(tmpdir(), "walk-"));
  for (const name of NEEDED) cpSync(join(ROOT, name), join(directory, name), { recursive: true });
  symlinkSync(join(ROOT, "node_modules"), join(directory, "node_modules"));
  return directory;
}
