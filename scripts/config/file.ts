/** The files with settings, certificates and keys: some hold secrets, and they may be there already. */
import { readFileSync, realpathSync, renameSync, rmSync, statSync, writeFileSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { Fault, fileFault } from "../fault.ts";

/** A file's text; undefined when there is no such file. Throws `Fault`. */
export function readText(path: string): string | undefined {
  try {
    if (!statSync(path).isFile()) throw new Fault(`${path}: is not a file`);
    return readFileSync(path, "utf8");
  } catch (error) {
    if (error instanceof Fault) throw error;
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw fileFault(path, error);
  }
}

/** Writes a file that only its owner may read. Throws `Fault`. */
export const writeSecretText = (path: string, text: string): void => writeWhole(path, text, 0o600);

/** Writes a file that anybody may read. Throws `Fault`. */
export const writePublicText = (path: string, text: string): void => writeWhole(path, text, 0o644);

/** All of it or nothing: a new file takes the old one's place, whose mode may have been another. */
function writeWhole(path: string, text: string, mode: number): void {
  let target = path;
  try {
    // Through a link, not in its place.
    target = realpathSync(path);
  } catch {
    // There is no such file yet.
  }
  const temporary = join(dirname(target), `.${basename(target)}.${process.pid}`);
  try {
    writeFileSync(temporary, text, { mode, flag: "wx" });
    renameSync(temporary, target);
  } catch (error) {
    rmSync(temporary, { force: true });
    throw fileFault(path, error);
  }
}
