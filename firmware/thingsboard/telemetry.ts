/**
 * What may be sent as telemetry. ThingsBoard hangs up on what it cannot read, without a reason, and never answers `[]`
 * (measured on 4.2.1), so that is found out before anything is sent.
 */
import { Limit } from "../mqtt/limits.ts";
import { json } from "../mqtt/text.ts";

export type Values = Record<string, unknown>;
/** Values, values with their time (ms since 1970), or several of either. */
export type Telemetry = Values | { ts: number; values: Values } | Values[];

/**
 * Telemetry as JSON text, from values or from JSON text; throws on anything else. Text is read and written anew, since
 * Espruino reads more than JSON is: 'a', [1,], 0x10, "\q".
 */
export function telemetryJson(data: unknown): string {
  let values: unknown = data;
  if (typeof data === "string") {
    let read: any;
    // It will be refused for that, and to read it would take too much RAM.
    if (data.length > Limit.Packet) return data;
    try {
      // In a list, and with a known last element, as Espruino does not mind what follows: {"a":1} x
      read = JSON.parse("[" + data + "," + data.length + "]");
    } catch (_) {
      // Not even that.
    }
    values = read && read.length === 2 && read[1] === data.length ? read[0] : undefined;
  }
  if (!isTelemetry(values)) throw Error("data: use {} or [{}]");
  return json(values);
}

function isTelemetry(data: unknown): boolean {
  return Array.isArray(data) ? data.length > 0 && data.every(isSample) : isSample(data);
}

/** Values, or values with their time: with both members the server insists on their form. */
function isSample(data: any): boolean {
  if (!isObject(data)) return false;
  return !("ts" in data && "values" in data) || (isTime(data.ts) && isObject(data.values));
}

/** One that is an object in JSON, too, which a `Date` is not. */
export function isObject(data: any): boolean {
  return typeof data === "object" && data !== null && !Array.isArray(data) && !data.toJSON;
}

/** A number, but for Infinity, of which JSON makes null; or one as text. */
function isTime(ts: any): boolean {
  return typeof ts === "number" ? ts - ts === 0 : typeof ts === "string" && "" + parseInt(ts, 10) === ts;
}
