/** What ThingsBoard makes of the payload of a telemetry or attributes message. */

import {
  type Json,
  NumberText,
  PayloadCrash,
  PayloadError,
  parseLenientJson,
  toPlain,
} from "./lenient-json.ts";

/** A stored value; objects and arrays stay JSON. 64-bit longs beyond 2^53 lose digits here, as in any JavaScript. */
export type Value = unknown;

/** The values of one moment. */
export interface Sample {
  /** Milliseconds since 1970, as the device said; absent: the server's time of arrival. */
  ts?: number;
  values: Map<string, Value>;
}

/**
 * Telemetry: `{k: v}`, `{"ts": ms, "values": {k: v}}`, or an array of either, mixed. An empty array gives no sample,
 * and ThingsBoard then never answers. Throws PayloadError for what makes the server close the connection.
 */
export function parseTelemetry(payload: string): Sample[] {
  const json = parseLenientJson(payload);
  if (json instanceof Map) return [sampleOf(json)];
  if (!Array.isArray(json)) throw new PayloadError("telemetry is neither object nor array");
  return json.map((element) => {
    if (!(element instanceof Map))
      throw new PayloadError("telemetry array holds something that is no object");
    return sampleOf(element);
  });
}

/** Attributes: one flat object. Throws PayloadError. */
export function parseAttributes(payload: string): Map<string, Value> {
  const json = parseLenientJson(payload);
  if (!(json instanceof Map)) throw new PayloadError("attributes are no object");
  return valuesOf(json);
}

function sampleOf(json: Map<string, Json>): Sample {
  const ts = json.get("ts");
  const values = json.get("values");
  if (ts === undefined || values === undefined) return { values: valuesOf(json) };
  const ts_ms = timestampOf(ts);
  if (!(values instanceof Map)) throw new PayloadError('"values" is no object');
  return { ts: ts_ms, values: valuesOf(values) };
}

/** A number, its fraction cut off, or a string of digits. */
function timestampOf(json: Json): number {
  if (json instanceof NumberText) return Math.trunc(Number(json.text));
  if (typeof json === "string" && /^[+-]?\d+$/.test(json)) return Number(json);
  throw new PayloadCrash('"ts" is no number');
}

function valuesOf(json: Map<string, Json>): Map<string, Value> {
  const values = new Map<string, Value>();
  for (const [key, element] of json) {
    // Neither is refused, and neither is stored.
    if (element === null || key === "") continue;
    values.set(key, storedValue(element));
  }
  return values;
}

function storedValue(json: Json): Value {
  if (json instanceof NumberText) return numberOf(json.text);
  // transport.json.type_cast_enabled, on by default: what Apache's NumberUtils.isParsable takes becomes a number.
  if (typeof json === "string")
    return /^-?(\d+(\.\d+)?|\.\d+)$/.test(json) ? numberOf(json) : json.replaceAll("\0", "");
  return toPlain(json);
}

const MAX_LONG = 2n ** 63n - 1n;
const MIN_LONG = -(2n ** 63n);

/** A long when it has no fraction, a double up to 16 decimals, else the digits as a string. */
function numberOf(text: string): Value {
  const match = /^(-?)(\d*)\.?(\d*)(?:[eE]([+-]?\d+))?$/.exec(text);
  const [, sign = "", whole = "", fraction = "", exponent = "0"] = match ?? [];
  const scale = fraction.length - Number(exponent);
  if (Math.abs(scale) > 400) return text;
  const plain = plainDigits(sign, whole + fraction, scale);
  const significant_scale = scale - trailingZeros(whole + fraction);
  const simple_double = text.includes(".") && !/e/i.test(text);
  if (significant_scale > 0 || simple_double) return scale <= 16 ? Number(text) : plain;
  const long = BigInt(plain.split(".", 1)[0] ?? "0");
  return long > MAX_LONG || long < MIN_LONG ? plain : Number(long);
}

function trailingZeros(digits: string): number {
  return /^0*$/.test(digits) ? Number.POSITIVE_INFINITY : digits.length - digits.replace(/0+$/, "").length;
}

/** As Java's BigDecimal.toPlainString: unscaled digits, `scale` of them after the point. */
function plainDigits(sign: string, digits: string, scale: number): string {
  if (scale <= 0) return sign + (digits + "0".repeat(-scale)).replace(/^0+(?=\d)/, "");
  const padded = digits.padStart(scale + 1, "0");
  const point = padded.length - scale;
  return `${sign}${padded.substring(0, point).replace(/^0+(?=\d)/, "")}.${padded.substring(point)}`;
}
