/**
 * Samples on their way to the server, oldest first: written to flash before they are sent, confirmed there once the server
 * has them. When the flash is full the oldest go, and are counted.
 */
import { BOARD } from "#board";
import type { Fix } from "../gnss/fix.ts";
import { Kind, put, record, settle as settleRecords, state, take as takeRecords, Word } from "./journal.ts";

const enum Limit {
  /** January 2020: a clock that says less was never set. */
  Known_ms = 1577836800000,
  /** Of a record of values: what stands before their text. */
  Head = 16,
  Slot = 24,
  /** Samples a packet, besides the latest: each takes about 9 variables, twice. */
  Batch = 7,
  /** Bytes a packet's samples may have: with topic and header one TCP segment, 1,460. */
  Payload = 1400,
}

/** What a record of a fix has in its second word: the altitude above -1,000 m, speed; in tenths. All ones: not known. */
const enum Bits {
  Below_dm = 10000,
  Speed = 14,
  NoSpeed = 16383,
  NoAltitude = 262143,
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
  if (!clock_ms && own_ms < Limit.Known_ms) clock_ms = time_ms - own_ms;
  // Espruino for Linux cannot set the system's clock; its `setTime` only makes every timer late or early.
  if ((BOARD as string) !== "LINUX") setTime(time_ms / 1000);
}

/** How often the board started, in seven bits. */
function run(): number {
  return ((state[Word.Starts] as number) >> 16) & 127;
}

/**
 * Keeps a fix, or other values, given as JSON text. "" or why it cannot be kept. `time_ms`: since 1970, or by a clock that
 * was never set.
 */
export function append(time_ms: number, fix: Fix | 0, text: string): string {
  const slots = fix ? 0 : Math.ceil((text.length + Limit.Head) / Limit.Slot);
  if (slots > Kind.Slots) return "too large";
  const words = new Int32Array(6 * (slots || 1));
  if (time_ms < Limit.Known_ms) {
    if (settings.no_time === "drop") {
      (state[Word.Dropped] as number)++;
      return "no time";
    }
    // Below 0: by the clock of this run, which a later one will not know.
    time_ms = -run() * 1e12 - time_ms;
  }
  new Float64Array(words.buffer)[1] = time_ms;
  if (fix) {
    const altitude_m = fix.altitude_m;
    const speed_kmh = fix.speed_kmh;
    words[1] =
      ((altitude_m === +(altitude_m as number) ? Math.round(altitude_m * 10) + Bits.Below_dm : -1) <<
        Bits.Speed) |
      ((speed_kmh === +(speed_kmh as number) ? Math.round(speed_kmh * 10) : -1) & Bits.NoSpeed);
    words[4] = Math.round(fix.latitude * 1e6);
    words[5] = Math.round(fix.longitude * 1e6);
  } else {
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
    const packed = words[1] as number;
    let time_ms = new Float64Array(record.buffer)[1] as number;
    let text: string;
    if (time_ms < 0) {
      const same = ((-time_ms / 1e12) | 0) === run();
      if (same && !clock_ms && settings.no_time === "hold" && Date.now() < Limit.Known_ms) return 0;
      time_ms = same && clock_ms ? clock_ms - (time_ms % 1e12) : 0;
    }
    if ((record[0] as number) & Kind.Slots)
      text = E.toString(new Uint8Array(record.buffer, Limit.Head)).trim();
    else {
      const values: Record<string, number> = {};
      settings.keys.split(",").forEach(function (key, i) {
        const value = [words[5] as number, words[4] as number, packed >>> Bits.Speed, packed & Bits.NoSpeed][
          i
        ] as number;
        if (key && value !== (i > 2 ? Bits.NoSpeed : i > 1 ? Bits.NoAltitude : ""))
          values[key] = i > 2 ? value / 10 : i > 1 ? (value - Bits.Below_dm) / 10 : value / 1e6;
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
