/** `--log FILE`: what the board says, a line each, with the host's time. */
import { closeSync, openSync, writeSync } from "node:fs";
import { fileFault } from "../fault.ts";

export interface LogFile {
  write(line: string): void;
  close(): void;
}

export interface LogOptions {
  now?: () => Date;
  /** Told once that no more can be written, such as on a disk that is full: the console goes on. */
  complain?(line: string): void;
}

/** Opens the file to append to it, readable by its owner only. Throws `Fault`. */
export function openLog(path: string, { now = () => new Date(), complain }: LogOptions = {}): LogFile {
  const name = `--log ${path}`;
  let file: number | undefined;
  try {
    file = openSync(path, "a", 0o600);
  } catch (error) {
    throw fileFault(name, error);
  }
  const close = (): void => {
    if (file !== undefined) closeSync(file);
    file = undefined;
  };
  return {
    write(line) {
      if (file === undefined) return;
      try {
        writeSync(file, `${now().toISOString()} ${line}\n`);
      } catch (error) {
        close();
        complain?.(`${fileFault(name, error).message}; nothing more is added to it`);
      }
    },
    close,
  };
}
