import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { crc32 } from "node:zlib";
import { decodeRecord } from "./record.ts";

type Part = ["half" | "word", number] | string;

/** A slot of this kind; its content in halves of 16 bits, words of 32 or text. */
function slot(kind: number, ...content: Part[]): Buffer {
  const bytes = Buffer.alloc(24);
  bytes[0] = kind;
  let at = 4;
  for (const part of content)
    if (typeof part === "string") at += bytes.write(part, at, "latin1");
    else if (part[0] === "half") at = bytes.writeUInt16LE(part[1], at);
    else at = bytes.writeInt32LE(part[1], at);
  bytes.writeUIntLE(crc32(bytes) & 0x7fffff, 1, 3);
  bytes.writeInt32LE(bytes.readInt32LE(0) | 0x80000080, 0);
  return bytes;
}

const SECONDS = Date.UTC(2026, 5, 1) / 1000;
const PLACE: Part[] = [
  ["word", 52_520_010],
  ["word", -13_404_950],
];
const fix = (kind: number, altitude: number, speed: number): Buffer =>
  slot(kind, ["word", SECONDS], ...PLACE, ["word", altitude], ["half", speed], ["half", 45]);
const at = { Longitude: -13.40495, Latitude: 52.52001 };
const ts = Date.UTC(2026, 5, 1, 0, 0, 0, 45);

describe("a record of the outbox", () => {
  for (const [what, altitude, speed, values] of [
    ["a fix", 345, 123, { ...at, Altitude: 34.5, Speed: 12.3 }],
    ["in a plane", 253_000, 16_668, { ...at, Altitude: 25_300, Speed: 1666.8 }],
    ["below the sea, at a stop", -12_000, 0, { ...at, Altitude: -1200, Speed: 0 }],
    ["without altitude and speed", 0x7fffffff, 0xffff, at],
  ] as const)
    test(what, () => {
      assert.deepEqual(decodeRecord(fix(1, altitude, speed)), { slots: 1, ts, values });
    });

  test("any telemetry", () => {
    const text = '{"a":[1,"x"],"b":"more than one slot"}';
    const whole = Buffer.concat([
      slot(3, ["word", SECONDS], text.slice(0, 12), ["half", text.length], ["half", 7]),
      slot(5, text.slice(12, 32)),
      slot(5, text.slice(32)),
    ]);
    assert.deepEqual(decodeRecord(whole), {
      slots: 3,
      ts: Date.UTC(2026, 5, 1, 0, 0, 0, 7),
      values: { a: [1, "x"], b: "more than one slot" },
    });
    assert.equal(decodeRecord(whole.subarray(0, 48)), undefined, "a part is missing");
    assert.equal(decodeRecord(Buffer.concat([whole, slot(5, "x")])), undefined, "one too many");
    assert.equal(decodeRecord(Buffer.concat([whole.subarray(0, 48), fix(1, 0, 0)])), undefined);
  });

  /** Without bit 7, bit 31. */
  const done = (bytes: Buffer, first = 0x7f, last = 0x7f): Buffer => {
    const changed = Buffer.from(bytes);
    changed[0] = (bytes[0] ?? 0) & first;
    changed[3] = (bytes[3] ?? 0) & last;
    return changed;
  };

  test("one that is done with is found when it is asked for; with one of its marks it still waits", () => {
    const bytes = fix(1, 345, 123);
    const record = decodeRecord(bytes);
    assert.ok(record);
    assert.deepEqual(decodeRecord(done(bytes), false), record);
    assert.deepEqual(decodeRecord(done(bytes, 0x7f, 0xff)), record);
    assert.deepEqual(decodeRecord(done(bytes, 0xff, 0x7f)), record);
  });

  test("what is done with, is torn, too short or no record is none", () => {
    const bytes = fix(1, 0, 0);
    for (const broken of [
      done(bytes),
      Buffer.concat([bytes.subarray(0, 20), Buffer.alloc(4, 0xff)]),
      bytes.subarray(0, 20),
      new Uint8Array(24).fill(0xff),
      // The state, and a time that nobody knew.
      fix(6, 0, 0),
      fix(2, 0, 0),
    ])
      assert.equal(decodeRecord(broken), undefined);
  });

  test("each byte counts", () => {
    for (let i = 0; i < 24; i++)
      for (let bits = 1; bits < 256; bits++) {
        const hit = fix(1, 345, 123);
        hit[i] = (hit[i] ?? 0) ^ bits;
        // One mark says as much as two.
        if (bits === 0x80 && (i === 0 || i === 3)) assert.ok(decodeRecord(hit));
        else assert.equal(decodeRecord(hit), undefined, `byte ${i}`);
      }
  });
});
