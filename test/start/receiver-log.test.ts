import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, describe, test } from "node:test";
import { gzipSync } from "node:zlib";
import { Fault } from "../../scripts/fault.ts";
import { createTape } from "../../scripts/simulator/gnss-tape.ts";
import { readOptions } from "../../scripts/start/options.ts";
import { readLog } from "../../scripts/start/receiver-log.ts";
import { WESTERN } from "../gnss/logs.ts";
import { sentences } from "../gnss/sentence.ts";

const directory = mkdtempSync(join(tmpdir(), "receiver-log-"));
after(() => rmSync(directory, { recursive: true }));

function file(content: string | Uint8Array): string {
  const path = join(directory, "log.nmea");
  writeFileSync(path, content, "latin1");
  return path;
}

const ONLY_GGA = sentences(
  "GPGGA,235958.000,6408.7600,N,02156.4000,W,1,07,1.3,15.2,M,66.1,M,,",
  "GPGSV,1,1,02,05,40,120,33,12,61,250,41",
  "GPGGA,235959.000,6408.7602,N,02156.4131,W,1,08,1.2,15.4,M,66.1,M,,",
  "GPGGA,000000.000,6408.7604,N,02156.4262,W,1,08,1.2,15.4,M,66.1,M,,",
  "GPGGA,000002.000,6408.7606,N,02156.4393,W,1,08,1.2,15.4,M,66.1,M,,",
);
const NO_FIX = sentences("GPRMC,101500.000,V,,,,,,,140623,,,N", "GPGGA,101500.000,,,,,0,00,,,M,,M,,");

describe("a log that is replayed", () => {
  test("says from when it is", () => {
    const { text, note } = readLog(file(WESTERN));
    assert.equal(text, WESTERN);
    assert.match(
      note,
      /log\.nmea: 2 fixes from 2023-06-14 10:15:00Z on, replayed over and over from now on$/,
    );
  });

  test("of GGA alone has no date, and says so; its times of day pace it, over midnight too", () => {
    const { text, note } = readLog(file(ONLY_GGA));
    assert.match(note, /: 4 fixes, with no date in it; /);
    const day_ms = Date.UTC(2026, 5, 1);
    const tape = createTape(text, day_ms + 12_345_678);
    assert.equal(tape.length_ms, 5000);
    assert.deepEqual(
      [0, 1000, 2000, 4000].map((at_ms) => tape.fixAt(at_ms)?.time_ms),
      [-2000, -1000, 0, 2000].map((ms) => day_ms + 86_400_000 + ms),
    );
    assert.equal(tape.fixAt(1000)?.latitude.toFixed(6), "64.146003");
    assert.equal(tape.sentencesAt(1000, "GSV").length, 1);
  });

  const utf16 = Buffer.from(WESTERN, "utf16le");
  const mark = Buffer.from("\uFEFF", "utf16le");
  for (const [name, bytes] of [
    ["UTF-16, little-endian", Buffer.concat([mark, utf16])],
    ["UTF-16, big-endian", Buffer.concat([mark, utf16]).swap16()],
    ["UTF-16 without a mark", utf16],
    ["UTF-8 with a mark", Buffer.from(`\uFEFF${WESTERN}`)],
    ["times of a terminal before each sentence", Buffer.from(WESTERN.replaceAll("$", "[12:00:01.5] $"))],
    ["another protocol's packets between", Buffer.from(`\xb5\x62\x01\x07\0\0${WESTERN}\0\x01`, "latin1")],
    ["no line feeds", Buffer.from(WESTERN.replaceAll("\n", ""))],
  ] as const)
    test(name, () => assert.match(readLog(file(bytes)).note, /: 2 fixes from 2023-06-14 10:15:00Z on, /));
});

describe("a log that is not replayed is refused in one line", () => {
  const gpx = '<?xml version="1.0"?><gpx><trkpt lat="1" lon="2"/></gpx>';
  for (const [name, content, why] of [
    ["empty", "", "is empty"],
    ["nothing but line ends", "\r\n\n", "is empty"],
    ["an empty file of Windows' Notepad", Buffer.from("fffe", "hex"), "is empty"],
    ["other text", gpx, "has no NMEA sentences in it, such as $GPRMC,…"],
    ["binary", gzipSync(WESTERN), "is binary, not a receiver's NMEA text"],
    [
      "wrong checksums",
      WESTERN.replace(/\*../g, "*00"),
      "none of its 8 NMEA sentences has the right checksum",
    ],
    ["no checksums", WESTERN.replace(/\*../g, ""), "none of its 8 NMEA sentences has the right checksum"],
    [
      "no fix",
      NO_FIX,
      "its NMEA sentences (GPRMC, GPGGA) tell no position; the receiver had no fix, or RMC and GGA are switched off",
    ],
  ] as const)
    test(name, () => {
      const path = file(content);
      assert.throws(() => readLog(path), new Fault(`--log ${path}: ${why}`));
      assert.throws(() => readOptions(["--log", path]), Fault);
    });

  test("no file, and a directory", () => {
    const missing = join(directory, "missing");
    assert.throws(() => readLog(missing), new Fault(`--log ${missing}: there is no such file`));
    assert.throws(() => readLog(directory), new Fault(`--log ${directory}: is a directory`));
  });
});
