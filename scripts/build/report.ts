import type { BoardName } from "../boards.ts";
import { BUDGETS } from "../budgets.ts";
import type { FeatureShare } from "./shares.ts";
import type { Size } from "./size.ts";

/** One line: what the board's blob takes, beside what it may take. */
export function describeSize(board: BoardName, size: Size): string {
  const bytes = `${count(size.bytes)} of ${count(BUDGETS.blob_bytes[board])} bytes`;
  const functions = `${size.functions} functions (${size.nested} nested)`;
  const variables = `about ${count(size.variables)} of ${count(BUDGETS.estimated_variables[board])} variables`;
  return `${board.padEnd(8)}  ${bytes}, ${functions}, ${variables}`;
}

/** One line: what a feature takes of the blob. */
export function describeShare({ feature, bytes, functions, variables }: FeatureShare): string {
  return `${count(bytes).padStart(8)}  ${feature}: ${functions} functions, about ${count(variables)} variables`;
}

/** One line a budget that is exceeded. */
export function excesses(board: BoardName, size: Size): string[] {
  const lines: string[] = [];
  const judge = (what: string, figure: number, budget: number) => {
    if (figure > budget) {
      lines.push(
        `${board}: ${count(figure)} ${what} are ${count(figure - budget)} over the budget of ${count(budget)}`,
      );
    }
  };
  judge("bytes", size.bytes, BUDGETS.blob_bytes[board]);
  judge("estimated variables", size.variables, BUDGETS.estimated_variables[board]);
  return lines;
}

export function count(figure: number): string {
  return figure.toLocaleString("en-US");
}
