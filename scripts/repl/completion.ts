/** What could follow what was typed: members of the board's objects, its globals, and the commands. */
import { isFirmwareGlobal } from "../build/global-names.ts";
import type { Device } from "../device/device.ts";

const ASK_MS = 3000;
/** A path of plain names, so that asking for its members calls nothing. */
const PATH = /(?:^|[^\w$.])((?:[A-Za-z_$][\w$]*\.)*)([\w$]*)$/;
const NAME = /^[A-Za-z_$][\w$]*$/;
/** The build shortens private members to so many letters. */
const SHORTENED = 2;
/** What a program is written with, and no board has as a member of anything. */
const WORDS =
  "break case catch const continue delete do else false finally for function global if in instanceof let new null return switch this throw true try typeof undefined var void while".split(
    " ",
  );
/** Of every board; the interpreter does not list what is built in unless it was used. */
const BUILT_IN =
  "Array Date E Error Function JSON Math Object Promise RegExp Serial1 String Uint8Array clearInterval clearTimeout console digitalRead digitalWrite eval getTime isNaN load parseFloat parseInt peek16 pinMode poke16 print process require reset save setInterval setTime setTimeout setWatch".split(
    " ",
  );

/** Completes a line as node:repl wants it: what fits, and the part of the line that it replaces. */
export type Complete = (line: string) => Promise<[string[], string]>;

export function createCompletion(device: () => Device, commands: () => string[]): Complete {
  async function members(path: string): Promise<string[]> {
    // As one text, which costs the board less than a list. The prototype's, too, where it has one of its own: that is
    // where methods are.
    const names = await device().evaluate(
      `(function(o){var f=Object.getOwnPropertyNames,p=o!==global&&Object.getPrototypeOf(o);return f(o).concat(p&&p!==Object.prototype?f(p):[]).join()})(${path})`,
      ASK_MS,
    );
    return String(names).split(",");
  }

  return async (line) => {
    const command = /^\s*\.(\w*)$/.exec(line);
    if (command) {
      const typed = `.${command[1]}`;
      return [
        commands()
          .map((name) => `.${name}`)
          .filter((name) => name.startsWith(typed)),
        typed,
      ];
    }
    const match = PATH.exec(line);
    if (!match) return [[], line];
    const path = match[1] as string;
    const typed = match[2] as string;
    let names: string[];
    try {
      names = await members(path ? path.slice(0, -1) : "global");
    } catch {
      // There is no such object, or the board is busy.
      names = [];
    }
    if (path) names = names.filter((name) => name.length > SHORTENED);
    else names = [...names.filter((name) => !isFirmwareGlobal(name)), ...WORDS, ...BUILT_IN];
    const fitting = [...new Set(names)].filter(
      (name) => NAME.test(name) && name.startsWith(typed) && name !== "constructor",
    );
    return [fitting.sort().map((name) => path + name), path + typed];
  };
}
