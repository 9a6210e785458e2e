import { withoutGuards } from "./guards.ts";
import { printNumber } from "./numbers.ts";

export interface PrintOptions {
  /** For `JSON.stringify`: functions and undefined are left out, NaN is null, toJSON is called, escapes are \u00XX. */
  json?: boolean;
  /** Storage.writeJSON: the shortest escapes. */
  shortEscapes?: boolean;
  /** No quotes around names that need none. */
  dropQuotes?: boolean;
  /** Spaces and some new lines, as `print` and the REPL have it. */
  pretty?: boolean;
  /** A new line for each item, indented by this. */
  indent?: string;
  /** The REPL shortens long arrays and strings. */
  limit?: boolean;
  /** The name of the global that made an object, "" when there is none; undefined: it is shown by its `toString`. */
  classOf?: (object: object) => string | undefined;
}

const ITEMS_ON_LINE = 4;
const LONG_ARRAY = 15;
const SHOWN_ITEMS = 5;
const LONG_STRING = 60;
const SHOWN_CHARACTERS = 27;
const ELLIPSIS = " ... ";

/** A value as the interpreter's `JSON.stringify`, `print` or REPL writes it. */
export function printJson(value: unknown, options: PrintOptions): string {
  return new Printer(options).value(value, 0);
}

/** One character of a quoted string. */
function escapeCharacter(character: string, following: string, json: boolean): string {
  const code = character.charCodeAt(0);
  const named = '\n\t\b\f\r\\"'.indexOf(character);
  if (named >= 0) return `\\${'ntbfr\\"'[named]}`;
  if (character === "\v" && !json) return "\\v";
  if (code < 8 && !json && !/[0-7]/.test(following)) return `\\${code}`;
  if (code >= 32 && code < 127) return character;
  const hex = code.toString(16).toUpperCase();
  return json || code > 255 ? `\\u${hex.padStart(4, "0")}` : `\\x${hex.padStart(2, "0")}`;
}

function quote(text: string, json: boolean): string {
  let quoted = '"';
  for (let i = 0; i < text.length; i++) quoted += escapeCharacter(text[i] as string, text[i + 1] ?? "", json);
  return `${quoted}"`;
}

export const isTyped = (value: unknown): value is Uint8Array =>
  ArrayBuffer.isView(value) && "length" in value;

export const isArrayBuffer = (value: unknown): value is ArrayBuffer =>
  Object.prototype.toString.call(value) === "[object ArrayBuffer]";

class Printer {
  private readonly open = new Set<object>();
  private readonly options: PrintOptions;
  constructor(options: PrintOptions) {
    this.options = options;
  }

  value(value: unknown, depth: number): string {
    const { json } = this.options;
    if (value === undefined) return json ? "null" : "undefined";
    if (typeof value === "string") return this.string(value);
    if (typeof value === "number") return json && !Number.isFinite(value) ? "null" : printNumber(value);
    if (typeof value === "function") return json ? "undefined" : this.function(value);
    if (typeof value !== "object" || value === null) return String(value);
    if (this.open.has(value)) return ELLIPSIS;
    this.open.add(value);
    try {
      if (Array.isArray(value)) return this.array(value, depth);
      if (isTyped(value)) return this.typedArray(value, value.constructor.name);
      if (isArrayBuffer(value)) return this.arrayBuffer(new Uint8Array(value));
      return this.object(value as Record<string, unknown>, depth);
    } finally {
      this.open.delete(value);
    }
  }

  private longEscapes(): boolean {
    return this.options.json === true && !this.options.shortEscapes;
  }

  private string(text: string): string {
    const json = this.longEscapes();
    if (!this.options.limit || text.length <= LONG_STRING) return quote(text, json);
    return (
      quote(text.slice(0, SHOWN_CHARACTERS), json) + ELLIPSIS + quote(text.slice(-SHOWN_CHARACTERS), json)
    );
  }

