/**
 * Samples on their way to the server, oldest first: written to flash before they are sent, confirmed there once the server
 * has them. When the flash is full the oldest go, and are counted.
 */
import type { Fix } from "../gnss/fix.ts";
import { started_ms } from "./clock.ts";
import {
  Kind,
  put,
  record,
  Size,
  settle as settleRecords,
  state,
  take as takeRecords,
  Word,
} from "./journal.ts";

/** Espruino's: strings of bytes to bytes, and back. */
declare const E: { toString(bytes: Uint8Array): string; toUint8Array(text: string): Uint8Array };

const enum Limit {
  /** January 2020, since 1970: less is no time, but how long the board ran; see `now_ms`. */
  Known_s = 1577836800,
  /** Samples a packet, besides the latest: each takes about 9 variables, twice. */
  Batch = 7,
  /** Bytes a packet's samples may have, but for two brackets: with topic and header one TCP segment, 1,460. */
  Payload = 1398,
}

/** Words of a record. One slot is a fix; values have none of the place, and their text in the slots that follow. */
const enum At {
  /** Seconds since 2020. Below 0: bits 24 to 30 say in which run of the board, the others how long it ran. */
  Time_s = 1,
  /** Altitude above -1,000 m, 18 bits, and speed, 14 bits; in 0.1 m, 0.1 km/h and one more. 0: not known. */
  Motion,
  /** Millionths of a degree. */
  Latitude,
  Longitude,
  /** Of the time. */
  Ms,
}

const enum Motion {
  Below_dm = 10000,
  SpeedBits = 14,
  Speed = 16383,
}

/** The settings that matter here. */
interface Settings {
  /**
   * What becomes of a sample without a time: "hold": it waits for the clock; "server": the server dates it; "drop": it is
   * dropped, and counted. Those that a restart parted from their clock are dated by the server.
   */
  no_time: string;
  keys: string;
}

let settings: Settings;
/** Samples a packet: one after a connection that ended with some under way, then more again. */
let batch: number = Limit.Batch;
/** How many the server has. */
export let sent = 0;

export function useSettings(given: Settings): void {
  settings = given;
}

/**
 * Keeps a fix, or other values, given as JSON text. "" or why it cannot be kept. `time_ms`: as `now_ms`
 * has it.
 */
export function append(time_ms: number, fix: Fix | 0, text: string): string {
  const slots = ((text.length + (2 * Size.Slot - 1)) / Size.Slot) | 0;
  if (slots > Kind.Slots) return "too large";
  const words = new Int32Array(6 * slots);
  words[At.Time_s] = time_ms / 1000 - Limit.Known_s;
  words[At.Ms] = time_ms % 1000;
  if ((words[At.Time_s] as number) < 0) {
    if (settings.no_time === "drop") {
      (state[Word.Dropped] as number)++;
      return "no time";
    }
    words[At.Time_s] =
      (1 << 31) | (((state[Word.Starts] as number) & 127) << 24) | ((time_ms / 1000) & 0xffffff);
  }
  if (fix) {
    // What is not known is NaN by now, and so 0. The half is for rounding.
    words[At.Motion] =
      ((10 * (fix.altitude_m as number) + (Motion.Below_dm + 0.5)) << Motion.SpeedBits) |
      ((10 * (fix.speed_kmh as number) + 1.5) & Motion.Speed);
    words[At.Latitude] = Math.round(fix.latitude * 1e6);
    words[At.Longitude] = Math.round(fix.longitude * 1e6);
  } else {
    while (text.length % Size.Slot) text += " ";
    new Uint8Array(words.buffer).set(E.toUint8Array(text), Size.Slot);
  }
  if (put(Kind.Waits | slots, words)) return "";
  (state[Word.Dropped] as number)++;
  return "flash worn";
}

/** The JSON of the oldest samples, as many as one packet takes; "" when none can go. They are under way until `settle`. */
export function take(): string {
  let payload = "";
  let left = batch;
  takeRecords(function () {
    const words = new Int32Array(record.buffer);
    const motion = words[At.Motion] as number;
    let time_ms: number = ((words[At.Time_s] as number) + Limit.Known_s) * 1000;
    let text: string;
    if ((words[At.Time_s] as number) < 0) {
      time_ms = 0;
      if ((((state[Word.Starts] as number) ^ ((words[At.Time_s] as number) >> 24)) & 127) === 0) {
        if (started_ms) time_ms = started_ms + ((words[At.Time_s] as number) & 0xffffff) * 1000;
        else if (settings.no_time === "hold") return 0;
      }
    }
    if (record.length > Size.Slot) text = E.toString(new Uint8Array(record.buffer, Size.Slot)).trim();
    else {
      const values: Record<string, number> = {};
      settings.keys.split(",").forEach(function (key, i) {
        const value = [
          words[At.Longitude],
          words[At.Latitude],
          motion >>> Motion.SpeedBits,
          motion & Motion.Speed,
        ][i] as number;
        if (key && (i < 2 || value))
          values[key] = i < 2 ? value / 1e6 : (value - (i > 2 ? 1 : Motion.Below_dm)) / 10;
      });
      text = JSON.stringify(values);
    }
    if (time_ms) text = '{"ts":' + (time_ms + (words[At.Ms] as number)) + ',"values":' + text + "}";
    // Below 0, for the latest: it may go along.
    if (!left-- || payload.length + text.length > Limit.Payload) return 0;
    payload += (payload ? "," : "[") + text;
    return 1;
  });
  return payload && payload + "]";
}

/** The server has what is under way (`arrived`), or it waits again, in its place. */
export function settle(arrived: boolean): void {
  sent += settleRecords(arrived);
  batch = arrived ? Math.min(batch * 2, Limit.Batch) : 1;
}
