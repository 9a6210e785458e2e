/**
 * Samples on their way to the server, oldest first: written to flash before they are sent, confirmed there once the server
 * has them. When the flash is full the oldest go, and are counted.
 */
import { BOARD } from "#board";
import type { Fix } from "../gnss/fix.ts";
import { Kind, put, record, settle as settleRecords, state, take as takeRecords, Word } from "./journal.ts";

const enum Limit {
  /** January 2020, seconds since 1970: a clock that says less was never set. */
  Epoch_s = 1577836800,
  /** Of a record with values of any kind: what stands before their text. */
  Head = 12,
  Slot = 24,
  /** Samples a packet, and the latest: each takes about 9 variables, twice. */
  Batch = 7,
  /** Bytes a packet's samples may have: with topic and header one TCP segment, 1,460. */
  Payload = 1400,
}

/** In place of an altitude that is not known. */
const UNKNOWN = 0x7fffffff;

/** The settings that matter here. `no_time`: what becomes of a sample without a time. */
interface Settings {
  /** "hold": it waits for the clock; "server": the server dates it; "drop": it is dropped, and counted. */
  no_time: string;
  keys: string;
}

let settings: Settings;
/** From the board's own clock, which began with the board, to the time, ms; 0: not known yet. */
let clock_ms = 0;
/** Samples a packet: one after a connection that ended with some under way, then more again. */
let batch: number = Limit.Batch;
/** How many the server has. */
export let sent = 0;

export function useSettings(given: Settings): void {
  settings = given;
}

/** The time is known, ms since 1970: that of samples taken before, too. */
export function clockIs(time_ms: number): void {
  const own_ms = Date.now();
  if (!clock_ms && own_ms < Limit.Epoch_s * 1000) clock_ms = time_ms - own_ms;
  // Espruino for Linux cannot set the system's clock; its `setTime` only makes every timer late or early.
  if ((BOARD as string) !== "LINUX") setTime(time_ms / 1000);
}

/**
 * Keeps a fix, or other values, given as JSON text. "" or why it cannot be kept. `time_ms`: since 1970, or by a clock that
 * was never set.
 */
export function append(time_ms: number, fix: Fix | 0, text: string): string {
  const slots = fix ? 0 : Math.ceil((text.length + Limit.Head) / Limit.Slot);
  const words = new Int32Array(6 * (slots || 1));
  const ms = (time_ms % 1000) | 0;
  let time_s = time_ms / 1000 - Limit.Epoch_s;
  if (time_s < 0) {
    if (settings.no_time === "drop") {
      (state[Word.Dropped] as number)++;
      return "no time";
    }
    // Only in this run of the board can it be known what its clock said.
    time_s = (1 << 31) | (((state[Word.Boots] as number) << 25) >>> 1) | ((time_ms / 1000) & 0xffffff);
  }
  words[1] = time_s;
  if (fix) {
    const altitude_m = fix.altitude_m;
    const speed_kmh = fix.speed_kmh;
    words[2] = Math.round(fix.latitude * 1e6);
    words[3] = Math.round(fix.longitude * 1e6);
    words[4] = altitude_m === +(altitude_m as number) ? Math.round(altitude_m * 10) : UNKNOWN;
    words[5] = speed_kmh === +(speed_kmh as number) ? Math.round(speed_kmh * 10) * 1000 + ms : -1 - ms;
  } else {
    if (slots > Kind.Slots) return "too large";
    words[2] = ms;
    while ((text.length + Limit.Head) % Limit.Slot) text += " ";
    new Uint8Array(words.buffer).set(E.toUint8Array(text), Limit.Head);
  }
  return put(Kind.Waits | slots, words) ? "" : "flash worn out";
}

/** The JSON of the oldest samples, as many as one packet takes; "" when none can go. They are under way until `settle`. */
export function take(): string {
  let payload = "";
  let left = batch;
  takeRecords(function () {
    const words = new Int32Array(record.buffer);
    const slots = (record[0] as number) & Kind.Slots;
    const last = words[5] as number;
    const time_s = words[1] as number;
    let time_ms: number =
      (time_s + Limit.Epoch_s) * 1000 + (slots ? (words[2] as number) : last < 0 ? -1 - last : last % 1000);
    let text: string;
    if (time_s < 0) {
      time_ms = 0;
      if (((time_s >> 24) & 127) === ((state[Word.Boots] as number) & 127)) {
        if (clock_ms) time_ms = clock_ms + (time_s & 0xffffff) * 1000;
        else if (settings.no_time === "hold" && Date.now() < Limit.Epoch_s * 1000) return 0;
      }
    }
    if (slots) text = E.toString(new Uint8Array(record.buffer, Limit.Head)).trim();
    else {
      const values: Record<string, number> = {};
      settings.keys.split(",").forEach(function (key, i) {
        const value = [
          (words[3] as number) / 1e6,
          (words[2] as number) / 1e6,
          (words[4] as number) / 10,
          ((last / 1000) | 0) / 10,
        ][i];
        if (key && !(i === 2 && words[4] === UNKNOWN) && !(i === 3 && last < 0))
          values[key] = value as number;
      });
      text = JSON.stringify(values);
    }
    if (time_ms) text = '{"ts":' + time_ms + ',"values":' + text + "}";
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
