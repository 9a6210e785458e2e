import { withoutGuards } from "./guards.ts";

const INDENT = "    at ";
/** Code that is not in Storage: such a piece has its name, and its places no file. */
const TYPED = new Set(["REPL", "event", "eval"]);
/** A line is shown up to so many characters, from so many before the place. */
const SHOWN = 60;
const BEFORE = 30;

/**
 * `stack` as the interpreter writes it: without the error itself, each frame with its line of code and a caret. Columns
 * are V8's, where a call begins; the interpreter's is where it ended.
 */
export function stackOf(
  sites: readonly NodeJS.CallSite[],
  sourceOf: (file: string) => string | undefined,
): string {
  let stack = "";
  sites.forEach((site, i) => {
    const file = site.getFileName() ?? "";
    const source = sourceOf(file);
    if (source === undefined) return;
    const line = site.getLineNumber() ?? 1;
    const guarded = source.split("\n")[line - 1] ?? "";
    const column = withoutGuards(guarded.slice(0, (site.getColumnNumber() ?? 1) - 1)).length + 1;
    const outermost = sites[i + 1]?.getFileName() === "node:vm";
    const place = `${TYPED.has(file) ? "" : file}:${line}:${column}`;
    const name = outermost
      ? TYPED.has(file)
        ? file
        : "boot code"
      : site.getFunctionName()?.split(".").pop();
    stack += `${INDENT}${name ? `${name} (${place})` : place}\n${excerpt(withoutGuards(guarded), column)}`;
  });
  return stack;
}

function excerpt(line: string, column: number): string {
  const indent = /^\s*/.exec(line)?.[0].length ?? 0;
  let text = line.slice(indent);
  let caret = Math.max(0, column - 1 - indent);
  if (text.length > SHOWN && caret > BEFORE) {
    text = `...${text.slice(caret - BEFORE + 3)}`;
    caret = BEFORE;
  }
  const dots = text.startsWith("...") ? 3 : 0;
  if (text.length - dots > SHOWN) text = `${text.slice(0, SHOWN + dots)}...`;
  return `${text}\n${" ".repeat(caret)}^\n`;
}
