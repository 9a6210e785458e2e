/** A table of boards, `boards.csv`: a row each, with its name and what of its settings is its own. */
import { count } from "../build/report.ts";
import { rowsOf } from "../csv.ts";
import { cutShort, Fault } from "../fault.ts";
import { PATHS } from "./document.ts";
import { type FieldInfo, faultOf, fields } from "./fields.ts";
import { readText } from "./file.ts";
import { flagOf, typedValue } from "./options.ts";

export interface BoardRow {
  /** As a spreadsheet counts, the header being 1. */
  row: number;
  /** Of the board: of its file, and in what is said of it. */
  name: string;
  /** Which board it is for, where the table says so. */
  chip: string;
  imei: string;
  /** Values of settings, and "board", by path; files as seen from the table. */
  given: Map<string, string | number>;
}

export interface BoardsFile {
  path: string;
  /** The settings that have a column, by path, as the header calls them. */
  columns: Map<string, string>;
  rows: BoardRow[];
}

/** Columns that are no settings. */
const OWN = ["name", "chip", "imei"] as const;
/** A board each: two with one of these would be one to the server, or the wrong one. */
const SINGLE = ["name", "chip", "imei", "server.username", "server.client_id"];
/** What a table may not leave open, where it has the column. */
const NEEDED = ["name", "server.username"];
/** Enough to see what is wrong with the table. */
const MOST_FAULTS = 10;
/** Names that no file of Windows may have. */
const RESERVED = /^(con|prn|aux|nul|com\d|lpt\d)(\.|$)/i;

const isOwn = (path: string): path is (typeof OWN)[number] => (OWN as readonly string[]).includes(path);

/** Each setting by its path and by its option's name: "server.username" and "token". */
function known(settings: FieldInfo[]): Map<string, string> {
  const paths = new Map<string, string>([...OWN, "board"].map((name) => [name, name]));
  for (const { path } of settings) {
    paths.set(path, path);
    paths.set(flagOf(path).slice(2).replaceAll("-", "_"), path);
  }
  return paths;
}

/** Throws a `Fault` of these, a line each, if there are any. */
export function refuse(faults: string[]): void {
  if (!faults.length) return;
  const more = faults.length - MOST_FAULTS;
  throw new Fault(
    [...faults.slice(0, MOST_FAULTS), ...(more > 0 ? [`… and ${count(more)} more`] : [])].join("\n"),
  );
}

/** Reads the table. Throws `Fault`, a line a fault, each naming row and column and none a secret. */
export function readBoards(path: string): BoardsFile {
  const text = readText(path);
  if (text === undefined) throw new Fault(`${path}: no such file`);
  const [header = [], ...rows] = rowsOf(path, text);
  const names = header.map((name) => name.toLowerCase().replaceAll("-", "_"));
  // What else is in such a row may be a token.
  if (!names.includes("name"))
    throw new Fault(
      `${path}: row 1: no column is called name; the first row names the columns: name, token, and what else is a board's own, such as apn, pin, chip or imei`,
    );
  const settings = fields();
  const paths = pathsOf(path, header, names, known(settings));
  const infos = new Map(settings.map((field) => [field.path, field]));
  const faults: string[] = [];
  const seen = new Map(SINGLE.map((column) => [column, new Map<string, number>()]));
  const columnOf = (at: string): string => header[paths.indexOf(at)] ?? at;
  const found = rows.flatMap((cells, index): BoardRow[] => {
    const row = index + 2;
    if (cells.every((cell) => cell === "")) return [];
    const told = (column: string, fault: string): void => {
      faults.push(`${path}: row ${row}, column ${column}: ${fault}`);
    };
    if (cells.length > header.length && cells.slice(header.length).some((cell) => cell !== ""))
      told(
        String(header.length + 1),
        "the header has no such column; put quotes around cells with separators",
      );
    const board: BoardRow = { row, name: "", chip: "", imei: "", given: new Map() };
    for (const [at, setting] of paths.entries()) {
      const cell = cells[at] ?? "";
      const field = infos.get(setting);
      const fault = faultOfCell(setting, cell, row, { field, seen: seen.get(setting) });
      if (fault) told(columnOf(setting), fault);
      if (isOwn(setting)) board[setting] = cell;
      else if (cell !== "") board.given.set(setting, field ? typedValue(field, cell) : cell);
    }
    return [board];
  });
  if (!found.length) faults.push(`${path}: there is no board in it`);
  refuse(faults);
  return {
    path,
    columns: new Map(paths.filter((at) => !isOwn(at)).map((at) => [at, columnOf(at)])),
    rows: found,
  };
}

/** What each column is of. */
function pathsOf(path: string, header: string[], names: string[], all: Map<string, string>): string[] {
  const faults: string[] = [];
  const paths = names.map((name, at) => {
    const setting = all.get(name);
    const column = `${path}: row 1, column ${name ? cutShort(header[at] as string) : at + 1}`;
    if (setting === undefined)
      faults.push(
        `${column}: unknown; a column is ${OWN.join(", ")}, board, token or another setting, as npm run config -- --help has them without the dashes`,
      );
    else if (names.slice(0, at).some((other) => all.get(other) === setting))
      faults.push(`${column}: it is there twice`);
    return setting ?? "";
  });
  refuse(faults);
  return paths;
}

/** "", or what is wrong with one cell, whatever the others and the base have. `seen`: in which rows others of its kind are. */
function faultOfCell(
  setting: string,
  cell: string,
  row: number,
  { field, seen }: { field: FieldInfo | undefined; seen: Map<string, number> | undefined },
): string {
  if (cell === "") return NEEDED.includes(setting) ? "empty" : "";
  const same = cell.toLowerCase();
  const before = seen?.get(setting === "server.username" ? cell : same);
  if (before !== undefined) return `the same as in row ${before}`;
  seen?.set(setting === "server.username" ? cell : same, row);
  if (setting === "name") return nameFault(cell);
  if (setting === "imei") return /^\d{15}$/.test(cell) ? "" : "must be 15 digits";
  return field && !PATHS.includes(setting) ? refusal(field, cell) : "";
}

/** It becomes a file's. */
function nameFault(name: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: no file may have them
  if (/[<>:"/\\|?*\x00-\x1f]/.test(name) || /^\.|[. ]$/.test(name) || RESERVED.test(name))
    return `${cutShort(JSON.stringify(name))}: cannot be the name of a file`;
  return "";
}

/** Without the setting's name, which the column has. */
function refusal(field: FieldInfo, cell: string): string {
  const fault = faultOf(field, typedValue(field, cell));
  return fault.slice(fault.startsWith(field.path) ? field.path.length : 0).replace(/^:? /, "");
}
