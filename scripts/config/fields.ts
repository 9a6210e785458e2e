/**
 * The fields of a tracker's settings. The firmware's own tables and check define them; this file is the only one of the
 * host's that knows what those look like, and adds what a device needs not know: words, secrets, patterns.
 */
import type { Board } from "../../board/board.ts";
import { check, configFields, type Field, type Fields, serverFields } from "../../firmware/config.ts";
import { BOARDS, type BoardName } from "../boards.ts";
import { cutShort } from "../fault.ts";
import { DESCRIPTIONS } from "./descriptions.ts";

/** `server.tls`: plain text, the server verified, both verified. */
export type Tls = 0 | 1 | 2;

export interface FieldInfo {
  /** Where it stands in the settings: "apn", "server.host". */
  path: string;
  type: "string" | "number";
  /** What the firmware takes when the field is missing; of a required one, a value it refuses. */
  default: string | number;
  /** The same in words, which tell of each board where boards differ: "8192 (rak8212), 65536 (linux)". */
  initial: string;
  /** A number's range, a text's length; the widest where boards differ. */
  least: number;
  most: number;
  /** The same in words: "1 to 64 characters". */
  allowed: string;
  required: boolean;
  /** Typed unseen, never printed. */
  secret: boolean;
  description: string;
  /** What the firmware must be built with to know it, as `--features` takes it. */
  feature?: string;
  /** A number's steps, where not each number in its range will do. */
  step?: number;
  /** What a text must look like; undefined for numbers. */
  pattern?: string;
  /** The only texts there are. */
  choices?: readonly string[];
}

/** Of the firmware's check: what text it lets pass. */
const TEXT = "^[ -!#-~]*$";
const DIGITS = "^[0-9]*$";

/** What a key may have in it: the text of a field, but the comma. */
const KEY = "[ -!#-+\\--~]";

/** Where we are stricter than the table: what could never be reached, and what would report nothing. */
const STRICTER: Record<string, { pattern: string; words: string }> = {
  "server.host": {
    pattern: "^([A-Za-z0-9._-]+|[0-9A-Fa-f]*:[0-9A-Fa-f:.]*:[0-9A-Fa-f:.]*)$",
    words: "must be a host name or address alone, without mqtt:// and without port",
  },
  keys: {
    // At least one, at most four, none twice.
    pattern: `^(?=.*[^,])(?!(.*,)?([^,]+),(.*,)?\\2(,|$))${KEY}*(,${KEY}*){0,3}$`,
    words: "must be one to four different names with commas between, one left out is empty",
  },
};

/** Of a number of bytes: whole pages, the smallest that any board's flash has. */
const STEPS: Record<string, number> = { outbox_bytes: 4096 };

/** Of a text that is one of a few words. */
const CHOICES: Record<string, readonly string[]> = { no_time: ["hold", "server", "drop"] };

const SECRETS = new Set(["server.username", "server.password", "apn_password", "pin"]);

/** A board's file is typed for the device's globals, which the host's type check does not know: hence by computed path. */
const ownFields = new Map<BoardName, Fields>();
/** Those of a GNSS receiver's UART, with `gnss=nmea`. */
const receiverFields: Fields = {};
for (const name of BOARDS) {
  const board: Board = await import(new URL(`../../board/${name}.ts`, import.meta.url).href);
  const own: Fields = {};
  board.boardFields(own);
  const its: Fields = {};
  board.receiverFields?.(its);
  Object.assign(own, its);
  Object.assign(receiverFields, its);
  ownFields.set(name, own);
}

function unitOf(path: string, initial: string | number): string {
  if (typeof initial === "number") return "";
  return path === "pin" ? " digits" : " characters";
}

/** "hold, server or drop". */
const oneOf = (choices: readonly string[]): string =>
  `${choices.slice(0, -1).join(", ")} or ${choices.at(-1)}`;

function patternOf(path: string, choices: readonly string[] | undefined): string {
  if (choices) return `^(${choices.join("|")})$`;
  return STRICTER[path]?.pattern ?? (path === "pin" ? DIGITS : TEXT);
}

function describe(path: string, [initial, least, most]: Field): FieldInfo {
  const size = typeof initial === "string" ? initial.length : initial;
  const choices = CHOICES[path];
  return {
    path,
    type: typeof initial === "string" ? "string" : "number",
    default: initial,
    initial: `${initial}`,
    least,
    most,
    allowed: choices ? oneOf(choices) : `${least} to ${most}${unitOf(path, initial)}`,
    required: size < least || size > most,
    secret: SECRETS.has(path),
    description: DESCRIPTIONS[path] ?? "",
    ...(typeof initial === "string" && { pattern: patternOf(path, choices) }),
    ...(choices && { choices }),
    ...(path in STEPS && { step: STEPS[path] }),
    ...(path in receiverFields && { feature: "gnss=nmea" }),
  };
}