  private function(fn: object): string {
    const source = withoutGuards(Function.prototype.toString.call(fn));
    if (source.includes("[native code]") || hostFunctions.has(fn)) return "function () { [native code] }";
    const parameters = /\(([^)]*)\)/.exec(source)?.[1]?.replace(/\s/g, "") ?? "";
    const body = source.slice(source.indexOf("{") + 1, source.lastIndexOf("}"));
    return `function (${parameters}) {${this.options.limit ? ELLIPSIS : body}}`;
  }

  private array(array: unknown[], depth: number): string {
    const limited = this.options.limit === true && array.length > LONG_ARRAY;
    const layout = this.layout("[", "]", depth);
    for (let i = 0; i < array.length; i++) {
      if (limited && i >= SHOWN_ITEMS && i < array.length - SHOWN_ITEMS) continue;
      const dots = limited && i === array.length - SHOWN_ITEMS ? ELLIPSIS : "";
      layout.add(array[i], this.value(array[i], depth + 1), dots);
    }
    return layout.end();
  }

  private typedArray(array: Uint8Array, name: string): string {
    const items = Array.from(array, (item) => printNumber(item));
    const comma = this.options.pretty ? ", " : ",";
    if (this.options.json) return `[${items.join(comma)}]`;
    if (items.every((item) => item === "0")) return `new ${name}(${items.length})`;
    const limited = this.options.limit === true && items.length > LONG_ARRAY;
    if (limited)
      items.splice(SHOWN_ITEMS, items.length - 2 * SHOWN_ITEMS + 1, ELLIPSIS + items.at(-SHOWN_ITEMS));
    return `new ${name}([${items.join(comma)}])`;
  }

  private arrayBuffer(bytes: Uint8Array): string {
    const zero = bytes.every((one) => one === 0);
    if (this.options.json || zero) return this.typedArray(bytes, "ArrayBuffer");
    return `${this.typedArray(bytes, "Uint8Array")}.buffer`;
  }

  private object(object: Record<string, unknown>, depth: number): string {
    if (this.options.json && typeof object.toJSON === "function")
      return this.value((object.toJSON as () => unknown)(), depth);
    const name = this.options.classOf ? this.options.classOf(object) : "";
    if (name === undefined) return String(object);
    const prefix = name ? `${name}: ` : "";
    if (name && typeof object.toString === "function" && isOwnToString(object))
      return prefix + object.toString();
    const layout = this.layout("{", "}", depth, ITEMS_ON_LINE);
    for (const key of Object.keys(object)) {
      // To the interpreter it is a part of the object.
      if (key === "constructor") continue;
      // Getters are never shown.
      if (Object.getOwnPropertyDescriptor(object, key)?.get) continue;
      const item = object[key];
      if (this.options.json && (item === undefined || typeof item === "function")) continue;
      layout.add(item, this.key(key) + this.value(item, depth + 1));
    }
    return prefix + layout.end();
  }

  private key(key: string): string {
    const bare = this.options.dropQuotes && /^([A-Za-z_$][\w$]*|\d+)$/.test(key);
    return (bare ? key : quote(key, this.longEscapes())) + (this.options.pretty ? ": " : ":");
  }

  /** Gathers items between brackets; in pretty mode objects and strings start a line, and so does what follows them. */
  private layout(open: string, close: string, depth: number, itemsOnLine = Number.POSITIVE_INFINITY) {
    const { pretty, indent } = this.options;
    const space = pretty ? " " : "";
    const newLine = (level: number): string => `\n${(indent ?? "  ").repeat(level)}`;
    let text = open + space;
    let first = true;
    let broken = false;
    let sinceBreak = 0;
    return {
      add(item: unknown, printed: string, before = ""): void {
        sinceBreak++;
        if (!first) text += `,${space}`;
        first = false;
        text += before;
        const complex =
          pretty === true &&
          (indent !== undefined || !(item == null || /^(number|boolean)$/.test(typeof item)));
        if (indent !== undefined || (pretty && sinceBreak > itemsOnLine)) broken = true;
        if (broken || complex) {
          text += newLine(depth + 1);
          sinceBreak = 0;
        }
        text += printed;
        broken = complex;
      },
      end: (): string => text + (broken ? newLine(depth) : "") + space + close,
    };
  }
}

/** Functions of the simulator itself: shown as native. */
export const hostFunctions = new WeakSet<object>();

/** Only an object whose class has its own `toString` prints by it. */
function isOwnToString(object: { toString?: unknown; constructor?: unknown }): boolean {
  const root = rootPrototype(object);
  return object.toString !== root?.toString;
}

function rootPrototype(object: object): { toString?: unknown } | undefined {
  let current: object | null = object;
  let last: object | undefined;
  while (current) {
    last = current;
    current = Object.getPrototypeOf(current);
  }
  return last;
}
