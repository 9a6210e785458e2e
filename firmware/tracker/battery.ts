/**
 * `#battery`: how full the battery is, and what becomes of the intervals when it is not.
 *
 * Where the board has a divider its voltage is measured there. A modem that is fed by the battery itself is asked besides, with
 * `AT+CBC` (BG96 AT commands manual, 8.5: `+CBC: <bcs>,<bcl>,<voltage>`, mV): once where there is a divider, as dividers of
 * megohms are off by what the converter draws, and from then on it is right; each time where there is none.
 *
 * | charge                     | intervals     |                                                      |
 * |----------------------------|---------------|------------------------------------------------------|
 * | below `low_battery`        | twice as long | told once, and again only after it was left by 5 %   |
 * | below half of it           | four times    | the same                                             |
 */
import type { Modem } from "../modem/modem.ts";
import { keep, keptOf } from "./kept-text.ts";

const enum Limit {
  /** V: less or more is no battery's: a cell's own guard cuts it off at 2.5. */
  Least = 2,
  Most = 6,
  /** %: what a step must be left by. */
  Hysteresis = 5,
}

/** V, and % of charge; undefined: not known. Who measured it: "board" or "modem". */
export let battery_v: number | undefined;
export let battery_percent: number | undefined;
export let battery_by: string | undefined;
/** What the intervals are shifted by: 0, 1 or 2. */
export let battery_step = 0;

/** Where the settings have `low_battery`. */
let config: { low_battery?: number };
let modem: Modem;
let measure: () => number;
let modem_has_it: boolean;
let told: () => void;
/** What the divider's voltage is to be multiplied by; 0: not known yet. */
let factor = 0;

/**
 * Starts. `its_measure`: the board's voltage, NaN where it has no divider; `its_modem_has_it`: the battery feeds the modem
 * directly. `its_told`: called once when it gets low, and once more at half of that; not again after a restart.
 */
export function startBattery(
  its_config: { low_battery?: number },
  its_modem: Modem,
  its_measure: () => number,
  its_modem_has_it: boolean,
  its_told: () => void,
): void {
  config = its_config;
  modem = its_modem;
  measure = its_measure;
  modem_has_it = its_modem_has_it;
  told = its_told;
  battery_step = keptOf("low") || 0;
}

/** Measures anew; the modem's answer comes later. @seldom */
export function measureBattery(): void {
  const one = measure();
  const two = measure();
  const three = measure();
  // Of three, the one in the middle.
  const own = Math.max(Math.min(one, two), Math.min(Math.max(one, two), three));

  function isBattery(volts: number): boolean {
    return volts >= Limit.Least && volts <= Limit.Most;
  }

  /** Of a lithium polymer cell that gives little, % by mV: typical of many makers' curves, right to some 10 %. */
  function percentOf(mv: number): number {
    const tenths = [3270, 3690, 3730, 3770, 3800, 3840, 3870, 3950, 4020, 4110, 4200];
    let i = 0;
    while (i < 9 && mv >= (tenths[i + 1] as number)) i++;
    const from = tenths[i] as number;
    const share = (mv - from) / ((tenths[i + 1] as number) - from);
    return Math.max(0, Math.min(100, Math.round(10 * (i + share))));
  }

  /** What was measured, and what follows. A step is entered below its limit, and left so much above it. */
  function judge(volts: number, by: string): void {
    const before = battery_step;
    const low = config.low_battery || 0;
    battery_v = battery_percent = battery_by = undefined;
    if (!isBattery(volts)) return;
    battery_v = Math.round(volts * 100) / 100;
    battery_percent = percentOf(volts * 1000);
    battery_by = by;
    const less = battery_percent - Limit.Hysteresis;
    battery_step =
      battery_percent < low / 2 || (before > 1 && less < low / 2)
        ? 2
        : battery_percent < low || (before && less < low)
          ? 1
          : 0;
    if (!low) battery_step = 0;
    if (battery_step !== before) keep("low", battery_step || undefined);
    if (battery_step > before) told();
  }

  if (factor || !modem_has_it) judge(own * (factor || 1), "board");
  else if (modem.status().state === "up")
    modem.at("AT+CBC", function (_error, lines) {
      const its = parseInt((lines[0] || "").split(",")[2] as string, 10) / 1000;
      const ratio = its / own;
      if (isBattery(its)) {
        // A divider that is off by more is none.
        if (isBattery(own) && ratio > 0.8 && ratio < 1.3) factor = ratio;
        judge(its, "modem");
      } else judge(own, "board");
    });
}

/** What is told of a battery that got low where no fix is. */
export function lowValues(): Record<string, unknown> {
  return { why: "battery", battery: battery_percent, battery_v: battery_v };
}

/** An interval, s, as the battery allows it. */
export function stretched(seconds: number): number {
  return seconds << battery_step;
}

/** Puts what is known of it into `into`. */
export function tellBattery(into: Record<string, unknown>): void {
  into.battery = battery_percent;
  into.battery_v = battery_v;
  into.battery_by = battery_by;
  if (battery_step) into.battery_low = battery_step;
}
