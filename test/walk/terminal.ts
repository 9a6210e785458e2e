/** A command in a terminal of its own, and who sits there. */
import { stripVTControlCharacters } from "node:util";
import { type IPty, spawn } from "@lydell/node-pty";

export const ENTER = "\r";
export const CTRL_C = "\x03";
/** Empties the line. */
export const CTRL_U = "\x15";
export const DOWN = "\x1b[B";

export interface Terminal {
  /** What it shows next that matches, after what was looked for before. Rejects when the command ends without, or after two minutes. */
  shows(pattern: RegExp): Promise<RegExpExecArray>;
  /** All that it showed so far. */
  text(): string;
  type(keys: string): void;
  /** The exit code, once the command has ended by itself. Rejects when it has not in as long. */
  ends(): Promise<number>;
  kill(): void;
}

/** Of a reader: a build takes long on a busy machine, and a tracker has to come up. */
const PATIENCE_MS = 120_000;

export function openTerminal(file: string, args: string[], cwd: string): Terminal {
  const { NO_COLOR: _, FORCE_COLOR: __, ...env } = process.env;
  const pty: IPty = spawn(file, args, {
    cwd,
    env: { ...env, HOME: cwd, TERM: "xterm" },
    cols: 200,
    rows: 50,
  });
  let raw = "";
  let looked = 0;
  let code: number | undefined;
  let look: (() => void) | undefined;
  pty.onData((data) => {
    raw += data;
    look?.();
  });
  const ended = new Promise<number>((resolve) => {
    pty.onExit(({ exitCode }) => {
      code = exitCode;
      look?.();
      resolve(exitCode);
    });
  });
  // All of it each time: a control sequence may come in two pieces.
  const text = (): string => stripVTControlCharacters(raw);
  return {
    text,
    ends() {
      let timer: NodeJS.Timeout | undefined;
      const late = new Promise<never>((_resolve, reject) => {
        const fail = (): void =>
          reject(new Error(`it has not ended within ${PATIENCE_MS / 1000} s:\n${text()}`));
        timer = setTimeout(fail, PATIENCE_MS);
      });
      return Promise.race([ended, late]).finally(() => clearTimeout(timer));
    },
    type: (keys) => pty.write(keys),
    kill: () => code === undefined && pty.kill("SIGKILL"),
    shows: (pattern) =>
      new Promise((resolve, reject) => {
        const fail = (why: string): void =>
          finish(() => reject(new Error(`${pattern} is not seen ${why}:\n${text()}`)));
        const timer = setTimeout(() => fail(`within ${PATIENCE_MS / 1000} s`), PATIENCE_MS);
        function finish(tell: () => void): void {
          clearTimeout(timer);
          look = undefined;
          tell();
        }
        look = () => {
          const match = pattern.exec(text().slice(looked));
          if (match) {
            looked += match.index + match[0].length;
            finish(() => resolve(match));
          } else if (code !== undefined) fail(`before it ended with ${code}`);
        };
        look();
      }),
  };
}
