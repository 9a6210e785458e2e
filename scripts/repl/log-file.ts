/** `--log FILE`: what the board says, a line each, with the host's time. */
import { closeSync, openSync, writeSync } from "node:fs";
import { DeviceError } from "../device/device.ts";

export interface LogFile {
  write(line: string): void;
  close(): void;
}

/** Opens the file to append to it, readable by its owner only. */
export function openLog(path: string, now: () => Date = () => new Date()): LogFile {
  let file: number;
  try {
    file = openSync(path, "a", 0o600);
  } catch (error) {
    throw new DeviceError(`--log ${path}: cannot be written (${(error as NodeJS.ErrnoException).code})`);
  }
  return {
    write: (line) => void writeSync(file, `${now().toISOString()} ${line}\n`),
    close: () => closeSync(file),
  };
}
