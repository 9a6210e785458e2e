/** One line at a time for a result file: two would give the same row of the table to two boards. */
import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { Fault, fileFault } from "../fault.ts";

/** Gives what unlocks it again. Throws `Fault` while another process that still runs has it. */
export function lock(path: string): () => void {
  const file = `${path}.lock`;
  const take = (): void => writeFileSync(file, String(process.pid), { flag: "wx" });
  try {
    take();
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw fileFault(file, error);
    const holder = Number(readFileSync(file, "utf8"));
    if (runs(holder))
      throw new Fault(
        `${path}: another npm run line writes to it (process ${holder}); end that, or name another file`,
      );
    // It was killed, or lost its power.
    rmSync(file, { force: true });
    take();
  }
  return () => rmSync(file, { force: true });
}

function runs(process_id: number): boolean {
  if (!(process_id > 0)) return false;
  try {
    // Signal 0 is none: it only asks whether there is such a process.
    process.kill(process_id, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}
