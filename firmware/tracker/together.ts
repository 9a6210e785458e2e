/** Settings that a feature has. */
import { assistanceFields } from "#assistance";
import { cellFields } from "#cell";
import type { Fields } from "../check.ts";

/** Adds the settings of features, each of which may come from afar. */
export function featureFields(fields: Fields): void {
  cellFields(fields);
  assistanceFields(fields);
}
