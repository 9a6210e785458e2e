/** `#extras` of a build without: a fix is its place, height and speed. */
import type { Modem } from "../modem/modem.ts";
import type { Values } from "../thingsboard/telemetry.ts";
import type { Sample } from "./sample.ts";
import { plain } from "./slot.ts";
import type { Why } from "./why.ts";

export function useExtras(_settings: { extras?: string }): void {}

export function extrasFault(_extras: string | undefined): string {
  return "";
}

export function measure(
  _sample: Sample,
  _modem: Modem,
  _fix_ms: number,
  _awake_s: () => number | undefined,
  _temperature: () => number,
): void {}

export function pack(slots: Uint8Array, _sample: Sample, _why: Why): Uint8Array {
  return slots;
}

/** Firmware of before may have had them. */
export function unpack(slot: Uint8Array, _rest: string): void {
  plain(slot);
}

export function addExtras(values: Values, _sample: Sample, _why: Why): Values {
  return values;
}

export function addUnpacked(values: Values): Values {
  return values;
}
