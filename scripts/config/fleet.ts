/** Settings for many boards: what they have in common, and a row each with what is its own. */
import { dirname, isAbsolute, relative, resolve, sep } from "node:path";
import { type BoardRow, type BoardsFile, refuse } from "./boards-file.ts";
import { PATHS } from "./document.ts";
import { fields } from "./fields.ts";
import {
  boardOf,
  dropForeignFields,
  faultsOf,
  loginOf,
  putAt,
  type Settings,
  tlsOf,
  valueAt,
} from "./settings.ts";

/** What all have in common. */
export interface Base {
  /** From where it names other files. */
  path: string;
  settings: Settings;
}

/** One board's. */
export interface OwnSettings {
  board: BoardRow;
  settings: Settings;
}

/** Puts values into settings, by their paths. One login takes the other's place. */
export function putGiven(settings: Settings, given: Map<string, string | number>): void {
  for (const [path, value] of given) putAt(settings, path, value);
  if (given.has("server.provision_key")) putAt(settings, "server.username", undefined);
  else if (given.has("server.username"))
    for (const name of ["provision_key", "provision_secret", "device_name", "credentials"])
      putAt(settings, `server.${name}`, undefined);
}

/**
 * The settings of each board, as a file at `documentOf` has them. Throws `Fault`, a line a fault: what is wrong with the base
 * first, then with rows, each naming row and column.
 */
export function fleetOf(
  base: Base,
  boards: BoardsFile,
  documentOf: (board: BoardRow) => string,
): OwnSettings[] {
  const { columns, path: table } = boards;
  if (!columns.has("server.username") && !loginOf(base.settings).provision && tlsOf(base.settings) < 2)
    refuse([`${table}: row 1: no column is called token, and each board needs one of its own`]);
  const asked = fields().filter(({ path }) => columns.has(path));
  if (!columns.has("board") || boardOf(base.settings))
    refuse(faultsOf(base.settings, undefined, asked).map((fault) => `${base.path}: ${fault}`));
  const faults: string[] = [];
  const fleet = boards.rows.map((board) => {
    const settings: Settings = structuredClone(base.settings);
    const document = documentOf(board);
    putGiven(settings, board.given);
    for (const path of PATHS) {
      const named = valueAt(settings, path);
      const from = board.given.has(path) ? table : base.path;
      if (typeof named === "string" && named) putAt(settings, path, rebased(from, document, named));
    }
    const kind = boardOf(settings);
    if (board.given.has("board") && kind) dropForeignFields(settings, kind);
    for (const fault of faultsOf(settings)) {
      const path = /^[\w.]+/.exec(fault)?.[0] ?? "";
      const column = columns.get(path);
      faults.push(
        column === undefined
          ? `${table}: row ${board.row}: ${fault}`
          : `${table}: row ${board.row}, column ${column}: ${fault.slice(path.length).replace(/^:? /, "")}`,
      );
    }
    return { board, settings };
  });
  refuse(faults);
  return fleet;
}

/** A file's name that one document has, as another names it. */
const rebased = (from: string, to: string, named: string): string =>
  isAbsolute(named)
    ? named
    : relative(dirname(resolve(to)), resolve(dirname(from), named)).replaceAll(sep, "/");
