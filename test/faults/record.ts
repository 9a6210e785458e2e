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
/** Bit 7 of the kind: still waits. The rest: slots of a JSON text, 0 for a fix. */
const WAITS = 0x80;
const MOST_SLOTS = 31;
const EPOCH_MS = Date.UTC(2020, 0, 1);
const UNKNOWN = 0x7fffffff;

export interface OutboxRecord extends Sample {
  /** How much room it takes, of the 170 slots of a block. */
  slots: number;
}

/** The record that waits in these bytes, exactly; undefined when it is none, or torn. */
export function decodeRecord(bytes: Uint8Array): OutboxRecord | undefined {
  const kind = bytes[0] ?? 0;
  const slots = kind & ~WAITS;
  if (!(kind & WAITS) || slots > MOST_SLOTS || bytes.length !== SLOT * (slots || 1)) return undefined;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const word = (index: number): number => view.getInt32(4 * index, true);
  if (view.getUint32(0, true) >>> 8 !== (crc32(bytes.subarray(4)) & 0xffffff)) return undefined;
  return { slots: slots || 1, ...(slots ? text(word, bytes) : fix(word)) };
}

function fix(word: (index: number) => number): Sample {
  const speed = word(5);
  const milliseconds = speed < 0 ? -1 - speed : speed % 1000;
  return {
    ts: EPOCH_MS + word(1) * 1000 + milliseconds,
    values: {
      Longitude: word(3) / 1e6,
      Latitude: word(2) / 1e6,
      ...(word(4) !== UNKNOWN && { Altitude: word(4) / 10 }),
      ...(speed >= 0 && { Speed: Math.floor(speed / 1000) / 10 }),
    },
  };
}

function text(word: (index: number) => number, bytes: Uint8Array): Sample {
  const values = JSON.parse(Buffer.from(bytes.subarray(12)).toString("latin1"));
  return { ts: EPOCH_MS + word(1) * 1000 + word(2), values };
}
