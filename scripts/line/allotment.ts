/**
 * Which board gets which row of the table. It is written down, beside the result file, before the board gets it: whatever
 * happens then, no other board gets the same.
 */
import type { BoardName } from "../boards.ts";
import type { BoardRow } from "../config/boards-file.ts";
import type { OwnSettings } from "../config/fleet.ts";
import { boardOf } from "../config/settings.ts";
import { Fault } from "../fault.ts";
import { openRecords } from "./record-file.ts";
import { type Identity, isOf } from "./results.ts";

const COLUMNS = ["time", "name", "chip", "imei"] as const;

export interface Allotment {
  /** The row that can be no other board's: it had it before, or the table names it. */
  known(board: Identity): OwnSettings | undefined;
  /** The same, or the next that names no board and is for its kind; it is this board's from now on. Throws `Fault` when there is none. */
  take(board: Identity, kind: BoardName): OwnSettings;
}

/** Beside "result.csv": "result.names.csv". */
export const namesFile = (result: string): string => `${result.replace(/\.csv$/i, "")}.names.csv`;

/** `table`: how messages call it. Throws `Fault`. */
export function openAllotment(
  result: string,
  table: string,
  fleet: OwnSettings[],
  now: () => Date = () => new Date(),
): Allotment {
  const { rows, append } = openRecords(namesFile(result), COLUMNS);
  const same = (a: string, b: string): boolean => a.toLowerCase() === b.toLowerCase();
  const holderOf = ({ name }: BoardRow) => rows.findLast((row) => same(row.name, name));

  function known(board: Identity): OwnSettings | undefined {
    const before = rows.findLast((row) => isOf(row, board));
    if (!before) return fleet.find(({ board: row }) => names(row, board));
    const its = fleet.find(({ board: row }) => same(row.name, before.name));
    if (!its)
      throw new Fault(
        `${table}: this board was given ${before.name} before, and no row is called so any more; put it back, or take its row out of ${namesFile(result)}`,
      );
    return its;
  }

  return {
    known,
    take(board, kind) {
      const isFree = ({ board: row, settings }: OwnSettings): boolean =>
        row.chip === "" && row.imei === "" && !holderOf(row) && (boardOf(settings) ?? kind) === kind;
      const its = known(board) ?? fleet.find(isFree);
      if (!its) throw new Fault(`${table}: no row is left for this ${kind}: add one`);
      const holder = holderOf(its.board);
      if (holder && isOf(holder, board)) return its;
      if (holder)
        throw new Fault(
          `${table}: row ${its.board.row}, ${its.board.name}, is of another board already (${holder.chip || holder.imei}); see ${namesFile(result)}`,
        );
      append({ time: now().toISOString(), name: its.board.name, chip: board.chip, imei: board.imei });
      return its;
    },
  };
}

const names = (row: BoardRow, { chip, imei }: Identity): boolean =>
  (row.chip !== "" && row.chip.toLowerCase() === chip.toLowerCase()) ||
  (row.imei !== "" && row.imei === imei);
