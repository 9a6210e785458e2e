/** Tables as spreadsheets write and read them: CSV, by the library Papa Parse. */
import Papa from "papaparse";
import { Fault } from "./fault.ts";

/**
 * The rows of a text, each its cells without the spaces around them; the first is the header. `separators`: one of them
 * separates the cells. Throws `Fault` for quotes that do not end.
 */
export function rowsOf(path: string, text: string, separators = [",", ";", "\t"]): string[][] {
  // Windows' editors and spreadsheets begin a file with a byte order mark; and a line that we appended to theirs ends otherwise.
  const { data, errors } = Papa.parse<string[]>(text.replace(/^\uFEFF/, "").replace(/\r\n?/g, "\n"), {
    newline: "\n",
    ...(separators.length > 1 ? { delimitersToGuess: separators } : { delimiter: separators[0] }),
  });
  const broken = errors.find(({ type }) => type === "Quotes");
  if (broken) throw new Fault(`${path}: row ${(broken.row ?? 0) + 1}: a quote that does not end or fit`);
  return data.map((cells) => cells.map((cell) => cell.trim()));
}

/** One row, with its end. What stands in a cell takes no second line. */
export const rowText = (cells: string[]): string =>
  `${Papa.unparse([cells.map((cell) => cell.replace(/\s+/g, " "))])}\n`;
