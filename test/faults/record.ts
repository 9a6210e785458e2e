/**
 * The outbox's records as the format describes them (firmware/tracker/journal.ts), decoded without the firmware's code:
 * so the tests check the format too.
 */
import { crc32 } from "node:zlib";

/** Telemetry of one moment. */
export interface Sample {
  /** Milliseconds since 1970. */
  ts: number;
  values: Record<string, unknown>;
}

const SLOT = 24;
/** Bit 7 of the kind: still waits. The rest: how many slots it takes; one is a fix. */
const WAITS = 0x80;
const MOST_SLOTS = 31;
const EPOCH_MS = Date.UTC(2020, 0, 1);
/** An altitude of 0 m, in 0.1 m. */
const SEA_LEVEL = 10_000;

export interface OutboxRecord extends Sample {
  /** How much room it takes, of the 170 slots of a block. */
  slots: number;
}

/** The record that waits in these bytes, exactly; undefined when it is none, or torn. */
export function decodeRecord(bytes: Uint8Array): OutboxRecord | undefined {
  const kind = bytes[0] ?? 0;
  const slots = kind & ~WAITS;
  if (!(kind & WAITS) || slots < 1 || slots > MOST_SLOTS || bytes.length !== SLOT * slots) return undefined;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const word = (index: number): number => view.getInt32(4 * index, true);
  if (view.getUint32(0, true) >>> 8 !== (crc32(bytes.subarray(4)) & 0xffffff)) return undefined;
  const ts = EPOCH_MS + word(1) * 1000 + word(5);
  const text = Buffer.from(bytes.subarray(SLOT)).toString("latin1");
  return { slots, ts, values: slots > 1 ? JSON.parse(text) : fix(word) };
}

function fix(word: (index: number) => number): Record<string, number> {
  const altitude = word(2) >>> 14;
  const speed = word(2) & 0x3fff;
  return {
    Longitude: word(4) / 1e6,
    Latitude: word(3) / 1e6,
    ...(altitude && { Altitude: (altitude - SEA_LEVEL) / 10 }),
    ...(speed && { Speed: (speed - 1) / 10 }),
  };
}

/** The fixes in an image of a flash, wherever its blocks are: those that wait, or confirmed ones too. */
export function fixesIn(image: Uint8Array, only_waiting = false): OutboxRecord[] {
  const found = new Map<number, OutboxRecord>();
  for (let at = 0; at + SLOT <= image.length; at += 4) {
    const bytes = Uint8Array.from(image.subarray(at, at + SLOT));
    if (!only_waiting) bytes[0] = (bytes[0] ?? 0) | WAITS;
    const record = decodeRecord(bytes);
    if (record?.slots === 1) found.set(record.ts, record);
  }
  return [...found.values()];
}
