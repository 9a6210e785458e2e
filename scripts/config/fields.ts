/**
 * The fields of a tracker's settings. The firmware's own table and check define them; this file is the only one of the
 * host's that knows what those look like.
 */
import type { Board } from "../../board/board.ts";
import { check, type Field, type Fields } from "../../firmware/check.ts";
import { Afar, SETTINGS, type Setting } from "../../firmware/settings.ts";
import { identityFields } from "../../firmware/thingsboard/identity-fields.ts";
import { serverFields } from "../../firmware/thingsboard/server-fault.ts";
import { BOARDS, type BoardName } from "../boards.ts";
import { cutShort } from "../fault.ts";

/** `server.tls`: plain text, the server verified, both verified. */
export type Tls = 0 | 1 | 2;

/** How a device logs in, on which it hangs what is required. */
export interface Login {
  tls: Tls;
  /** It asks the server for a login of its own, by a provisioning key. */
  provision: boolean;
}

const BY_TOKEN: Login = { tls: 0, provision: false };

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
  /** ThingsBoard may set it: "yes" at once, or "tried", as it touches the way to the server. */
  afar?: "yes" | "tried";
  /** Of a number: "s", "bytes"; of a text: "digits", or characters. */
  unit?: string;
  /** The firmware's version that knew it first. */
  since: string;
  /** What the firmware must be built with to know it, as `--features` takes it. */
  feature?: string;
  /** A number's steps, where not each number in its range will do. */
  step?: number;
  /** What a text must look like; undefined for numbers. */
  pattern?: string;
  /** Of a pattern that is stricter than the firmware's check: what to say of text that it refuses. */
  wanted?: string;
  /** The only texts there are. */
  choices?: readonly string[];
}

/** Of the firmware's check: what text it lets pass. */
const TEXT = "^[ -!#-~]*$";
const DIGITS = "^[0-9]*$";

/** A board's file is typed for the device's globals, which the host's type check does not know: hence by computed path. */
const ownFields = new Map<BoardName, Fields>();
for (const name of BOARDS) {
  const board: Board = await import(new URL(`../../board/${name}.ts`, import.meta.url).href);
  const own: Fields = {};
  board.boardFields(own);
  board.receiverFields?.(own);
  ownFields.set(name, own);
}

/** "hold, server or drop". */
const oneOf = (choices: readonly string[]): string =>
  `${choices.slice(0, -1).join(", ")} or ${choices.at(-1)}`;

function patternOf({ pattern, words, unit }: Setting): string {
  if (words) return `^(${words.join("|")})$`;
  return pattern ?? (unit === "digits" ? DIGITS : TEXT);
}

/** A setting as a person reads of it. `limits`: those of the board, and of how it logs in. */
function describe(setting: Setting, limits: Field): FieldInfo {
  const [initial, least, most] = limits;
  const { path, words, unit, about, secret = false, feature, step, wanted, afar, since } = setting;
  const isText = typeof initial === "string";
  const size = isText ? initial.length : initial;
  const measure = unit ?? (isText ? "characters" : "");
  return {
    path,
    type: isText ? "string" : "number",
    default: initial,
    initial: `${initial}`,
    least,
    most,
    allowed: words ? oneOf(words) : `${least} to ${most} ${measure}`.trim(),
    required: size < least || size > most,
    secret,
    description: about,
    since,
    ...(unit && { unit }),
    ...(isText && { pattern: patternOf(setting) }),
    ...(wanted && { wanted }),
    ...(words && { choices: words }),
    ...(step && { step }),
    ...(feature && { feature }),
    ...(afar && { afar: afar === Afar.Plain ? "yes" : "tried" }),
  };
}

/** Of words: as of a text that is as long as the shortest at least and as the longest at most. */
function limitsOfWords(words: readonly string[]): Field {
  const lengths = words.map(({ length }) => length);
  return [words[0] as string, Math.min(...lengths), Math.max(...lengths)];
}

/** The fields of `server` as the firmware has them. */
function serverOf({ tls, provision }: Login): Fields {
  const table = serverFields(tls);
  identityFields(table, { provision_key: provision });
  return table;
}

/** What a board may have, in the table's order. */
function fieldsOf(own: Fields, login: Login): FieldInfo[] {
  const server = serverOf(login);
  return SETTINGS.flatMap((setting) => {
    const { path, limits, words } = setting;
    const its = (path === nameOf(path) ? own : server)[nameOf(path)] ?? limits;
    if (typeof its === "number") return describe(setting, ["", 0, its]);
    // None: the board has none such.
    const known = words ? limitsOfWords(words) : (its as Field | undefined);
    return known ? describe(setting, known) : [];
  });
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

/** The fields a board takes; without a board those of any. */
export function fields(board?: BoardName, login = BY_TOKEN): FieldInfo[] {
  if (board) return fieldsOf(ownFields.get(board) ?? {}, login);
  return fieldsOf(Object.assign({}, ...ownFields.values()), login).map((field) =>
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
  const { path, secret, step, pattern, wanted } = field;
  const shown = withoutContents(value);
  const refused = refusal(field, shown);
  const words = refused
    ? refused + charactersWanted(field, value)
    : wanted && !new RegExp(pattern ?? "").test(`${value}`)
      ? wanted
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
