import { fromBytes, toBytes } from "./bytes.ts";
import { elements, typeName } from "./data.ts";
import { dateOf, parseDate } from "./dates.ts";
import { printJson } from "./json.ts";
import { ParseError, parseJson } from "./json-parse.ts";
import type { Machine } from "./machine.ts";
import { missing } from "./missing.ts";
import { numberOfText, printFixed, printNumber, readInteger, readNumber } from "./numbers.ts";
import { KindError } from "./realm.ts";
import { installRegExp } from "./regexp.ts";
import { installTypedArrays } from "./typed-arrays.ts";

type Constructor = { prototype: Record<string, unknown> } & Record<string, unknown>;

/** Makes V8's built-ins the interpreter's: takes away what it lacks, and changes what it does in another way. */
export function installBuiltIns(machine: Machine): void {
  const { realm } = machine;
  const builtIn = (name: string): Constructor => realm.global[name] as Constructor;
  for (const name of missing.globals) delete realm.global[name];
  for (const [name, members] of Object.entries(missing.statics))
    for (const member of members) Reflect.deleteProperty(builtIn(name), member);
  for (const [name, members] of Object.entries(missing.prototypes))
    for (const member of members) delete builtIn(name).prototype[member];
  installErrors(machine);
  installText(machine);
  installDate(machine);
  installTypedArrays(machine);
  installNumber(machine);
  const { keys } = realm.global.Object as ObjectConstructor;
  realm.define(realm.global.Object as object, {
    keys: (value) => (value === null || value === undefined ? realm.array() : keys(value as object)),
  });
  realm.define(realm.global.Math as object, {
    round(x: unknown) {
      const number = Number(x);
      return Number.isFinite(number) ? Math.trunc(number + (number < 0 ? -0.5 : 0.5)) : number;
    },
    random: machine.random,
  });
  realm.define(realm.global.JSON as object, {
    // Replacers are ignored.
    stringify: (value, _replacer, space) =>
      printJson(value, { json: true, ...(space ? { indent: indentOf(space), pretty: true } : {}) }),
    parse(text) {
      try {
        return parseJson(String(text), realm);
      } catch (error) {
        throw error instanceof ParseError ? new KindError("SyntaxError", error.message) : error;
      }
    },
  });
}

const indentOf = (space: unknown): string =>
  typeof space === "number" ? " ".repeat(Math.min(Math.max(space, 0), 10)) : String(space).slice(0, 10);

/** Errors have no name, but a type, and not all are Errors. (What V8 calls a TypeError is mostly a plain Error there.) */
function installErrors({ realm }: Machine): void {
  const root = (realm.global.Object as Constructor).prototype;
  for (const kind of ["Error", "TypeError", "SyntaxError", "ReferenceError"]) {
    const { prototype } = realm.global[kind] as Constructor;
    delete prototype.name;
    if (kind !== "TypeError") Object.setPrototypeOf(prototype, root);
    Object.defineProperty(prototype, "type", { value: kind, writable: true, configurable: true });
    realm.define(prototype, {
      toString() {
        return this.message ? `${this.type}: ${this.message}` : this.type;
      },
    });
  }
}

/**
 * The interpreter takes a part of `text` at the very end for the whole, where `text` is no longer than the string; and it looks
 * there, from wherever it is to look.
 */
function indexOf(string: string, text: string, from: number): number {
  if (text.length > string.length) return -1;
  const first = Math.min(Math.max(from, 0), string.length - text.length + 1);
  for (let i = first; i < string.length; i++) if (text.startsWith(string.slice(i, i + text.length))) return i;
  return -1;
}

function lastIndexOf(string: string, text: string, from: number): number {
  const last = string.length - text.length;
  return last < 0 ? -1 : string.lastIndexOf(text, Math.min(Math.max(from, 0), last));
}

/** Where to begin: only numbers count. */
const placeOf = (from: unknown, otherwise: number): number =>
  typeof from === "number" || typeof from === "boolean" || from === null
    ? Math.trunc(Number(from)) || 0
    : otherwise;

