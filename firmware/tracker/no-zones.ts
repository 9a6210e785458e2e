/** `#zones` of a build without. */
import type { Fields } from "../check.ts";
import type { Sample } from "./sample.ts";
import type { Why } from "./why.ts";

export type Zones = Record<string, unknown>;

export function zoneFields(_fields: Fields): void {}

export function zonesFault(_zones: Zones | undefined): string {
  return "";
}

export function crossings(
  _zones: Zones | undefined,
  _sample: Sample,
  _told: (why: Why, zone: string) => void,
): void {}
