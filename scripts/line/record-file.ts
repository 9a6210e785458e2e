/** A table that grows by whole rows, and of which a power cut takes none that was written. */
import { closeSync, fsyncSync, openSync, writeSync } from "node:fs";
import { readText } from "../config/file.ts";
import { rowsOf, rowText } from "../csv.ts";
import { Fault } from "../fault.ts";

/** Its cells, by the names of the columns. */
export type Row<Column extends string> = Record<Column, string>;

export interface RecordFile<Column extends string> {
  /** What was there, and what came, in its order. */
  readonly rows: Row<Column>[];
  /** Writes a row whole, and waits until the disk has it. Throws `Fault`. */
  append(row: Row<Column>): void;
}

/** Readable by its owner alone: it tells which device is where. */
const MODE = 0o600;

/** Throws `Fault` where the file is another one, or cannot be written. */
export function openRecords<Column extends string>(
  path: string,
  columns: readonly Column[],
): RecordFile<Column> {
  function write(text: string): void {
    const file = openSync(path, "a", MODE);
    try {
      // In one go: what another program may write stands before it or behind it.
      writeSync(file, text);
      fsyncSync(file);
    } finally {
      closeSync(file);
    }
  }

  let text = readText(path) ?? "";
  const first = rowText([...columns]);
  if (first !== text && first.startsWith(text)) {
    // New, or a power cut took the end of its header.
    write(first.slice(text.length));
    text = first;
  }
  // A power cut may have left the beginning of a row; it is closed, and is no row of ours then.
  if (text && !text.endsWith("\n")) write(quotesIn(text) % 2 ? '"\n' : "\n");
  const [header = [], ...found] = rowsOf(path, quotesIn(text) % 2 ? `${text}"` : text, [","]);
  if (header.join() !== columns.join())
    throw new Fault(
      `${path}: is another table, or was saved with other separators than commas: its columns must be ${columns.join(",")}; name another file`,
    );
  const rows = found
    .filter((cells) => cells.length === columns.length)
    .map((cells) => Object.fromEntries(columns.map((column, at) => [column, cells[at]])) as Row<Column>);
  return {
    rows,
    append(row) {
      write(rowText(columns.map((column) => row[column])));
      rows.push(row);
    },
  };
}

const quotesIn = (text: string): number => text.split('"').length - 1;
