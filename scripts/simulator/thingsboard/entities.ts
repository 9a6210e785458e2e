/** What ThingsBoard calls its things by: a kind and a UUID. */
import { createHash } from "node:crypto";

export interface EntityId<Kind extends string = string> {
  entityType: Kind;
  id: string;
}

export const entityId = <Kind extends string>(entityType: Kind, id: string): EntityId<Kind> => ({
  entityType,
  id,
});

/** The UUID of these words: always the same, so that what is written down of one run holds in the next. */
export function uuidOf(words: string): string {
  const hex = createHash("sha256").update(words).digest("hex");
  // Version 1, as ThingsBoard's.
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-1${hex.slice(13, 16)}-a${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
}

/** 20 letters and digits, as an access token that the server makes; always the same for the same words. */
export const tokenOf = (words: string): string =>
  createHash("sha512")
    .update(words)
    .digest("base64")
    .replace(/[^A-Za-z0-9]/g, "")
    .slice(0, 20);
