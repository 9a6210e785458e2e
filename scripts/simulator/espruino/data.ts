/**
 * What Espruino takes for bytes: strings, numbers, (typed) arrays, `{data, count}` and `{callback}`, nested as deep as
 * you like. Its functions take it in three ways, which differ for arrays of more than a byte an element.
 */

import { toBytes } from "./bytes.ts";
import { isArrayBuffer, isTyped, printJson } from "./json.ts";
import { KindError } from "./realm.ts";

const byte = (value: unknown): string => String.fromCharCode(Number(value) & 255);

/** Each element its low byte: `E.toString`, `Serial.write`. Throws TypeError for what is no data. */
export function flatten(value: unknown): string {
  if (typeof value === "number" || typeof value === "boolean") return byte(value);
  if (typeof value === "string")
    return Array.from({ length: value.length }, (_, i) => byte(value.charCodeAt(i))).join("");
  if (Array.isArray(value)) return Array.from(value, flatten).join("");
  if (isTyped(value)) return Array.from(value, byte).join("");
  if (isArrayBuffer(value)) return toBytes(new Uint8Array(value));
  if (typeof value === "object" && value !== null) return flattenObject(value);
  // Of a function it would take the source text.
  throw new KindError("TypeError", `Expecting Number or iterable, got ${typeName(value)}`);
}

function flattenObject(value: { data?: unknown; count?: unknown; callback?: unknown }): string {
  if (typeof value.callback === "function") {
    const result: unknown = value.callback();
    return result === undefined ? "" : flatten(result);
  }
  if (value.data === undefined || typeof value.count !== "number") {
    const form = "it must be of the form {data : ..., count : N} or {callback : fn}";
    const got = printJson(value, { pretty: true });
    throw new KindError("TypeError", `If specifying an object, ${form} - got ${got}`);
  }
  return flatten(value.data).repeat(Math.max(0, Math.trunc(value.count)));
}

/**
 * By address where the data lie in one piece: `Flash.write`, `Storage.write`. Of an Int32Array they then take as many
 * bytes as it has elements: pass its `buffer`. In pieces, and so element by element, are short arrays that fill two
 * variables, and long ones in fragmented memory, which is not modelled.
 */
export function pointedTo(value: unknown, variableBytes: number): string {
  if (!isTyped(value) || value.BYTES_PER_ELEMENT === 1) return flatten(value);
  // JSVAR_DATA_STRING_LEN and JSV_FLAT_STRING_BREAK_EVEN of the interpreter.
  const [one, two] = variableBytes > 13 ? [9, 19] : [8, 17];
  const { byteLength } = value.buffer;
  if (byteLength > one && byteLength <= two) return flatten(value);
  return toBytes(new Uint8Array(value.buffer, value.byteOffset, value.length));
}

/** Elements as integers, nothing nested: `E.CRC32`, `btoa`. Undefined for what has no elements. */
export function elements(value: unknown): string | undefined {
  if (typeof value === "string" || isArrayBuffer(value)) return flatten(value);
  if (typeof value !== "object" || value === null) return undefined;
  return (Array.isArray(value) || isTyped(value) ? Array.from(value) : Object.values(value))
    .map(byte)
    .join("");
}

/** A value's type in the interpreter's messages: "String". */
export const typeName = (value: unknown): string =>
  value == null ? String(value) : ((value as object).constructor as { name: string }).name;
