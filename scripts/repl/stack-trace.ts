/**
 * Stack traces as the interpreter prints them, with places in the TypeScript instead of the blob. A frame is up to
 * three lines: where, an excerpt of the code, and a caret below it.
 *
 *     at send_telemetry (.bootcde:0:13023)
 * ...ata "+n+": must be {} or [{}]");return x(this,L,t,this.N?"v2...
 *                                  ^
 *
 * Where code runs from mapped flash, as on the nRF52, the file is not named: `at send_telemetry (:1:80)`, and the column
 * counts from the function's own first character. Before 2v10 it was `at line 1 col 45` and `in function "send_telemetry" called from line 1 col 8`,
 * with such columns too. There the excerpt tells the place.
 */

/** Knows the code on the board. */
export interface CodeMap {
  /** Place in the TypeScript of what the interpreter calls this line and column of a Storage file. */
  at(file: string, line: number, column: number): string | undefined;
  /** The same of the character `offset` in a piece of the code, if the piece is there once. */
  atExcerpt(text: string, offset: number): string | undefined;
}

/** Code is in these; see flash/code-layout.ts and flash/slots.ts. */
const FRAME = /^ +at (?:(.*) \()?(\.bootcde|tb\.(?:box|js|app))?:(\d+):(\d+)\)?$/;
/** Of the line that we have the board evaluate, around what the user typed. */
const TYPED = /^ +at REPL(?: \(:1:\d+\)|:1:\d+)$/;
const OLD_FRAME = /^(?: *at |in function .*called from )line \d+ col \d+$/;
const CARET = /^ *\^$/;

/** Takes lines of the console and gives them back, frames changed; some lines are held until the next ones come. */
export interface StackTraces {
  feed(line: string): string[];
  /** What is still held: no more lines are coming for now. */
  flush(): string[];
}

export function createStackTraces(code: CodeMap | undefined): StackTraces {
  /** A frame, and perhaps its excerpt. */
  let held: string[] = [];

  function flush(): string[] {
    const [frame, ...rest] = held;
    held = [];
    if (frame === undefined) return [];
    const replaced = replace(frame, code);
    return replaced === undefined ? [frame, ...rest] : [...replaced, ...rest];
  }

  return {
    flush,
    feed(line) {
      const [frame, excerpt] = held;
      if (frame !== undefined && excerpt !== undefined && CARET.test(line)) {
        held = [];
        return replace(frame, code, excerpt, line.length - 1) ?? [frame, excerpt, line];
      }
      if (frame !== undefined && excerpt === undefined && !isFrame(line)) {
        held.push(line);
        return [];
      }
      const out = flush();
      if (!isFrame(line)) return [...out, line];
      held = [line];
      return out;
    },
  };
}

const isFrame = (line: string): boolean => FRAME.test(line) || OLD_FRAME.test(line) || TYPED.test(line);

/** The lines to show for a frame; undefined: as it is. */
function replace(
  frame: string,
  code: CodeMap | undefined,
  excerpt?: string,
  caret?: number,
): string[] | undefined {
  if (TYPED.test(frame)) return [];
  const match = FRAME.exec(frame);
  let place = match?.[2] ? code?.at(match[2], Number(match[3]), Number(match[4])) : undefined;
  if (!place && excerpt !== undefined && caret !== undefined) {
    const text = excerpt.replace(/^\.\.\.|\.\.\.$/g, "");
    place = code?.atExcerpt(text, caret - (excerpt.startsWith("...") ? 3 : 0));
  }
  if (!place) return undefined;
  if (!match) return [frame.replace(/line \d+ col \d+/, place)];
  // What the build shortened tells nothing.
  const name = match[1]?.replace(/^[\w$]{1,2}(\.|$)/, "");
  return [name ? `    at ${name} (${place})` : `    at ${place}`];
}
