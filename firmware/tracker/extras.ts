/**
 * `#extras`: values beside a fix's place, height and speed: the setting `extras` names those that are sent, each only when it is
 * known. Battery, signal and why are in each record, for 24 bytes with the fix; any other makes it 48. slot.ts has the form.
 */
import type { Fields } from "../check.ts";
import type { Modem } from "../modem/network.ts";
import { extrasTable } from "../settings.ts";
import type { Values } from "../thingsboard/telemetry.ts";
import type { Sample } from "./sample.ts";
import { At, Half, Kind, Part, Size, Unknown } from "./slot.ts";
import { Why, whyWord } from "./why.ts";

/** Records may be of `Kind.Report`. */
export const REPORTS: boolean = true;

const enum Limit {
  /** What an altitude is told above, 0.1 m: that of fix.ts. */
  Depth = 10000,
  /** What a signal is told above, dBm. */
  Signal = -143,
  MostSignal = 63,
}

/** Where in a slot's words of 16 bits the further values begin. */
const enum First {
  Further = 2,
}

let settings: { extras?: string };
/** Of the record that was unpacked last: what was measured, and why it is. Undefined: it says nothing of that. */
let unpacked: Record<string, number | undefined> | undefined;
let its_why: Why;

/** Values that a `More` has, in its order: the key, the sample's member, how many of its units one is, and what 0 stands for. */
function further(): [key: string, member: string, units: number, least: number][] {
  return [
    ["battery_v", "battery_v", 1000, 0],
    ["hdop", "hdop", 100, 0],
    ["satellites", "satellites", 1, 0],
    ["course", "course_deg", 10, 0],
    ["temperature", "temperature", 10, -100],
    ["fix_s", "fix_s", 1, 0],
    ["awake_s", "awake_s", 1, 0],
  ];
}

function all(): [key: string, member: string][] {
  return (
    [
      ["battery", "battery"],
      ["signal_dbm", "signal_dbm"],
    ] as [string, string][]
  ).concat(further() as any);
}

/** The settings that it has. */
export function extraFields(fields: Fields): void {
  const its = extrasTable();
  for (const name in its) fields[name] = its[name] as number;
}

/** What is wrong with the setting; "": nothing. @seldom */
export function extrasFault(extras: string | undefined): string {
  const known = ["why"];
  all().forEach(function (entry) {
    known.push(entry[0]);
  });
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

/** Adds to a fix that just came what is known besides; it took so long. */
export function measure(sample: Sample, modem: Modem, fix_ms: number): void {
  sample.signal_dbm = modem.status().signal_dbm;
  sample.fix_s = Math.round(fix_ms / 1000);
}

/** A whole number from 0 to below `unknown`; else, or where there is none, `unknown`. */
function within(value: number, unknown: number): number {
  const number = Math.round(value);
  return number >= 0 && number < unknown ? number : unknown;
}

/** The slots of a `Fix` as those of a `Report`. */
export function pack(slots: Uint8Array, sample: Sample, why: Why): Uint8Array {
  const table = further().filter(function (entry) {
    return wanted(entry[0]);
  });
  const report = new Uint8Array(table.length ? 2 * Size.Slot : Size.Slot);
  const words = new Int32Array(report.buffer);
  const halves = new Uint16Array(report.buffer);
  report.set(slots);
  report[0] = slots[0] === Kind.Fix ? Kind.Report : Kind.OwnReport;
  const signal = Math.round(((sample.signal_dbm as number) - Limit.Signal) / 2);
  words[At.Altitude] =
    within(10 * (sample.altitude_m as number) + Limit.Depth, Unknown.PartAltitude) |
    (within(sample.battery as number, Unknown.Battery) << Part.Battery) |
    ((signal > 0 ? Math.min(signal, Limit.MostSignal) : 0) << Part.Signal);
  (halves[Half.Ms] as number) |= why << Part.Why;
  if (table.length) {
    const more = new Uint16Array(report.buffer, Size.Slot);
    (halves[Half.Ms] as number) |= Part.More;
    report[Size.Slot] = Kind.More;
    further().forEach(function (entry, i) {
      const value = wanted(entry[0]) ? entry[2] * (((sample as any)[entry[1]] as number) - entry[3]) : -1;
      more[First.Further + i] = within(value, Unknown.Further);
    });
  }
  return report;
}

/** A `Report` that was read, and what its `More` has, becomes a `Fix` in place; `addExtras` has the rest. */
export function unpack(slot: Uint8Array, rest: string): void {
  const words = new Int32Array(slot.buffer);
  const halves = new Uint16Array(slot.buffer);
  const word = words[At.Altitude] as number;
  const half = halves[Half.Ms] as number;
  const altitude = word & Part.Altitude;
  const battery = (word >>> Part.Battery) & Part.BatteryMask;
  const signal = word >>> Part.Signal;
  unpacked = undefined;
  if (slot[0] !== Kind.Report && slot[0] !== Kind.OwnReport) return;
  slot[0] = slot[0] === Kind.Report ? Kind.Fix : Kind.OwnFix;
  words[At.Altitude] = altitude === Unknown.PartAltitude ? Unknown.Altitude : altitude - Limit.Depth;
  halves[Half.Ms] = half & Half.Mask;
  its_why = (half >> Part.Why) & Part.WhyMask;
  const measured: Record<string, number | undefined> = {
    battery: battery === Unknown.Battery ? undefined : battery,
    signal_dbm: signal ? 2 * signal + Limit.Signal : undefined,
  };
  if (rest)
    further().forEach(function (entry, i) {
      const value = rest.charCodeAt(2 * i) | (rest.charCodeAt(2 * i + 1) << 8);
      if (value !== Unknown.Further) measured[entry[1]] = (value + entry[2] * entry[3]) / entry[2];
    });
  unpacked = measured;
}

/** Adds to a fix's values what the settings ask for and is known of it. Why an event is goes along with it, asked for or not. */
export function addExtras(values: Values, sample: any, why: Why): Values {
  if (why >= Why.Start || wanted("why")) values.why = whyWord(why);
  all().forEach(function (entry) {
    const value = sample[entry[1]];
    if (value !== undefined && wanted(entry[0])) values[entry[0]] = value;
  });
  return values;
}

/** The same of the record that was unpacked last. */
export function addUnpacked(values: Values): Values {
  return unpacked ? addExtras(values, unpacked, its_why) : values;
}