function described(prefix: string, table: Fields): FieldInfo[] {
  return Object.entries(table).flatMap(([name, field]) =>
    // 0 is `server`, which has fields of its own; another number a text that may be missing.
    field ? describe(prefix + name, typeof field === "number" ? ["", 0, field] : field) : [],
  );
}

function fieldsOf(own: Fields, tls: Tls): FieldInfo[] {
  return [...described("server.", serverFields(tls)), ...described("", { ...configFields(), ...own })];
}

/** What the boards that have a field say of it, and which boards say that. */
function saidOf(path: string, words: (field: FieldInfo) => string): Map<string, BoardName[]> {
  const saying = new Map<string, BoardName[]>();
  for (const board of BOARDS) {
    const field = fieldOf(path, board);
    if (field) saying.set(words(field), [...(saying.get(words(field)) ?? []), board]);
  }
  return saying;
}

/** The same in words; of which board only where they differ. */
function wordsOf(path: string, words: (field: FieldInfo) => string): string {
  const saying = [...saidOf(path, words)];
  return saying.map(([said, boards]) => (saying[1] ? `${said} (${boards.join(", ")})` : said)).join(", ");
}

/** A field as the boards that have it take it together. */
function united(field: FieldInfo): FieldInfo {
  const each = BOARDS.flatMap((board) => fieldOf(field.path, board) ?? []);
  return {
    ...field,
    initial: wordsOf(field.path, ({ initial }) => initial),
    least: Math.min(...each.map(({ least }) => least)),
    most: Math.max(...each.map(({ most }) => most)),
    allowed: wordsOf(field.path, ({ allowed }) => allowed),
  };
}

/** The fields a board takes; without a board those of any. What is required hangs on `tls`. */
export function fields(board?: BoardName, tls: Tls = 0): FieldInfo[] {
  if (board) return fieldsOf(ownFields.get(board) ?? {}, tls);
  return fieldsOf(Object.assign({}, ...ownFields.values()), tls).map((field) =>
    field.path.startsWith("server.") ? field : united(field),
  );
}

export function fieldOf(path: string, board?: BoardName): FieldInfo | undefined {
  return fields(board).find((field) => field.path === path);
}

/** The boards that take a field. */
export function boardsWith(path: string): BoardName[] {
  return BOARDS.filter((board) => fieldOf(path, board));
}

/** The boards do not all have the same default and limits. */
export function differs(path: string): boolean {
  return saidOf(path, ({ initial, allowed }) => `${initial}, ${allowed}`).size > 1;
}

const nameOf = (path: string): string => path.slice(path.lastIndexOf(".") + 1);

/** A value as a fault shows it. What an object holds is not repeated: a secret may be in it. */
export function withoutContents(value: unknown): unknown {
  if (typeof value !== "object" || value === null) return value;
  return Array.isArray(value) ? [] : {};
}

/** What the firmware's words leave out, when a text's length is right. */
function charactersWanted({ path, type, least, most, choices }: FieldInfo, value: unknown): string {
  if (
    choices ||
    type !== "string" ||
    typeof value !== "string" ||
    value.length < least ||
    value.length > most
  )
    return "";
  return path === "pin" ? ", only digits" : ", only ASCII without quotes";
}

/** What a field must be, of a value that is refused, mostly in the words of the firmware's check; else "". */
function refusal({ path, default: initial, least, most, choices }: FieldInfo, value: unknown): string {
  if (choices) return choices.includes(value as string) ? "" : `must be ${oneOf(choices)}`;
  const name = nameOf(path);
  const fault = check({ [name]: value }, { [name]: [initial, least, most] });
  return fault.slice(fault.lastIndexOf("must be "));
}

/**
 * "", or the fault of one field's value: field, value where it is no secret, what is allowed in the words of the
 * firmware's check. `undefined`: the field is missing.
 */
export function faultOf(field: FieldInfo, value: unknown = field.default): string {
  const { path, secret, step } = field;
  const shown = withoutContents(value);
  const refused = refusal(field, shown);
  const stricter = STRICTER[path];
  const words = refused
    ? refused + charactersWanted(field, value)
    : stricter && !new RegExp(stricter.pattern).test(`${value}`)
      ? stricter.words
      : step && Number(value) % step !== 0 && `must be whole pages, a multiple of ${step}`;
  // JSON has no word for the infinite number that 1e400 is.
  const given = typeof shown === "number" ? String(shown) : cutShort(JSON.stringify(shown));
  return words ? `${path}${secret ? "" : ` ${given}`}: ${words}` : "";
}

/** The fault of a field that is none, in the words of the firmware's check. */
export function unknownFault(path: string, known: string[]): string {
  const name = nameOf(path);
  // Without a prototype, whose names a device would not know.
  const table: Fields = Object.assign(Object.create(null), ...known.map((field) => ({ [field]: 0 })));
  return path.slice(0, -name.length) + check({ [cutShort(name)]: 0 }, table);
}
