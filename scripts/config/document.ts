/** The file `tracker.json` as a whole: what it has already, and its text as it is written. */
import { dirname, isAbsolute, join, relative, resolve, sep } from "node:path";
import { fileURLToPath } from "node:url";
import { Fault } from "../fault.ts";
import { fields } from "./fields.ts";
import { readText } from "./file.ts";
import { boardOf, parseSettings, putAt, type Settings, valueAt } from "./settings.ts";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));
const SCHEMA = join(ROOT, "scripts/config/tracker.schema.json");

/** Settings that are paths of files, as seen from the file that names them. */
export const PATHS = ["server.ca", "server.cert", "server.key"];

/** A path as `tracker.json` at `document` names it: seen from there, but for an absolute one to elsewhere. */
export function pathWithin(document: string, path: string): string {
  const seen = relative(dirname(resolve(document)), resolve(path)).replaceAll(sep, "/");
  return isAbsolute(path) && seen.startsWith("..") ? path : seen;
}

/** The path that `tracker.json` at `document` means. */
export const pathFrom = (document: string, path: string): string =>
  isAbsolute(path) ? path : join(dirname(document), path);

/** What the file to be written has already. What cannot be read is only given up with `force`. */
export function presentSettings(path: string, force: boolean): Settings {
  const text = readText(path);
  const read = text === undefined ? { settings: {} } : parseSettings(text);
  if ("settings" in read) return read.settings;
  if (force) return {};
  throw new Fault(`${path}: ${read.faults[0]}; mend it, or start afresh with --force`);
}

/** The file's text: what an editor checks it by, the board, then the fields in the order of the table in firmware/README.md "Settings". */
export function textOf(settings: Settings, path: string): string {
  const ordered: Settings = {};
  const away = relative(ROOT, path);
  const schema = away.startsWith("..")
    ? settings.$schema
    : `./${relative(dirname(path), SCHEMA).replaceAll(sep, "/")}`;
  if (schema !== undefined) ordered.$schema = schema;
  ordered.board = settings.board;
  for (const { path } of fields(boardOf(settings))) {
    const value = valueAt(settings, path);
    if (value !== undefined && value !== "") putAt(ordered, path, value);
  }
  return `${JSON.stringify(ordered, null, 2)}\n`;
}
