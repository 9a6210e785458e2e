/** What a device may ask for of its attributes, and how it is claimed. */

import { PayloadError, parseLenientJson } from "./lenient-json.ts";
import type { DeviceStore } from "./store.ts";
import type { Value } from "./telemetry.ts";

/**
 * The response to a request for attributes: `{"client":{…},"shared":{…}}`, without what is empty; undefined: none comes, as for
 * an empty list of keys. Keys are separated by commas and not trimmed. Throws PayloadError for what closes the connection.
 */
export function attributesFor(store: DeviceStore, id: string, payload: string): string | undefined {
  if (!/^[+-]?\d+$/.test(id)) throw new PayloadError("the request id is no number");
  const json = parseLenientJson(payload);
  if (!(json instanceof Map)) throw new PayloadError("the request for attributes is no object");
  const client = json.get("clientKeys");
  const shared = json.get("sharedKeys");
  if (client === "" || shared === "" || Number(id) < 0) return undefined;
  const all = client === undefined && shared === undefined;
  const some = (values: Map<string, Value>, keys: unknown): Record<string, Value> | undefined => {
    if (!all && typeof keys !== "string") return undefined;
    const wanted = all ? [...values.keys()] : String(keys).split(",");
    const found = wanted.filter((key) => values.has(key)).map((key) => [key, values.get(key)]);
    return found.length > 0 ? Object.fromEntries(found) : undefined;
  };
  return JSON.stringify({ client: some(store.attributes, client), shared: some(store.shared, shared) });
}

/** Empty, or an object. Throws PayloadError for what closes the connection. */
export function checkClaim(payload: string): void {
  if (payload !== "" && !(parseLenientJson(payload) instanceof Map))
    throw new PayloadError("the claim is no object");
}
