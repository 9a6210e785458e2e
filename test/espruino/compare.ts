/** The same programs in the real interpreter and on the simulated board. */
import { startInterpreter } from "../../scripts/simulator/interpreter.ts";
import { rig } from "../simulator/espruino-rig.ts";

export const BINARY = process.env.ESPRUINO ?? "";
export const SKIP = BINARY
  ? false
  : "skipped: set ESPRUINO=<path of Espruino for Linux> to compare the simulated board with it";

/** So many expressions fit the smallest Storage, and a board's memory. */
const AT_ONCE = 60;
const LONGEST_MS = 30_000;

export interface Comparison {
  expression: string;
  /** What was printed of it, as JSON, or what was thrown. */
  real: string | undefined;
  simulated: string | undefined;
}

/** Lines that begin with a `|`, until the one that begins with `last`. */
async function real(source: string, last: string): Promise<string[]> {
  const lines: string[] = [];
  let ended = (): void => {};
  const end = new Promise<void>((resolve) => {
    ended = resolve;
  });
  const interpreter = await startInterpreter({
    binary: BINARY,
    storage: { ".bootcde": source },
    print(line) {
      if (line.startsWith("|")) lines.push(line.trimEnd());
      if (line.startsWith(last)) ended();
    },
  });
  const timer = setTimeout(ended, LONGEST_MS);
  await end;
  clearTimeout(timer);
  await interpreter.stop();
  return lines;
}

function simulated(source: string): string[] {
  const { board, store, lines, tick } = rig("rak8212");
  store(".bootcde", source);
  board.boot();
  for (let ms = 0; ms < 500; ms++) tick(1);
  board.dispose();
  return lines.filter((line) => line.startsWith("|")).map((line) => line.trimEnd());
}

/** What a program prints there and here. */
export async function linesOf(source: string, last: string): Promise<[real: string[], simulated: string[]]> {
  return [await real(source, last), simulated(source)];
}

/** The values of expressions there and here. `together`: later ones need what earlier ones did. */
export async function both(expressions: string[], together = false): Promise<Comparison[]> {
  const comparisons: Comparison[] = [];
  const at_once = together ? expressions.length : AT_ONCE;
  for (let from = 0; from < expressions.length; from += at_once) {
    const some = expressions.slice(from, from + at_once);
    const lines = some.map((text) => `try{print("|"+JSON.stringify(${text}))}catch(e){print("| "+e)}`);
    const source = [...lines, 'print("|done")'].join("\n");
    const [there, here] = await linesOf(source, "|done");
    some.forEach((expression, i) => {
      comparisons.push({ expression, real: there[i], simulated: here[i] });
    });
  }
  return comparisons;
}
