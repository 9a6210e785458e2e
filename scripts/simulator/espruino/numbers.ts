const STOP_AT = 1e-7;
const MAX_FRACTION_DIGITS = 11;

/**
 * A number as the interpreter prints it: digit after digit by repeated multiplication in doubles, which rounds to about
 * 12 places and then adds the noise of the arithmetic. Integers beyond 32 bits are doubles there too.
 */
export function printNumber(value: number, radix = 10): string {
  if (Number.isNaN(value)) return "NaN";
  if (!Number.isFinite(value)) return value < 0 ? "-Infinity" : "Infinity";
  // Integers of 32 bits are held as such.
  if ((value | 0) === value) return value.toString(radix);
  const { mantissa, exponent } =
    radix === 10 ? scale(Math.abs(value)) : { mantissa: Math.abs(value), exponent: 0 };
  const sign = value < 0 ? "-" : "";
  return sign + digits(mantissa, radix) + (exponent ? `e${exponent > 0 ? "+" : ""}${exponent}` : "");
}

/** Outside of 1e-6 to 1e21 an exponent is split off, in steps of five and then of one. */
function scale(magnitude: number): { mantissa: number; exponent: number } {
  let mantissa = magnitude;
  let exponent = 0;
  if (mantissa >= 1e21) {
    for (; mantissa > 100000; exponent += 5) mantissa /= 100000;
    for (; mantissa > 10; exponent++) mantissa /= 10;
  } else if (mantissa < 1e-6) {
    for (; mantissa < 1e-5; exponent -= 5) mantissa *= 100000;
    for (; mantissa < 1; exponent--) mantissa *= 10;
  }
  return { mantissa, exponent };
}

function digits(magnitude: number, radix: number): string {
  const { text, rest } = integerPart(magnitude, radix);
  if (rest <= 0) return text;
  let scaled = rest * radix;
  let fraction = "";
  while (fraction.length < MAX_FRACTION_DIGITS && scaled > STOP_AT) {
    const digit = Math.trunc(scaled + 1e-8);
    scaled = (scaled - digit) * radix;
    fraction += Math.min(digit, radix - 1).toString(radix);
  }
  return fraction ? `${text}.${fraction}` : text;
}

function integerPart(magnitude: number, radix: number): { text: string; rest: number } {
  let rest = magnitude;
  // So near to the next integer that it is taken for it.
  if (Math.floor(rest + STOP_AT) === Math.floor(rest) + 1) rest = Math.floor(rest) + 1;
  let power = 1;
  while (power * radix <= rest) power *= radix;
  let text = "";
  for (; power >= 1; power /= radix) {
    const digit = Math.trunc(rest / power);
    rest -= digit * power;
    text += digit.toString(radix);
  }
  return { text, rest };
}

/**
 * `toFixed` of the interpreter: only the last place is rounded and nothing carries, so 0.96 to one place is 0.9 and
 * 2.5 to none is 2.
 */
export function printFixed(value: number, decimals: number): string {
  if (!Number.isFinite(value)) return printNumber(value);
  const { text, rest } = integerPart(Math.abs(value), 10);
  const places = Math.min(Math.max(Math.trunc(decimals) || 0, 0), 20);
  let scaled = rest * 10;
  let fraction = "";
  for (let left = places; left > 0; left--) {
    const digit = Math.trunc(scaled + (left === 1 ? 0.5 : 1e-8));
    scaled = (scaled - digit) * 10;
    fraction += Math.min(digit, 9);
  }
  return (value < 0 ? "-" : "") + text + (fraction ? `.${fraction}` : "");
}

/** The digit a character stands for, in any radix; more than any where it is none. */
const digitOf = (character: string | undefined): number =>
  character !== undefined && /[0-9A-Za-z]/.test(character) ? Number.parseInt(character, 36) : 99;

/** What a leading 0 says of the digits behind it: octal, unless there is a point, an 8 or a 9 among them. */
function radixOf(text: string, at: number): { radix: number; at: number } {
  if (text[at] !== "0") return { radix: 10, at };
  const named = { o: 8, x: 16, b: 2 }[(text[at + 1] ?? "").toLowerCase()];
  if (named) return { radix: named, at: at + 2 };
  const behind = /^\d*/.exec(text.slice(at + 1).replace(/\./g, "9"))?.[0] ?? "";
  return { radix: /[89]/.test(behind) ? 10 : 8, at: at + 1 };
}

/**
 * The number at the beginning of a text and where it ends, as the interpreter reads it: by powers of ten that are
 * themselves inexact, and "010" as 8. NaN: there is none.
 */
function readFloat(text: string): { value: number; end: number } {
  const start = /^[\t\n\v\f\r ]*[-+]?/.exec(text)?.[0].length ?? 0;
  const negative = text[start - 1] === "-";
  let { radix, at } = radixOf(text, start);
  let value = 0;
  for (; digitOf(text[at]) < radix; at++) value = value * radix + digitOf(text[at]);
  if (radix === 10) {
    const [whole = "", , fraction = "", exponent = ""] = /^(\.(\d*))?(?:e([-+]?\d*))?/i
      .exec(text.slice(at))
      ?.slice() ?? [""];
    at += whole.length;
    let place = 0.1;
    for (const digit of fraction) {
      value += place * Number(digit);
      place /= 10;
    }
    const power = Number(exponent) || 0;
    for (let i = 0; i < power; i++) value *= 10;
    for (let i = 0; i > power; i--) value /= 10;
  }
  if (at === start || (text[start] === "." && at === start + 1)) return { value: Number.NaN, end: at };
  return { value: negative ? -value : value, end: at };
}

/** `parseFloat`. */
export function readNumber(text: string): number {
  if (/^-?Infinity$/.test(text)) return Number(text);
  return readFloat(text).value;
}

/** `Number(text)`, and what arithmetic takes a text for: nothing may follow the number, not even a space. */
export function numberOfText(text: string): number {
  if (text === "") return 0;
  if (/^-?Infinity$/.test(text)) return Number(text);
  const { value, end } = readFloat(text);
  return end === text.length ? value : Number.NaN;
}

/** `parseInt`. */
export function readInteger(text: string, given: number): number {
  const hexadecimal = (!given || given === 16) && /^0x/i.test(text);
  const radix = hexadecimal ? 16 : given || 10;
  let at = hexadecimal ? 2 : (/^[\t\n\v\f\r ]*/.exec(text)?.[0].length ?? 0);
  const negative = text[at] === "-";
  if (negative || text[at] === "+") at++;
  const start = at;
  let value = 0;
  for (; digitOf(text[at]) < radix; at++) value = value * radix + digitOf(text[at]);
  if (at === start) return Number.NaN;
  return negative ? -value : value;
}
