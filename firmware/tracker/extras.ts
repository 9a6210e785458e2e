/**
 * `#extras`: values beside a fix's place, height and speed: the setting `extras` names those that are sent, each only when it is
 * known. Battery, signal and why are in each record, for 24 bytes with the fix; any other makes it 48. slot.ts has the form.
 */
import { battery_percent, battery_v } from "#battery";
import type { Modem } from "../modem/modem.ts";
import type { Values } from "../thingsboard/telemetry.ts";
import type { Sample } from "./sample.ts";
import { At, Depth, Half, Kind, Part, Place, plain, Size, Unknown } from "./slot.ts";
import { Why, whyWord } from "./why.ts";

const enum Limit {
  /** What a signal is told above, below 0 dBm: so that nowhere are two minus signs in a row, which the interpreter would join. */
  Signal = 143,
  MostSignal = 63,
  /** Of a `More`'s 16 bits, one way and the other. */
  MostFurther = 0x7fff,
  /** How many of the values a slot has of its own: battery and signal. */
  InSlot = 2,
}

let settings: { extras?: string };
/** Of the record that was unpacked last: what was measured, and why it is. Undefined: it says nothing of that. */
let unpacked: any;
let its_why: Why;

/** What there is but `why`: a sample's members, and the keys of telemetry. From `Limit.InSlot` on in the order of a `More`. */
function keys(): string[] {
  return [
    "battery",
    "signal_dbm",
    "battery_v",
    "hdop",
    "satellites",
    "course",
    "temperature",
    "fix_s",
    "awake_s",
  ];
}

/** How many of its units one of each of them is, in a `More`: mV, hundredths, tenths. */
function units(): number[] {
  return [0, 0, 1000, 100, 1, 10, 10, 1, 1];
}

/** What is wrong with the setting; "": nothing. @seldom */
export function extrasFault(extras: string | undefined): string {
  const known = ["why"].concat(keys());
  const wrong = (extras || "why").split(",").some(function (name) {
    return known.indexOf(name) < 0;
  });
  return wrong ? "must be of " + known : "";
}

export function useExtras(its_settings: { extras?: string }): void {
  settings = its_settings;
}

/** Whether the settings ask for it. */
function wanted(key: string): boolean {
  return (settings.extras || "").split(",").indexOf(key) >= 0;
}

/** Adds to a fix that just came what is known besides; it took so long. `awake_s`, `temperature`: asked here, the latter in °C, NaN: not known. */
export function measure(
  sample: Sample,
  modem: Modem,
  fix_ms: number,
  awake_s: () => number | undefined,
  temperature: () => number,
): void {
  const chip = temperature();
  sample.battery = battery_percent;
  sample.battery_v = battery_v;
  // Not so for NaN.
  if (chip > -100) sample.temperature = chip;
  sample.awake_s = awake_s();
  sample.signal_dbm = modem.status().signal_dbm;
  sample.course = sample.course_deg;
  sample.fix_s = Math.round(fix_ms / 1000);
}

/** A whole number from 0 to below `unknown`; else, or where there is none, `unknown`. */
function within(value: number, unknown: number): number {
  const number = Math.round(value);
  return number >= 0 && number < unknown ? number : unknown;
}

/** The slots of a `Fix` as those of a `Report`. */
export function pack(slots: Uint8Array, sample: Sample, why: Why): Uint8Array {
  const report = new Uint8Array(2 * Size.Slot);
  const words = new Int32Array(report.buffer);
  const halves = new Int16Array(report.buffer);
  const signal = Math.round(((sample.signal_dbm as number) + Limit.Signal) / 2);
  let more = 0;
  report.set(slots);
  report[0] = slots[0] === Kind.Fix ? Kind.Report : Kind.OwnReport;
  words[At.Altitude] =
    within(10 * (sample.altitude_m as number) + Depth.Least, Unknown.PartAltitude) |
    (within(sample.battery as number, Unknown.Battery) << Part.Battery) |
    ((signal > 0 ? Math.min(signal, Limit.MostSignal) : 0) << Part.Signal);
  keys().forEach(function (key, i) {
    if (i < Limit.InSlot) return;
    const is_wanted = wanted(key);
    const value = Math.round((units()[i] as number) * ((sample as any)[key] as number));
    if (is_wanted) more = Part.More;
    halves[Place.Further + i] = is_wanted && Math.abs(value) <= Limit.MostFurther ? value : Unknown.Further;
  });
  (halves[Half.Ms] as number) |= (why << Part.Why) | more;
  report[Size.Slot] = Kind.More;
  return more ? report : new Uint8Array(report.buffer, 0, Size.Slot);
}

/** A `Report` that was read, and what its `More` has, becomes a `Fix` in place; `addUnpacked` has the rest. */
export function unpack(slot: Uint8Array, rest: string): void {
  const word = new Int32Array(slot.buffer)[At.Altitude] as number;
  const battery = (word >>> Part.Battery) & Part.BatteryMask;
  const signal = word >>> Part.Signal;
  unpacked = undefined;
  if (slot[0] !== Kind.Report && slot[0] !== Kind.OwnReport) return;
  its_why = ((new Uint16Array(slot.buffer)[Half.Ms] as number) >> Part.Why) & Part.WhyMask;
  plain(slot);
  unpacked = {};
  if (battery !== Unknown.Battery) unpacked.battery = battery;
  if (signal) unpacked.signal_dbm = 2 * signal - Limit.Signal;
  if (rest)
    keys().forEach(function (key, i) {
      const at = 2 * (i - Limit.InSlot);
      const value = (rest.charCodeAt(at) << 16) | (rest.charCodeAt(at + 1) << 24);
      if (at >= 0 && value >> 16 !== Unknown.Further) unpacked[key] = (value >> 16) / (units()[i] as number);
    });
}

/** Adds to a fix's values what the settings ask for and is known of it. Why an event is goes along with it, asked for or not. */
export function addExtras(values: Values, sample: any, why: Why): Values {
  if (why >= Why.Start || wanted("why")) values.why = whyWord(why);
  keys().forEach(function (key) {
    if (sample[key] !== undefined && (wanted(key) || (why === Why.Battery && key === "battery")))
      values[key] = sample[key];
  });
  return values;
}

/** The same of the record that was unpacked last. */
export function addUnpacked(values: Values): Values {
  return unpacked ? addExtras(values, unpacked, its_why) : values;
}
