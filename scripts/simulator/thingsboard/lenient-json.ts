/**
 * JSON as ThingsBoard reads it: Gson's lenient reader (`JsonParser.parseString`).
 *
 * Accepted beyond JSON: unquoted names and strings, single quotes, `;` for `,`, `=` and `=>` for `:`, comments
 * (`//`, `#` and block), an array element left out (null). Refused as by Gson: an empty or truncated document,
 * anything after the value, a comma before `}`. Numbers keep their text, because ThingsBoard decides by it whether
 * a value is a long, a double or, when neither holds it, a string; `NaN`, `0x1F` and `007` are unquoted strings.
 */

/** A number as it was written. */
export class NumberText {
  constructor(readonly text: string) {}
}

/** A parsed value. Objects are maps, so that no name (`__proto__`) is special; of equal names the last counts. */
export type Json = null | boolean | string | NumberText | Json[] | Map<string, Json>;

/** What is wrong with a payload, in words for the user. */
export class PayloadError extends Error {}

/** What the server itself fails on; an MQTT 5 client too is disconnected for it. */
export class PayloadCrash extends PayloadError {}

// Gson's own bound.
const MAX_DEPTH = 255;
const NOT_LITERAL = "/\\;#={}[]:, \t\f\r\n";
const ESCAPES: Record<string, string> = { t: "\t", b: "\b", n: "\n", r: "\r", f: "\f" };

/** Parses a document. Throws PayloadError. */
export function parseLenientJson(text: string): Json {
  const reader = new Reader(text);
  if (reader.peek() === "") throw new PayloadError("empty payload");
  const value = reader.value(0);
  if (reader.peek() !== "") throw new PayloadError(`more after the JSON value, ${reader.where()}`);
  return value;
}

/** The same as a plain JavaScript value, numbers as numbers. */
export function toPlain(json: Json): unknown {
  if (json instanceof NumberText) return Number(json.text);
  if (Array.isArray(json)) return json.map(toPlain);
  if (json instanceof Map)
    return Object.fromEntries([...json].map(([name, value]) => [name, toPlain(value)]));
  return json;
}

class Reader {
  private at = 0;

  constructor(private readonly text: string) {}

  where(): string {
    return `at character ${this.at}`;
  }

  /** The next character that is neither white space nor comment, not yet consumed; '' at the end. */
  peek(): string {
    for (;;) {
      const char = this.text.charAt(this.at);
      const pair = this.text.substring(this.at, this.at + 2);
      if (char !== "" && " \n\r\t".includes(char)) this.at++;
      else if (char === "#" || pair === "//") this.skipTo("\n", this.text.length);
      else if (pair === "/*") this.skipTo("*/", -1);
      else return char;
    }
  }

  value(depth: number): Json {
    if (depth > MAX_DEPTH) throw new PayloadError(`JSON nested deeper than ${MAX_DEPTH}`);
    const char = this.peek();
    if (char === "{") return this.object(depth);
    if (char === "[") return this.array(depth);
    if (char === '"' || char === "'") return this.quoted();
    const literal = this.literal();
    if (literal === "") throw this.unexpected("a value");
    if (/^(null|true|false)$/i.test(literal)) {
      const word = literal.toLowerCase();
      return word === "null" ? null : word === "true";
    }
    return /^-?(0|[1-9]\d*)(\.\d+)?([eE][+-]?\d+)?$/.test(literal) ? new NumberText(literal) : literal;
  }

  private object(depth: number): Json {
    const members = new Map<string, Json>();
    this.at++;
    if (this.takeAny("}")) return members;
    do {
      const quote = this.peek();
      const name = quote === '"' || quote === "'" ? this.quoted() : this.literal();
      if (name === "" && quote !== '"' && quote !== "'") throw this.unexpected("a name");
      if (this.takeAny("=")) {
        if (this.text.charAt(this.at) === ">") this.at++;
      } else if (!this.takeAny(":")) throw this.unexpected("':'");
      members.set(name, this.value(depth + 1));
    } while (this.takeAny(",;"));
    if (!this.takeAny("}")) throw this.unexpected("',' or '}'");
    return members;
  }

  private array(depth: number): Json {
    const elements: Json[] = [];
    this.at++;
    if (this.takeAny("]")) return elements;
    do {
      const next = this.peek();
      elements.push(next !== "" && ",;]".includes(next) ? null : this.value(depth + 1));
    } while (this.takeAny(",;"));
    if (!this.takeAny("]")) throw this.unexpected("',' or ']'");
    return elements;
  }

  private quoted(): string {
    const quote = this.text.charAt(this.at++);
    let value = "";
    for (;;) {
      const char = this.text.charAt(this.at++);
      if (char === "") throw new PayloadError("JSON ends inside a string");
      if (char === quote) return value;
      value += char === "\\" ? this.escape() : char;
    }
  }

  private escape(): string {
    const char = this.text.charAt(this.at++);
    if (char === "u") {
      const hex = this.text.substring(this.at, this.at + 4);
      if (!/^[0-9a-fA-F]{4}$/.test(hex)) throw new PayloadError(`bad \\u escape ${this.where()}`);
      this.at += 4;
      return String.fromCharCode(Number.parseInt(hex, 16));
    }
    if (char === "" || !`tbnrf\n'"\\/`.includes(char)) throw new PayloadError(`bad escape ${this.where()}`);
    return ESCAPES[char] ?? char;
  }

  /** The unquoted text from here on; '' when the next character cannot be in one. */
  private literal(): string {
    const start = this.at;
    while (this.at < this.text.length && !NOT_LITERAL.includes(this.text.charAt(this.at))) this.at++;
    return this.text.substring(start, this.at);
  }

  private takeAny(chars: string): boolean {
    const next = this.peek();
    if (next === "" || !chars.includes(next)) return false;
    this.at++;
    return true;
  }

  private skipTo(end: string, otherwise: number): void {
    const found = this.text.indexOf(end, this.at + end.length);
    if (found < 0 && otherwise < 0) throw new PayloadError("JSON ends inside a comment");
    this.at = found < 0 ? otherwise : found + end.length;
  }

  private unexpected(wanted: string): PayloadError {
    const found = this.text.charAt(this.at);
    return new PayloadError(
      found === ""
        ? `JSON ends where ${wanted} should be`
        : `${JSON.stringify(found)} where ${wanted} should be, ${this.where()}`,
    );
  }
}
