import { readNumber } from "./numbers.ts";

/** What is wrong with the text, in the interpreter's words. */
export class ParseError extends Error {}

interface Token {
  kind: "string" | "number" | "word" | "sign" | "end";
  text: string;
  value?: string | number;
}

const ESCAPES: Record<string, string> = { n: "\n", t: "\t", r: "\r", b: "\b", f: "\f", v: "\v" };

/** How realm objects are made, so that what is parsed belongs to the board's context. */
export interface Factory {
  array(): unknown[];
  object(): Record<string, unknown>;
}

/**
 * `JSON.parse` as the interpreter does it: by its JavaScript lexer, so single quotes, hexadecimal, octal and comments
 * pass, a comma may trail, and what comes after the value is not looked at. `liberal` (Storage.readJSON) allows names
 * without quotes.
 */
export function parseJson(text: string, make: Factory, liberal = false): unknown {
  const next = tokenizer(text);
  let token = next();
  const advance = (): Token => {
    const current = token;
    token = next();
    return current;
  };
  const match = (sign: string): void => {
    if (token.kind !== "sign" || token.text !== sign) throw unexpected(token, `'${sign}'`);
    advance();
  };
  const list = (close: string, item: () => void): void => {
    while (!(token.kind === "sign" && token.text === close)) {
      item();
      if (!(token.kind === "sign" && token.text === close)) match(",");
    }
    advance();
  };
  const value = (): unknown => {
    if (token.kind === "string" || token.kind === "number") return advance().value;
    if (token.kind === "word" && token.text in WORDS) return WORDS[advance().text];
    if (token.text === "-" && token.kind === "sign") {
      advance();
      const number = advance();
      if (number.kind !== "number") throw new NothingThere();
      return 0 - Number(number.value);
    }
    if (token.text === "[" && token.kind === "sign") {
      advance();
      const array = make.array();
      list("]", () => array.push(value()));
      return array;
    }
    if (token.text === "{" && token.kind === "sign") {
      advance();
      const object = make.object();
      list("}", () => {
        const isName =
          token.kind === "string" || (liberal && (token.kind === "word" || token.kind === "number"));
        if (!isName)
          throw unexpected(token, token.kind === "sign" || token.kind === "end" ? "'}'" : "STRING");
        const key = advance();
        match(":");
        const name = String(key.value ?? key.text);
        const held = value();
        // Of several the first is found.
        if (!Object.hasOwn(object, name)) put(object, name, held);
      });
      return object;
    }
    throw new ParseError(`Expecting valid value, got ${describe(token, false)}`);
  };
  try {
    return value();
  } catch (error) {
    if (error instanceof NothingThere) return undefined;
    throw error;
  }
}

/** A sign without a number: all of the value is undefined, and nothing is thrown. */
class NothingThere extends Error {}

const WORDS: Record<string, unknown> = { true: true, false: false, null: null };

const unexpected = (token: Token, expected: string): ParseError =>
  new ParseError(`Got ${describe(token, true)} expected ${expected}`);

function describe(token: Token, named: boolean): string {
  if (token.kind === "end") return "EOF";
  if (token.text === "undefined" && token.kind === "word") return token.text;
  if (token.kind === "word") return named ? `ID:${token.text}` : "ID";
  if (token.kind === "string") return "STRING";
  return token.kind === "number" ? "INT" : `'${token.text}'`;
}

function tokenizer(text: string): () => Token {
  const blank = /(?:\s|\/\/[^\n]*|\/\*[\s\S]*?\*\/)*/y;
  const number = /0x[0-9a-f]+|0b[01]+|0o?[0-7]+(?![.\d])|\d*\.?\d+(?:e[-+]?\d+)?|\d+\.(?:e[-+]?\d+)?/iy;
  const word = /[A-Za-z_$][\w$]*/y;
  const string = /(["'`])((?:\\[\s\S]|(?!\1)[^\\])*)(\1?)/y;
  let at = 0;
  const take = (pattern: RegExp): RegExpExecArray | null => {
    pattern.lastIndex = at;
    const found = pattern.exec(text);
    if (found) at = pattern.lastIndex;
    return found;
  };
  return () => {
    take(blank);
    if (at >= text.length || text[at] === "\xff") return { kind: "end", text: "" };
    const literal = take(number)?.[0];
    if (literal !== undefined) return { kind: "number", text: literal, value: numberOf(literal) };
    const name = take(word)?.[0];
    if (name !== undefined) return { kind: "word", text: name };
    const quoted = take(string);
    if (quoted) {
      if (!quoted[3]) throw new ParseError("Expecting valid value, got UNFINISHED STRING");
      return { kind: "string", text: quoted[0], value: unquote(quoted[2] as string) };
    }
    return { kind: "sign", text: text[at++] as string };
  };
}

function numberOf(literal: string): number {
  if (/^0[0-7]+$/.test(literal)) return Number.parseInt(literal, 8);
  if (/^0[xbo]/i.test(literal)) return Number(literal);
  if (!/^\d+$/.test(literal)) return readNumber(literal);
  // Integers are 64 bits wide and wrap.
  return literal.length < 16 ? Number(literal) : Number(BigInt.asIntN(64, BigInt(literal)));
}

function unquote(body: string): string {
  return body.replace(
    /\\(?:u([0-9a-f]{4})|x([0-9a-f]{2})|([0-7]{1,3})|([\s\S]))/gi,
    (_, u, x, octal, other) => {
      if (u ?? x) return String.fromCharCode(Number.parseInt(u ?? x, 16) & 255);
      if (octal) return String.fromCharCode(Number.parseInt(octal, 8) & 255);
      return ESCAPES[other] ?? other;
    },
  );
}

/** As by assignment, but that `__proto__` may be anything there, and is never one of the keys. */
function put(object: Record<string, unknown>, name: string, value: unknown): void {
  if (name === "__proto__" && typeof value !== "object")
    Object.defineProperty(object, name, { value, configurable: true, writable: true });
  else object[name] = value;
}
