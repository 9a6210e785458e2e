/** How far a file is, and how long a wait may take yet: a bar on a terminal, without colours; else a line now and then. */
import { SingleBar } from "cli-progress";
import { count } from "../build/report.ts";

export interface Progress {
  update(bytes: number): void;
  /** Gives what it took, in words. */
  stop(): string;
}

/** Where it is shown. */
export type Output = NodeJS.WritableStream & { isTTY?: boolean };

/** A quarter, a half, … */
const LINES = 4;
/** A wait that is shorter is none. */
const UNNOTICED_MS = 1000;
const STEP_MS = 250;

const barOn = (stream: Output): SingleBar =>
  new SingleBar({
    format: "{what} [{bar}] {line}",
    barsize: 30,
    barCompleteChar: "=",
    barIncompleteChar: " ",
    clearOnComplete: true,
    stopOnComplete: false,
    gracefulExit: false,
    stream,
  });

export function showProgress(
  what: string,
  total: number,
  stream: Output,
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
  const bar = barOn(stream);
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

/** Shows a wait for something that takes so long at most. Gives what ends it. On no terminal it shows nothing. */
export function showWait(what: string, limit_ms: number, stream: Output): () => void {
  if (!stream.isTTY) return () => {};
  const began_ms = Date.now();
  let bar: SingleBar | undefined;
  const timer = setInterval(() => {
    const done_ms = Math.min(Date.now() - began_ms, limit_ms);
    if (done_ms < UNNOTICED_MS) return;
    const line = `${Math.ceil((limit_ms - done_ms) / 1000)} s left`;
    if (!bar) {
      bar = barOn(stream);
      bar.start(limit_ms, 0, { what, line });
    }
    bar.update(done_ms, { line });
  }, STEP_MS);
  return () => {
    clearInterval(timer);
    bar?.stop();
  };
}

/** `action`, with such a wait. */
export async function waitFor<T>(
  what: string,
  limit_ms: number,
  stream: Output,
  action: () => Promise<T>,
): Promise<T> {
  const stop = showWait(what, limit_ms, stream);
  try {
    return await action();
  } finally {
    stop();
  }
}
