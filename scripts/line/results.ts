/** The result file: what became of each board. */
import { openRecords, type Row } from "./record-file.ts";

export const RESULT_COLUMNS = [
  "time",
  "port",
  "name",
  "imei",
  "iccid",
  "chip",
  "board",
  "firmware",
  "outcome",
  "reason",
] as const;

export type Result = Row<(typeof RESULT_COLUMNS)[number]>;

export const PASSED = "passed";
export const FAILED = "failed";

/** What a board is known by; either may be "". */
export interface Identity {
  chip: string;
  imei: string;
}

export interface Results {
  add(result: Result): void;
  /** The row by which a board has passed already, if its last one says so. */
  passed(board: Identity): Result | undefined;
}

/** Whether a row is of this board: by its chip, or by the modem's number where chips are all the same. */
export const isOf = (row: Identity, { chip, imei }: Identity): boolean =>
  chip !== "" ? row.chip === chip : imei !== "" && row.imei === imei;

/** Throws `Fault`. */
export function openResults(path: string): Results {
  const { rows, append } = openRecords(path, RESULT_COLUMNS);
  return {
    add: append,
    passed(board) {
      const last = rows.findLast((row) => isOf(row, board));
      return last?.outcome === PASSED ? last : undefined;
    },
  };
}
