/**
 * Samples on their way to the server, oldest first: written to flash before they are sent, done with there once the server
 * has them. When the flash is full the oldest go, and are counted. How a sample is written stands in slot.ts.
 */
import { addUnpacked, pack, unpack, useExtras } from "#extras";
import { json } from "../mqtt/text.ts";
import { Reason } from "../reason.ts";
import type { Values } from "../thingsboard/telemetry.ts";
import { Utc } from "../utc.ts";
import { words } from "../words.ts";
import { now_ms, started_ms } from "./clock.ts";
import { saveState, state } from "./journal.ts";
import { Word } from "./kept.ts";
import { mostPoints, mostSamples } from "./pace.ts";
import { appendRecord, giveUpTaken, settleRecords, takeAside, takeRecords } from "./queue.ts";
import { record, rest, textOf, textSlots } from "./record.ts";
import type { Sample } from "./sample.ts";
import { At, Half, Kind, Size, Unknown } from "./slot.ts";
import type { Aside } from "./under-way.ts";
import type { Why } from "./why.ts";

const enum Limit {
  /** Bytes a packet's samples may have, but for two brackets: with topic and header one TCP segment, 1,460. */
  Payload = 1398,
}

/** The settings that matter here. */
interface Settings {
  /**
   * What becomes of a sample without a time: "hold": it waits for the clock; "server": the server dates it; "drop": it is
   * dropped, and counted. Those that a restart parted from their clock are dated by the server.
   */
  no_time: string;
  keys: string;
  /** Only with `extras=yes`. */
  extras?: string;
}

let settings: Settings;
/** How many the server has. */
export let sent = 0;
/** Of the packet that `take` gave last: its samples, their data points as the server counts them, the last one's time. */
export let samples = 0;
export let points = 0;
let last_ms: number;

export function useSettings(given: Settings): void {
  settings = given;
  useExtras(settings);
}

/** In tenths, if that is a number between the two; else the one that stands for unknown. */
function tenths(value: number | undefined, least: number, unknown: number): number {
  const number = Math.round(10 * (value as number));
  return number >= least && number < unknown ? number : unknown;
}

/**
 * Keeps a fix, or other values, given as JSON text. None, or why it cannot be kept; what flash does not take and what has no
 * time is counted as dropped. `time_ms`: as `now_ms` has it. `why`: of a fix.
 */
export function append(time_ms: number, fix: Sample | 0, text: string, why?: Why): Reason {
  // Less is no time, but how long the board ran; see `now_ms`.
  const known = time_ms >= Utc.Set_ms;
  if (text.length > Size.LongestText) return Reason.TooLarge;
  const slots = fix ? new Uint8Array(Size.Slot) : textSlots(known ? Kind.Text : Kind.OwnText, text);
  // A view a width.
  const its_words = new Int32Array(slots.buffer);
  const halves = new Uint16Array(slots.buffer);
  let reason = Reason.None;
  its_words[At.Time] = known ? time_ms / 1000 : time_ms;
  halves[Half.Ms] = known ? time_ms % 1000 : (state[Word.Starts] as number) & Half.Mask;
  if (fix) {
    slots[0] = known ? Kind.Fix : Kind.OwnFix;
    its_words[At.Latitude] = Math.round(fix.latitude * 1e6);
    its_words[At.Longitude] = Math.round(fix.longitude * 1e6);
    its_words[At.Altitude] = tenths(fix.altitude_m, -Unknown.Altitude, Unknown.Altitude);
    halves[Half.SpeedOrLength] = tenths(fix.speed_kmh, 0, Unknown.Speed);
  }
  if (!known && settings.no_time === "drop") reason = Reason.NoTime;
  else if (!appendRecord(fix ? pack(slots, fix, why as Why) : slots)) reason = Reason.FlashWorn;
  if (reason) (state[Word.Dropped] as number)++;
  return reason;
}

/** The time of the record that was read, ms since 1970; 0: the server may date it; undefined: it waits for the clock. */
function timeOf(time: number, ms: number): number | undefined {
  if (record[0] === Kind.Fix || record[0] === Kind.Text) return time * 1000 + ms;
  // Its clock is gone.
  if (ms !== ((state[Word.Starts] as number) & Half.Mask)) return 0;
  if (started_ms) return started_ms + time;
  return settings.no_time === "hold" ? undefined : 0;
}

/** Longitude, latitude, altitude and speed by the names that the settings have for them; what is not known is left out. */
export function keyed(numbers: (number | undefined)[]): Values {
  const values: Values = {};
  settings.keys.split(",").forEach(function (key, i) {
    if (key && numbers[i] !== undefined) values[key] = numbers[i];
  });
  return values;
}

/** The values of the record that was read, as JSON. */
function valuesOf(): string {
  const its_words = new Int32Array(record.buffer);
  const halves = new Uint16Array(record.buffer);
  if (record[0] === Kind.Text || record[0] === Kind.OwnText) return textOf();
  return JSON.stringify(
    addUnpacked(
      keyed([
        (its_words[At.Longitude] as number) / 1e6,
        (its_words[At.Latitude] as number) / 1e6,
        its_words[At.Altitude] === Unknown.Altitude ? undefined : (its_words[At.Altitude] as number) / 10,
        halves[Half.SpeedOrLength] === Unknown.Speed
          ? undefined
          : (halves[Half.SpeedOrLength] as number) / 10,
      ]),
    ),
  );
}

/**
 * The JSON of the oldest samples, as many as one packet takes; "" when none can go. They are under way until `settle` or
 * `giveUp`. `alone`: only this one.
 */
export function take(alone?: Aside): string {
  let payload = "";
  const most = mostSamples();
  const most_points = mostPoints();
  function accept(room: number): boolean {
    unpack(record, rest);
    const time_ms = timeOf(
      (new Int32Array(record.buffer)[At.Time] as number) >>> 0,
      new Uint16Array(record.buffer)[Half.Ms] as number,
    );
    let text: string;
    let its_points: number;
    if (time_ms === undefined) return false;
    text = valuesOf();
    // Names are counted, so of objects within values too many.
    its_points = text.split('":').length - 1;
    if (time_ms) text = '{"ts":' + time_ms + ',"values":' + text + "}";
    // A sample that fits no packet goes alone.
    if (
      samples &&
      (samples + room >= most ||
        points + its_points > most_points ||
        payload.length + text.length > Limit.Payload)
    )
      return false;
    payload += (payload ? "," : "[") + text;
    samples++;
    points += its_points;
    last_ms = time_ms;
    return true;
  }
  samples = points = 0;
  if (alone) takeAside(alone, accept);
  else takeRecords(accept);
  return payload && payload + "]";
}

/** The server has what is under way (`arrived`), or it waits again, in its place. */
export function settle(arrived: boolean): void {
  const count = settleRecords(arrived);
  if (arrived) sent += count;
}

/**
 * The one sample that is under way is lost: the server does not take it. Counted, and reported as `lost_record`: why, and
 * the sample's time, ms since 1970 (0: it had none). Of its content nothing, as that may be what the server refuses; nor
 * is the loss of such a report reported.
 */
export function giveUp(payload: string, why: Reason): void {
  giveUpTaken();
  if (payload.lastIndexOf('"lost_record"') < 0)
    append(now_ms(), 0, json({ lost_record: words(why, "sample of " + last_ms) }));
  saveState();
}