/** Numbers and strings, as far as they are made by a function: `"" + x` is V8's. */
function installText(machine: Machine): void {
  const { realm } = machine;
  const show = (value: unknown): string => (typeof value === "number" ? printNumber(value) : String(value));
  installRegExp(machine, show);
  const { prototype } = realm.global.String as Constructor;
  const numbers = (realm.global.Number as Constructor).prototype;
  realm.define(numbers, {
    toString(radix = 10) {
      return printNumber(Number(this), radix);
    },
    toFixed(decimals) {
      return printFixed(Number(this), decimals);
    },
  });
  const joined = (items: unknown[], separator: string): string =>
    items
      .map((item) => (item == null ? "" : Array.isArray(item) ? joined(item, ",") : show(item)))
      .join(separator);
  realm.define((realm.global.Array as Constructor).prototype, {
    join(separator = ",") {
      return joined(Array.from(this), show(separator));
    },
    toString() {
      return joined(Array.from(this), ",");
    },
  });
  const ascii = (from: RegExp, shift: number) =>
    function (this: string): string {
      return String(this).replace(from, (letter) => String.fromCharCode(letter.charCodeAt(0) + shift));
    };
  realm.define(prototype, {
    indexOf(text, from) {
      return indexOf(String(this), show(text), placeOf(from, 0));
    },
    lastIndexOf(text, from) {
      return lastIndexOf(String(this), show(text), placeOf(from, Number.POSITIVE_INFINITY));
    },
    includes(text, from) {
      return indexOf(String(this), show(text), placeOf(from, 0)) >= 0;
    },
    trim() {
      return String(this).replace(/^[\t\n\v\f\r ]+|[\t\n\v\f\r ]+$/g, "");
    },
    toLowerCase: ascii(/[A-Z]/g, 32),
    toUpperCase: ascii(/[a-z]/g, -32),
    concat(...items) {
      return String(this) + items.map((item) => (item === undefined ? "" : show(item))).join("");
    },
  });
  realm.define(realm.global, {
    String: (...values) => (values.length ? show(values[0]) : ""),
    parseFloat: (value) => readNumber(show(value)),
    parseInt: (value, radix) =>
      typeof value === "number" && !Number.isFinite(value)
        ? Number.NaN
        : readInteger(show(value), Math.trunc(Number(radix) || 0)),
    btoa(data) {
      const bytes = elements(data);
      if (bytes === undefined) throw new Error(`Expecting String or Array, got ${typeName(data)}`);
      return Buffer.from(fromBytes(bytes)).toString("base64");
    },
    atob: (text) => toBytes(Buffer.from(String(text), "base64")),
  });
  const wrapped = realm.global.String as Constructor;
  wrapped.prototype = prototype;
  Object.defineProperty(prototype, "constructor", { value: wrapped, configurable: true, writable: true });
  realm.define(wrapped, {
    fromCharCode: (...codes) => String.fromCharCode(...codes.map((code) => Number(code) & 255)),
  });
}

/** `Number(..)`; what arithmetic makes of texts is V8's. */
function installNumber({ realm }: Machine): void {
  const Native = realm.global.Number as NumberConstructor;
  const statics = Object.getOwnPropertyDescriptors(Native);
  realm.define(realm.global, {
    Number(...values) {
      const [value] = values;
      if (typeof value === "string") return numberOfText(value);
      return values.length ? Native(value) : 0;
    },
  });
  const wrapped = realm.global.Number as { prototype: unknown };
  for (const name of ["MAX_VALUE", "MIN_VALUE", "NaN", "NEGATIVE_INFINITY", "POSITIVE_INFINITY"] as const)
    Object.defineProperty(wrapped, name, statics[name]);
  wrapped.prototype = Native.prototype;
  Object.defineProperty(Native.prototype, "constructor", {
    value: wrapped,
    configurable: true,
    writable: true,
  });
}

/** Dates keep the fraction of a millisecond, start from the board's clock, and are never invalid. */
function installDate({ realm, time }: Machine): void {
  const Native = realm.global.Date as unknown as DateConstructor;
  const { prototype } = Native;
  const getTime = prototype.getTime;
  const fractions = new WeakMap<Date, number>();
  const exact = (date: Date): number => getTime.call(date) + (fractions.get(date) ?? 0);
  const parse = (text: unknown): number =>
    typeof text === "string" ? (parseDate(text) ?? (Native.parse(text) || 0)) : 0;
  realm.define(prototype, {
    getTime() {
      return exact(this);
    },
    valueOf() {
      return exact(this);
    },
  });
  realm.define(realm.global, {
    Date(...args) {
      const first = args[0];
      const number = args.length === 0 ? time.now_ms() : typeof first === "number" ? first : undefined;
      if (args.length > 1) return new Native(dateOf(args));
      if (typeof first === "string") return new Native(parse(first));
      if (number === undefined)
        throw new KindError(
          "TypeError",
          `Variables of type ${typeName(first)} are not supported in date constructor`,
        );
      const date = new Native(Math.floor(number));
      fractions.set(date, number - Math.floor(number));
      return date;
    },
  });
  const wrapped = realm.global.Date as { prototype: unknown };
  wrapped.prototype = prototype;
  Object.defineProperty(prototype, "constructor", { value: wrapped, configurable: true, writable: true });
  realm.define(wrapped, { now: () => time.now_ms(), parse });
}
