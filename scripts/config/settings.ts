/** `tracker.json`: reading it, what is wrong with it, and what of it goes to the device. */
import { type ParseError, parse, printParseErrorCode } from "jsonc-parser";
import { misfits } from "../../firmware/check.ts";
import { orders } from "../../firmware/settings.ts";
import { BOARDS, type BoardName } from "../boards.ts";
import { type Choices, describeChoices } from "../build/features.ts";
import { cutShort } from "../fault.ts";
import {
  boardsWith,
  type FieldInfo,
  faultOf,
  fields,
  type Login,
  type Tls,
  unknownFault,
  withoutContents,
} from "./fields.ts";

/** An object of `tracker.json`: the settings, or the `server` in them. */
export type Settings = Record<string, unknown>;

/** Of the file, not of the device: which board the settings are for, and what an editor checks them by. */
const OF_THE_FILE = ["$schema", "board"];

const isObject = (value: unknown): value is Settings =>
  typeof value === "object" && value !== null && !Array.isArray(value);

const isBoard = (name: unknown): name is BoardName => (BOARDS as readonly unknown[]).includes(name);

/** The value at "apn" or "server.host"; undefined when it is not there. */
export function valueAt(settings: Settings, path: string): unknown {
  let value: unknown = settings;
  for (const name of path.split("."))
    value = isObject(value) && Object.hasOwn(value, name) ? value[name] : undefined;
  return value;
}

/** Puts a value to "apn" or "server.host", in place. */
export function putAt(settings: Settings, path: string, value: unknown): void {
  const [name = "", ...rest] = path.split(".");
  if (!rest.length) {
    settings[name] = value;
    return;
  }
  const inner = settings[name];
  const object = isObject(inner) ? inner : {};
  settings[name] = object;
  putAt(object, rest.join("."), value);
}

/** Where a text stops being JSON. Our own words: JSON.parse's quote the text, and with it perhaps a secret. */
function whereNotJson(text: string): string {
  const errors: ParseError[] = [];
  parse(text, errors, { disallowComments: true });
  const [first] = errors;
  if (!first) return "not JSON";
  const before = text.slice(0, first.offset).split("\n");
  const what = printParseErrorCode(first.error)
    .replace(/(?<!^)[A-Z]/g, (letter) => ` ${letter}`)
    .toLowerCase();
  return `not JSON: ${what} at line ${before.length}, column ${(before.at(-1)?.length ?? 0) + 1}`;
}

/** The object in a text, or the one fault of it. */
export function parseSettings(text: string): { settings: Settings } | { faults: string[] } {
  // Windows' editors begin a file with a byte order mark.
  const json = text.replace(/^\uFEFF/, "");
  let settings: unknown;
  try {
    settings = JSON.parse(json);
  } catch {
    return { faults: [whereNotJson(json)] };
  }
  return isObject(settings) ? { settings } : { faults: ["must be an object"] };
}

/** The board settings say they are for; undefined when they name none that there is. */
export function boardOf(settings: Settings): BoardName | undefined {
  const board = valueAt(settings, "board");
  return isBoard(board) ? board : undefined;
}

/** The server's port; MQTT's own where settings name none. */
export const portOf = (settings: Settings): number =>
  Number(valueAt(settings, "server.port")) || (tlsOf(settings) ? 8883 : 1883);

/** How settings want the connection to be kept; plain text where what they say is no such thing. */
export function tlsOf(settings: Settings): Tls {
  const tls = valueAt(settings, "server.tls");
  return tls === 1 || tls === 2 ? tls : 0;
}

/** How settings have the device log in. */
export function loginOf(settings: Settings): Login {
  return { tls: tlsOf(settings), provision: Boolean(valueAt(settings, "server.provision_key")) };
}

