import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { crc32 } from "node:zlib";
import { decodeRecord } from "./record.ts";

function record(kind: number, words: number[], text = ""): Uint8Array {
  const tail = Buffer.alloc(words.length * 4);
  for (const [i, word] of words.entries()) tail.writeInt32LE(word, 4 * i);
  const body = Buffer.concat([tail, Buffer.from(text, "latin1")]);
  const head = Buffer.alloc(4);
  head.writeUInt32LE(((crc32(body) << 8) | kind) >>> 0);
  return Buffer.concat([head, body]);
}

const SECONDS = 202435200;
const PLACE = [52_520_010, -13_404_950];
const FIX = [SECONDS, (10_345 << 14) | 124, ...PLACE, 45];

describe("a record of the outbox", () => {
  test("a fix", () => {
    assert.deepEqual(decodeRecord(record(0x81, FIX)), {
      slots: 1,
      ts: Date.UTC(2026, 5, 1, 0, 0, 0, 45),
      values: { Longitude: -13.40495, Latitude: 52.52001, Altitude: 34.5, Speed: 12.3 },
    });
  });

  test("a fix on a mountain, at a stop", () => {
    const values = decodeRecord(record(0x81, [SECONDS, ((190_000 << 14) | 1) >> 0, ...PLACE, 0]))?.values;
    assert.deepEqual(values, { Longitude: -13.40495, Latitude: 52.52001, Altitude: 18_000, Speed: 0 });
  });

  test("a fix without altitude and speed", () => {
    assert.deepEqual(decodeRecord(record(0x81, [SECONDS, 0, ...PLACE, 45])), {
      slots: 1,
      ts: Date.UTC(2026, 5, 1, 0, 0, 0, 45),
      values: { Longitude: -13.40495, Latitude: 52.52001 },
    });
  });

  test("any telemetry", () => {
    const text = '{"a":[1,"x"],"b":"more than one slot"}'.padEnd(48);
    assert.deepEqual(decodeRecord(record(0x83, [SECONDS, 0, 0, 0, 7], text)), {
      slots: 3,
      ts: Date.UTC(2026, 5, 1, 0, 0, 0, 7),
      values: { a: [1, "x"], b: "more than one slot" },
    });
  });

  test("what does not wait, is torn, too short or no record is none", () => {
    assert.equal(decodeRecord(record(0x01, FIX)), undefined);
    assert.equal(decodeRecord(record(0x41, FIX)), undefined);
    assert.equal(decodeRecord(record(0x80, FIX)), undefined);
    assert.equal(decodeRecord(record(0x82, FIX)), undefined);
    assert.equal(decodeRecord(record(0x81, FIX).subarray(0, 20)), undefined);
    assert.equal(decodeRecord(new Uint8Array(24).fill(0xff)), undefined);
    const torn = record(0x81, FIX);
    torn.fill(0xff, 20);
    assert.equal(decodeRecord(torn), undefined);
  });
});
