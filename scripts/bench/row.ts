import { plain } from "../screen.ts";

/** A figure of the product: what was measured, beside what was promised. */
export interface Row {
  name: string;
  /** Missing: not measured, and `why` says why. */
  figure?: number;
  unit: string;
  /** Missing: nothing was promised. */
  budget?: number;
  /** The budget is the least, not the most, that the figure may be. */
  least?: true;
  why?: string;
}

export const NEEDS_INTERPRETER = "set ESPRUINO=<path of a board-like interpreter>";

export function isOver({ figure, budget, least }: Row): boolean {
  return figure !== undefined && budget !== undefined && (least ? figure < budget : figure > budget);
}

/** A line: name, figure, unit, budget, verdict. */
export function describeRow(row: Row, width: number, paint = plain): string {
  const { name, figure, unit, budget, least, why } = row;
  const verdict =
    figure === undefined
      ? `not measured (${why})`
      : budget === undefined
        ? ""
        : isOver(row)
          ? paint(["red", "bold"], "OVER")
          : paint("green", "ok");
  const shown = figure === undefined ? "-" : format(figure);
  const limit = budget === undefined ? "" : `${least ? "at least" : "at most"} ${format(budget)}`;
  const line = `${name.padEnd(width)}  ${shown.padStart(7)} ${unit.padEnd(9)}  ${limit.padEnd(16)}  ${verdict}`;
  return line.trimEnd();
}

function format(figure: number): string {
  return figure.toLocaleString("en-US", { maximumFractionDigits: 2 });
}