function boardFault(settings: Settings, board: BoardName | undefined): string {
  const named = valueAt(settings, "board");
  if (named === undefined) return board ? "" : `board: missing, use ${BOARDS.join(" ")}`;
  if (!isBoard(named))
    return `board ${cutShort(JSON.stringify(withoutContents(named)))}: unknown, use ${BOARDS.join(" ")}`;
  return board && board !== named ? `board ${JSON.stringify(named)}: these settings go to ${board}` : "";
}

/** The names one object may have: of `path` "" the settings', of "server." the server's. */
function namesIn(known: FieldInfo[], path: string): string[] {
  const within = known.filter((field) => field.path.startsWith(path));
  return [...new Set(within.map((field) => field.path.slice(path.length).split(".")[0] ?? ""))];
}

/** Takes out what only other boards have, after a change of the board. */
export function dropForeignFields(settings: Settings, board: BoardName): void {
  for (const { path } of fields()) if (!boardsWith(path).includes(board)) delete settings[path];
}

/** A device has one login: which of two would hold is not left to guessing. */
function loginFault(settings: Settings): string {
  const { tls, provision } = loginOf(settings);
  if (!provision) return "";
  if (tls === 2) return "server.provision_key: not with tls 2, where the certificate is the login";
  return valueAt(settings, "server.username")
    ? "server.username: not with provision_key, by which each board gets a login of its own"
    : "";
}

/** Numbers that do not fit each other, in the words of the firmware's check. */
function misfitFaults(settings: Settings, known: FieldInfo[]): string[] {
  const all: Settings = {};
  for (const { path, default: initial } of known) all[path] = valueAt(settings, path) ?? initial;
  return Object.entries(misfits(all, orders())).map(([name, fault]) => `${name} ${all[name]}: ${fault}`);
}

/**
 * One line a fault; none when the settings are right. `board`: the one they are to go to, if that is known. `asked`:
 * fields still to be asked for, which may be anything.
 */
export function faultsOf(settings: Settings, board?: BoardName, asked: readonly FieldInfo[] = []): string[] {
  const isAsked = ({ path }: FieldInfo) => asked.some((field) => field.path === path);
  const known = fields(board ?? boardOf(settings), loginOf(settings));
  const server = valueAt(settings, "server");
  const hasServer = server === undefined || isObject(server);
  const schema = valueAt(settings, "$schema");

  const faults = [boardFault(settings, board), loginFault(settings)];
  if (schema !== undefined && typeof schema !== "string") faults.push("$schema: must be text");
  if (!hasServer) faults.push("server: must be an object");
  for (const field of known)
    if (!isAsked(field) && (hasServer || !field.path.startsWith("server.")))
      faults.push(faultOf(field, valueAt(settings, field.path)));
  for (const [object, path] of [
    [settings, ""],
    [isObject(server) ? server : {}, "server."],
  ] as const) {
    const names = namesIn(known, path).concat(path ? [] : OF_THE_FILE);
    for (const name of Object.keys(object))
      if (!names.includes(name)) faults.push(unknownFault(path + name, names));
  }
  const found = faults.filter((fault) => fault);
  return found.length ? found : misfitFaults(settings, known);
}

/**
 * What goes into a board's Storage file `tb.json`, of the text of a `tracker.json`: compact, and only what differs from
 * the firmware's defaults. Or all faults, one line each, without the file's name and without any secret. `built`: what that
 * firmware is built with, where it is known.
 */
export function settingsFor(
  board: BoardName,
  text: string,
  built?: Choices,
): { json: string } | { faults: string[] } {
  const read = parseSettings(text);
  if ("faults" in read) return read;
  const faults = faultsOf(read.settings, board);
  const features = built && describeChoices(built).split(",");
  for (const { path, feature } of fields(board))
    if (feature && features && !features.includes(feature) && valueAt(read.settings, path) !== undefined)
      faults.push(`${path}: only with --features ${feature}`);
  if (faults.length) return { faults };
  const device: Settings = {};
  for (const field of fields(board)) {
    const value = valueAt(read.settings, field.path);
    if (value !== undefined && value !== field.default) putAt(device, field.path, value);
  }
  return { json: JSON.stringify(device) };
}
