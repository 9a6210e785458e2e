/** How far a file is: a bar on a terminal, else a line now and then. */
import { SingleBar } from "cli-progress";
import { count } from "../build/report.ts";

export interface Progress {
  update(bytes: number): void;
  /** Gives what it took, in words. */
  stop(): string;
}

/** A quarter, a half, … */
const LINES = 4;

export function showProgress(
  what: string,
  total: number,
  stream: NodeJS.WritableStream & { isTTY?: boolean },
  now: () => number = Date.now,
): Progress {
  const start_ms = now();
  const seconds = (): string => ((now() - start_ms) / 1000).toFixed(1);
  const line = (bytes: number): string => `${count(bytes)} of ${count(total)} bytes, ${seconds()} s`;
  const finish = (bytes: number): string => {
    const rate = Math.round((bytes * 1000) / Math.max(now() - start_ms, 1));
    return `${what}: ${count(bytes)} bytes in ${seconds()} s, ${count(rate)} bytes/s`;
  };
  let done = 0;

  if (!stream.isTTY) {
    let told = 0;
    return {
      update(bytes) {
        done = bytes;
        const quarters = Math.floor((bytes / total) * LINES);
        if (quarters <= told || quarters >= LINES) return;
        told = quarters;
        stream.write(`${what}: ${line(bytes)}\n`);
      },
      stop: () => finish(done),
    };
  }
  const bar = new SingleBar({
    format: "{what} [{bar}] {line}",
    barsize: 30,
    barCompleteChar: "=",
    barIncompleteChar: " ",
    clearOnComplete: true,
    stopOnComplete: false,
    gracefulExit: false,
    stream,
  });
  bar.start(total, 0, { what, line: line(0) });
  return {
    update(bytes) {
      done = bytes;
      bar.update(bytes, { line: line(bytes) });
    },
    stop() {
      bar.stop();
      return finish(done);
    },
  };
}
