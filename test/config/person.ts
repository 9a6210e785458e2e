/** A person at the questions of `npm run config`, and the files they keep. */
import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { PassThrough } from "node:stream";
import { after } from "node:test";
import { stripVTControlCharacters } from "node:util";
import { config } from "../../scripts/config.ts";

/** The firmware's words. */
export const TEXT = "must be plain text of";
export const WHOLE = "must be whole,";

export const DOWN = "\x1b[B";
export const ENTER = "\r";
export const CTRL_C = "\x03";
export const CTRL_D = "\x04";
/** Empties the line. */
export const CTRL_U = "\x15";

/** What is waited for on the screen, then what is typed; null: the input ends. */
export type Step = [shown: string, typed: string | null];

export interface Outcome {
  code: number;
  said: string;
  complaints: string;
  /** All that the questions showed. */
  screen: string;
}

/** Runs the command. With `steps` a person is there, who must be asked exactly that. `roots`: in place of Node's list. */
export async function runConfig(args: string[], steps?: Step[], roots?: string[]): Promise<Outcome> {
  const input = new PassThrough();
  const output = new PassThrough();
  const outcome: Outcome = { code: -1, said: "", complaints: "", screen: "" };
  const left = [...(steps ?? [])];
  let seen = 0;
  output.on("data", (data) => {
    outcome.screen += stripVTControlCharacters(`${data}`);
    const next = left[0];
    const at = next ? outcome.screen.indexOf(next[0], seen) : -1;
    if (!next || at < 0) return;
    seen = at + next[0].length;
    left.shift();
    // After the question has begun to listen.
    setImmediate(() => (next[1] === null ? input.end() : input.write(next[1])));
  });
  outcome.code = await config(args, {
    input,
    output,
    interactive: steps !== undefined,
    ...(roots && { roots }),
    say: (line) => {
      outcome.said += `${line}\n`;
    },
    complain: (line) => {
      outcome.complaints += `${line}\n`;
    },
  });
  assert.deepEqual(left, [], `not asked; complaints: ${outcome.complaints}`);
  return outcome;
}

/** A directory for the tests of one file, removed after them. */
export function temporaryDirectory() {
  const directory = mkdtempSync(join(tmpdir(), "config-"));
  after(() => rmSync(directory, { recursive: true }));
  let files = 0;
  return {
    /** A path where there is no file yet, or one with this text. */
    file(text?: string): string {
      const path = join(directory, `${++files}.json`);
      if (text !== undefined) writeFileSync(path, text);
      return path;
    },
    read: (path: string) => JSON.parse(readFileSync(path, "utf8")),
  };
}
