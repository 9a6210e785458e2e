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

/** Decimal text to a number the interpreter's way: by powers of ten that are themselves inexact. NaN: no number there. */
export function readNumber(text: string): number {
  const parts = /^\s*([-+]?)(\d*)(?:\.(\d*))?(?:e([-+]?\d+))?/i.exec(text);
  if (!parts || !(parts[2] || parts[3])) return Number.NaN;
  let value = 0;
  for (const digit of parts[2] ?? "") value = value * 10 + Number(digit);
  let place = 0.1;
  for (const digit of parts[3] ?? "") {
    value += place * Number(digit);
    place /= 10;
  }
  const exponent = Number(parts[4] ?? 0);
  for (let i = 0; i < exponent; i++) value *= 10;
  for (let i = 0; i > exponent; i--) value /= 10;
  return parts[1] === "-" ? -value : value;
}
