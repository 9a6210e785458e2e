/**
 * The outbox's records as the format describes them (firmware/tracker/slot.ts), decoded without the firmware's code:
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
const FIX = 1;
const TEXT = 3;
const MORE = 5;
const REPORT = 8;
const HEAD_TEXT = 12;
const UNKNOWN_ALTITUDE = 0x7fffffff;
const UNKNOWN_SPEED = 0xffff;

export interface OutboxRecord extends Sample {
  /** How much room it takes, of the 170 slots of a block. */
  slots: number;
  /** Of a report, beside its values, as they are sent only if the settings ask for them. */
  measured?: Record<string, number>;
}

/** By number, those that are sent unasked, as events are, from START on (firmware/tracker/why.ts). */
const WHYS = "interval heartbeat call upload motion start stop turn overspeed enter exit battery".split(" ");
const START = WHYS.indexOf("start");

/** The record with what the server is to get of it: its measured values, as far as the setting `extras` names them. */
export function reported(record: OutboxRecord, extras: string): OutboxRecord {
  const { measured, ...its } = record;
  if (!measured) return record;
  const wanted = extras.split(",");
  const { why = 0, ...others } = measured;
  return {
    ...its,
    values: {
      ...its.values,
      ...((why >= START || wanted.includes("why")) && { why: WHYS[why] }),
      ...Object.fromEntries(Object.entries(others).filter(([name]) => wanted.includes(name))),
      // With the event that it is low goes how low, asked for or not.
      ...(WHYS[why] === "battery" && others.battery !== undefined && { battery: others.battery }),
    },
  };
}

const kindOf = (slot: Uint8Array): number => (slot[0] ?? 0) & 0x7f;
/** Bits 7 and 31: any of them. */
const waits = (slot: Uint8Array): boolean => ((slot[0] ?? 0) | (slot[3] ?? 0)) > 0x7f;

/** Is the slot's check right? */
function isWhole(slot: Uint8Array): boolean {
  const check = (new DataView(slot.buffer, slot.byteOffset).getUint32(0, true) >>> 8) & 0x7fffff;
  const bare = Uint8Array.from(slot);
  bare.set([kindOf(slot), 0, 0, 0]);
  return check === (crc32(bare) & 0x7fffff);
}

/** The record with a time in these bytes, exactly, that waits; undefined when it is none, or torn. */
export function decodeRecord(bytes: Uint8Array, only_waiting = true): OutboxRecord | undefined {
  const slots = Array.from({ length: bytes.length / SLOT }, (_, i) =>
    Uint8Array.from(bytes.subarray(SLOT * i, SLOT * (i + 1))),
  );
  const [head, ...parts] = slots;
  if (!head || bytes.length % SLOT || !slots.every(isWhole)) return undefined;
  if (only_waiting && !waits(head)) return undefined;
  const view = new DataView(head.buffer);
  const ts = view.getUint32(4, true) * 1000 + view.getUint16(22, true);
  if (kindOf(head) === FIX && parts.length === 0) return { slots: 1, ts, values: fix(view) };
  if (kindOf(head) === REPORT) return report(view, parts);
  const length = view.getUint16(20, true);
  const text = Buffer.concat([head.subarray(8, 8 + HEAD_TEXT), ...parts.map((part) => part.subarray(4))]);
  if (kindOf(head) !== TEXT || !parts.every((part) => kindOf(part) === MORE)) return undefined;
  if (text.length < length || text.length - length >= 20) return undefined;
  return { slots: slots.length, ts, values: JSON.parse(text.subarray(0, length).toString("latin1")) };
}

function fix(view: DataView): Record<string, number> {
  const altitude = view.getInt32(16, true);
  const speed = view.getUint16(20, true);
  return {
    Longitude: view.getInt32(12, true) / 1e6,
    Latitude: view.getInt32(8, true) / 1e6,
    ...(altitude !== UNKNOWN_ALTITUDE && { Altitude: altitude / 10 }),
    ...(speed !== UNKNOWN_SPEED && { Speed: speed / 10 }),
  };
}

/** A fix with battery, signal and why in the bits that its height and time leave, and one slot more if there are other values. */
function report(view: DataView, parts: Uint8Array[]): OutboxRecord | undefined {
  const [altitude, last] = [view.getUint32(16, true), view.getUint32(20, true)];
  if (parts.length !== last >>> 31 || !parts.every((part) => kindOf(part) === MORE)) return undefined;
  const [height, speed, percent, signal] = [
    altitude & 0x7ffff,
    last & 0xffff,
    (altitude >>> 19) & 127,
    altitude >>> 26,
  ];
  return {
    slots: 1 + parts.length,
    ts: view.getUint32(4, true) * 1000 + ((last >>> 16) & 1023),
    measured: {
      why: (last >>> 26) & 31,
      ...(percent !== 127 && { battery: percent }),
      ...(signal !== 0 && { signal_dbm: 2 * signal - 143 }),
    },
    values: {
      Longitude: view.getInt32(12, true) / 1e6,
      Latitude: view.getInt32(8, true) / 1e6,
      ...(height !== 0x7ffff && { Altitude: (height - 10_000) / 10 }),
      ...(speed !== 0xffff && { Speed: speed / 10 }),
    },
  };
}

/** The fixes in an image of a flash, wherever its blocks are: those that wait, or those that are done with, too. */
export function fixesIn(image: Uint8Array, only_waiting = false): OutboxRecord[] {
  const found = new Map<number, OutboxRecord>();
  for (let at = 0; at + SLOT <= image.length; at += 4) {
    const kind = (image[at] ?? 0) & 0x7f;
    const more = kind === REPORT && (image[at + SLOT - 1] ?? 0) > 0x7f ? SLOT : 0;
    const record =
      kind === FIX || kind === REPORT
        ? decodeRecord(image.subarray(at, at + SLOT + more), only_waiting)
        : undefined;
    if (record) found.set(record.ts, record);
  }
  return [...found.values()];
}
