/** What a device may ask for of its attributes. */

import { PayloadError, parseLenientJson } from "./lenient-json.ts";
import type { AttributeScope, DeviceStore } from "./store.ts";

/**
 * The response to a request for attributes: `{"client":{…},"shared":{…}}`, without what is empty; undefined: none comes, as for
 * an empty key. Keys are separated by commas and not trimmed. Throws PayloadError for what closes the connection.
 */
export function attributesFor(store: DeviceStore, id: string, payload: string): string | undefined {
  if (!/^[+-]?\d+$/.test(id)) throw new PayloadError("the request id is no number");
  const json = parseLenientJson(payload);
  if (!(json instanceof Map)) throw new PayloadError("the request for attributes is no object");
  const client = json.get("clientKeys");
  const shared = json.get("sharedKeys");
  if (!named(client) || !named(shared) || Number(id) < 0) return undefined;
  const all = client === undefined && shared === undefined;
  const some = (scope: AttributeScope, keys: unknown): object | undefined => {
    if (!all && typeof keys !== "string") return undefined;
    const values = store.attributes[scope];
    const wanted = all ? [...values.keys()] : keysOf(String(keys));
    const found = wanted.filter((key) => values.has(key)).map((key) => [key, values.get(key)?.value]);
    return found.length > 0 ? Object.fromEntries(found) : undefined;
  };
  return JSON.stringify({ client: some("CLIENT_SCOPE", client), shared: some("SHARED_SCOPE", shared) });
}

/** As Java's split: what is empty at the end is left out. */
const keysOf = (list: string): string[] => list.replace(/(?<=[^,]),+$/, "").split(",");

const named = (list: unknown): boolean => typeof list !== "string" || !keysOf(list).includes("");
