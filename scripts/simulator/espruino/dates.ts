import { readNumber } from "./numbers.ts";

/** 2026-11-29T15:58:14.5+01:00, taken apart the way the interpreter's lexer does: by numbers, words and signs. */
const TOKEN = /\s*(?:(\d+(?:\.\d*)?)|([A-Za-z_$][\w$]*)|([^\s]))/y;
const MINUTE_MS = 60_000;

interface Token {
  kind: "number" | "word" | "sign" | "end";
  text: string;
}

function tokensOf(text: string): () => Token {
  let at = 0;
  return () => {
    TOKEN.lastIndex = at;
    const [whole, number, word, sign] = TOKEN.exec(text) ?? [];
    if (whole === undefined) return { kind: "end", text: "" };
    at += whole.length;
    if (number !== undefined) return { kind: "number", text: number };
    return word !== undefined ? { kind: "word", text: word } : { kind: "sign", text: sign as string };
  };
}

const integer = (text: string): number => Number.parseInt(text, 10) || 0;
const isInteger = (token: Token): boolean => token.kind === "number" && !token.text.includes(".");

/**
 * `Date.parse`: what it understands of the beginning counts, and months, days and hours that are too many run over. 0 where
 * it finds no date. Undefined for texts that begin with the name of a day or month, which are not done here.
 */
export function parseDate(text: string): number | undefined {
  const next = tokensOf(text);
  let token = next();
  const take = (): Token => {
    const taken = token;
    token = next();
    return taken;
  };
  const isWord = (): boolean => token.kind === "word";
  const takeSign = (sign: string): boolean => token.text === sign && Boolean(take());
  if (isWord()) return undefined;
  if (!isInteger(token)) return 0;
  const year = integer(take().text);
  if (!takeSign("-") || !isInteger(token)) return 0;
  const month = integer(take().text) - 1;
  if (!takeSign("-") || !isInteger(token)) return 0;
  const day_ms = new Date(0).setUTCFullYear(year, month, integer(take().text));
  if (!isWord() || !token.text.startsWith("T")) return day_ms;

  const hours = integer(take().text.slice(1));
  const time = (minutes: number, ms = 0): number => day_ms + (hours * 60 + minutes) * MINUTE_MS + ms;
  if (!takeSign(":") || !isInteger(token)) return time(0);
  const minutes = integer(take().text);
  if (!takeSign(":") || token.kind !== "number") return time(minutes);
  const seconds = readNumber(take().text);
  const ms = Math.trunc(seconds) * 1000 + (Math.trunc(seconds * 1000) % 1000);
  if (isWord()) take();
  return time(minutes - zone(), ms);

  /** Minutes east: +HH:MM, +HHMM or +HH. */
  function zone(): number {
    const sign = token.text === "-" ? -1 : 1;
    if (!(takeSign("+") || takeSign("-")) || !isInteger(token)) return 0;
    const digits = take().text;
    const whole = integer(digits);
    if (digits.length === 4) return sign * ((whole % 100) + Math.trunc(whole / 100) * 60);
    const more = digits.length === 2 && takeSign(":") && isInteger(token) ? integer(token.text) : 0;
    return sign * (whole * 60 + more);
  }
}

/** The parts of a date, as `new Date(year, month, ..)` takes them: what is too much runs over, and year 70 is 70. */
export function dateOf(parts: number[]): number {
  const [year = 0, month = 0, day = 0, hours = 0, minutes = 0, seconds = 0, ms = 0] = parts.map((part) =>
    Math.trunc(Number(part) || 0),
  );
  return new Date(0).setUTCFullYear(year, month, day) + ((hours * 60 + minutes) * 60 + seconds) * 1000 + ms;
}
