/** `#battery` of a build that does not look at it. */
import type { Modem } from "../modem/modem.ts";

export const battery_v: number | undefined = undefined;
export const battery_percent: number | undefined = undefined;
export const battery_step: number = 0;

export function startBattery(
  _config: { low_battery?: number },
  _modem: Modem,
  _measure: () => number,
  _modem_has_it: boolean,
  _told: () => void,
): void {}

export function measureBattery(): void {}

export function lowValues(): Record<string, unknown> {
  return {};
}

/** An interval, s, whatever the battery has. */
export function stretched(seconds: number): number {
  return seconds;
}

export function tellBattery(_into: Record<string, unknown>): void {}
