/** `#zones` of a build without. */
import type { Sample } from "./sample.ts";
import type { Why } from "./why.ts";

export type Zones = Record<string, unknown>;

export function zonesFault(_zones: Zones | undefined): string {
  return "";
}

export function crossings(
  _zones: Zones | undefined,
  _sample: Sample,
  _told: (why: Why, zone: string) => void,
): void {}
