import assert from "node:assert/strict";
import { describe, it } from "node:test";
import fc from "fast-check";
import type { Fix } from "../../firmware/gnss/fix.ts";
import { feedNmea, flushNmea, type NmeaParser, nmeaParser } from "../../firmware/gnss/nmea.ts";
import { HOSTILE, LEAP_DAY, LOST_AND_FOUND, SOUTHERN, WESTERN, YEAR_END } from "./logs.ts";
import { sentence, sentences } from "./sentence.ts";

interface Parsed {
  /** One entry an epoch. */
  epochs: (Fix | null)[];
  parser: NmeaParser;
}

function parse(...pieces: string[]): Parsed {
  const epochs: (Fix | null)[] = [];
  const parser = nmeaParser((fix) => epochs.push(fix));
  for (const piece of pieces) feedNmea(parser, piece);
  flushNmea(parser);
  return { epochs, parser };
}

/** The one fix of a log. */
function only(log: string): Fix {
  const { epochs } = parse(log);
  assert.equal(epochs.length, 1);
  assert.ok(epochs[0]);
  return epochs[0];
}

function assertNear(actual: number | undefined, expected: number, tolerance = 1e-9): void {
  assert.ok(actual !== undefined && Math.abs(actual - expected) <= tolerance, `${actual} is not ${expected}`);
}

function times(log: string): (string | undefined)[] {
  return parse(log).epochs.map((fix) => {
    assert.ok(fix);
    return fix.time_ms === undefined ? undefined : new Date(fix.time_ms).toISOString();
  });
}

describe("one epoch, one fix", () => {
  it("merges RMC, GGA and VTG", () => {
    const { epochs } = parse(WESTERN);
    assert.equal(epochs.length, 2);
    const [first, second] = epochs;
    assert.ok(first && second);
    assert.deepEqual(Object.keys(first).sort(), [
      "altitude_m",
      "course_deg",
      "hdop",
      "latitude",
      "longitude",
      "satellites",
      "speed_kmh",
      "time_ms",
    ]);
    assertNear(first.latitude, 64 + 8.76 / 60);
    assertNear(first.longitude, -(21 + 56.4 / 60));
    assertNear(first.speed_kmh, 12.5 * 1.852);
    assert.equal(first.altitude_m, 15.2);
    assert.equal(first.course_deg, 271.4);
    assert.equal(first.hdop, 1.3);
    assert.equal(first.satellites, 7);
    assert.equal(first.time_ms, Date.UTC(2023, 5, 14, 10, 15, 0));
    assertNear(second.longitude, -(21 + 56.4131 / 60));
    assert.equal(second.satellites, 8);
    assert.equal(second.time_ms, Date.UTC(2023, 5, 14, 10, 15, 1));
  });

  it("takes GNS, south and west, and the satellites of all systems", () => {
    const fix = only(SOUTHERN);
    assertNear(fix.latitude, -(43 + 57.123456 / 60));
    assertNear(fix.longitude, -(176 + 33.654321 / 60));
    assert.equal(fix.satellites, 13);
    assert.equal(fix.time_ms, Date.UTC(2024, 0, 1, 3, 14, 15, 500));
  });

  it("keeps south and west when the degrees are 0", () => {
    const fix = only(sentence("GPRMC,101500,A,0000.0600,S,00000.0600,W,,,140623,,,A"));
    assertNear(fix.latitude, -0.001);
    assertNear(fix.longitude, -0.001);
  });

  for (const talker of ["GP", "GN", "GL", "GA", "GB", "BD", "GI", "GQ", "QZ", "IN", "II", "U0", "XX"])
    it(`knows talker ${talker}`, () => {
      assert.ok(only(sentence(`${talker}RMC,101500.000,A,6408.7600,N,02156.4000,W,1,2,140623,,,A`)));
    });

  it("takes place and time of a receiver that says GLL only, the date of ZDA", () => {
    const log = sentences(
      "GPGLL,6408.7600,N,02156.4000,W,235959.00,A,A",
      "GPZDA,235959.00,14,06,2026,00,00",
      "GPGLL,6408.7700,N,02156.4000,W,000000.00,A,A",
      "GPGLL,6408.7800,N,02156.4000,W,000001.00,V,N",
    );
    const { epochs } = parse(log);
    assert.equal(epochs.length, 3);
    assertNear(epochs[0]?.latitude, 64 + 8.76 / 60);
    assertNear(epochs[0]?.longitude, -(21 + 56.4 / 60));
    assert.equal(epochs[0]?.time_ms, Date.UTC(2026, 5, 14, 23, 59, 59));
    assert.equal(epochs[1]?.time_ms, Date.UTC(2026, 5, 15));
    assert.equal(epochs[2], null);
  });

  it("GLL does not undo the digits of the others", () => {
    const fix = only(
      sentences(
        "GPGGA,101500.00,6408.7654321,N,02156.4000,W,1,07,1.3,15.2,M,66.1,M,,",
        "GPGLL,6408.76,N,02156.40,W,101500.00,A,A",
      ),
    );
    assertNear(fix.latitude, 64 + 8.7654321 / 60);
  });

  for (const [name, log] of [
    ["before", ["GPZDA,101500.00,14,06,2026,00,00", "GPGGA,101500.00,6400.0000,N,02100.0000,E,1,,,,M,,M,,"]],
    ["after", ["GPGGA,101500.00,6400.0000,N,02100.0000,E,1,,,,M,,M,,", "GPZDA,101500.00,14,06,2026,00,00"]],
    [
      "of the next pulse",
      ["GPGGA,101500.00,6400.0000,N,02100.0000,E,1,,,,M,,M,,", "GPZDA,101501.00,14,06,2026,,"],
    ],
  ] as const)
    it(`takes the date of ZDA ${name}, which is no epoch`, () => {
      const { epochs } = parse(sentences(...log));
      assert.equal(epochs.length, 1);
      assert.equal(epochs[0]?.time_ms, Date.UTC(2026, 5, 14, 10, 15));
    });

  it("reads what follows $$, and what lies in a binary protocol", () => {
    const gga = sentence("GNGGA,101500.000,6408.7600,N,02156.4000,W,1,07,1.3,15.2,M,66.1,M,,");
    const ubx = "\xb5b\x01\x07\x5c\x00$\x24\xff*\x00\r\n$*\x80";
    for (const log of [`$${gga}`, `$$$${gga}`, `${ubx}${gga}${ubx}`, `$GNGG$${gga}`]) {
      const { epochs, parser } = parse(log);
      assert.equal(epochs.filter(Boolean).length, 1, log);
      assert.equal(parser.bad, 0, log);
      assert.deepEqual(parse(...log).epochs, epochs);
    }
  });

  it("leaves out what cannot be", () => {
    const rmc = (speed: string, course: string) =>
      `GPRMC,101500,A,6400.0000,N,02100.0000,E,${speed},${course},140623,,,A`;
    assert.deepEqual(Object.keys(only(sentence(rmc("-0.5", "361.0")))).sort(), [
      "latitude",
      "longitude",
      "time_ms",
    ]);
    assert.deepEqual(Object.keys(only(sentence(rmc("12abc", "0x10")))).sort(), [
      "latitude",
      "longitude",
      "time_ms",
    ]);
    assertNear(only(sentence(rmc("900.0", "010"))).speed_kmh, 1666.8);
    assert.equal(only(sentence(rmc("900.0", "010"))).course_deg, 10);
    for (const [altitude, expected] of [
      ["25300.0", 25300],
      ["-1200.0", undefined],
      ["1e9", undefined],
    ] as const)
      assert.equal(
        only(sentence(`GPGGA,101500.000,6400.0000,N,02100.0000,E,1,07,1.3,${altitude},M,66.1,M,,`))
          .altitude_m,
        expected,
      );
  });

  it("of loggers that write 00 satellites, and of a poor HDOP, is a fix", () => {
    assert.ok(only(sentence("GPGGA,101500.000,6400.0000,N,02100.0000,E,1,00,99.9,15.2,M,66.1,M,,")));
  });

  it("leaves out what the receiver did not say, instead of 0", () => {
    assert.deepEqual(only(sentence("GPGGA,101500.000,6400.0000,N,02100.0000,E,1,,,,M,,M,,")), {
      latitude: 64,
      longitude: 21,
    });
    assert.deepEqual(only(sentence("GPRMC,101500.000,A,6400.0000,N,02100.0000,E,,,,,,A")), {
      latitude: 64,
      longitude: 21,
    });
  });

  it("keeps a 0 that was said", () => {
    const fix = only(
      sentences(
        "GPGGA,101500.000,6400.0000,N,02100.0000,E,1,04,1.0,0.0,M,,M,,",
        "GPRMC,101500.000,A,6400.0000,N,02100.0000,E,0.0,0.0,140623,,,A",
      ),
    );
    assert.equal(fix.altitude_m, 0);
    assert.equal(fix.speed_kmh, 0);
    assert.equal(fix.course_deg, 0);
  });

  it("an empty field does not undo what another sentence said", () => {
    const fix = only(
      sentences(
        "GPGGA,101500.000,6400.0000,N,02100.0000,E,1,09,1.0,33.0,M,,M,,",
        "GNGNS,101500.000,6400.0000,N,02100.0000,E,AN,,,,,,",
      ),
    );
    assert.deepEqual([fix.satellites, fix.hdop, fix.altitude_m], [9, 1, 33]);
  });

  it("takes 101500.5 and 101500.500 for the same time", () => {
    only(
      sentences(
        "GPGGA,101500.5,6400.0000,N,02100.0000,E,1,04,1.0,0.0,M,,M,,",
        "GPRMC,101500.500,A,6400.0000,N,02100.0000,E,0.0,0.0,140623,,,A",
      ),
    );
  });

  it("takes speed and course from VTG where there is no RMC", () => {
    const fix = only(
      sentences("GPGGA,101500,6400.0000,N,02100.0000,E,1,04,1.0,0.0,M,,M,,", "GPVTG,10.5,T,,M,5.0,N,9.3,K,A"),
    );
    assert.deepEqual([fix.speed_kmh, fix.course_deg], [9.3, 10.5]);
  });

  it("VTG sent before the time of its epoch does not change the epoch before", () => {
    const { epochs } = parse(
      sentences(
        "GPRMC,101500,A,6400.0000,N,02100.0000,E,10.0,90.0,140623,,,A",
        "GPVTG,180.0,T,,M,50.0,N,92.6,K,A",
        "GPRMC,101501,A,6400.0000,N,02100.0000,E,50.0,180.0,140623,,,A",
      ),
    );
    assertNear(epochs[0]?.speed_kmh, 18.52);
    assert.equal(epochs[0]?.course_deg, 90);
  });
});

describe("no fix", () => {
  const bodies = [
    "GPRMC,101500.000,V,6408.7600,N,02156.4000,W,12.5,271.40,140623,,,N",
    "GPGGA,101500.000,6408.7600,N,02156.4000,W,0,00,,,M,,M,,",
    "GPGGA,101500.000,6408.7600,N,02156.4000,W,6,00,,,M,,M,,",
    "GPGGA,101500.000,6408.7600,N,02156.4000,W,7,00,,,M,,M,,",
    "GPGGA,101500.000,6408.7600,N,02156.4000,W,8,00,,,M,,M,,",
    "GPGGA,101500.000,6408.7600,N,02156.4000,W,,00,,,M,,M,,",
    "GNGNS,101500.000,6408.7600,N,02156.4000,W,NNN,00,,,,,",
    "GNGNS,101500.000,6408.7600,N,02156.4000,W,EES,00,,,,,",
    "GNGNS,101500.000,6408.7600,N,02156.4000,W,,00,,,,,",
    "GNGNS,101500.000,6408.7600,N,02156.4000,W,MMM,00,,,,,",
    ..."EMNS"
      .split("")
      .flatMap((mode) => [
        `GPRMC,101500.000,A,6408.7600,N,02156.4000,W,12.5,271.40,140623,,,${mode}`,
        `GPRMC,101500.000,A,6408.7600,N,02156.4000,W,12.5,271.40,140623,,,${mode},V`,
        `GPGLL,6408.7600,N,02156.4000,W,101500.000,A,${mode}`,
      ]),
    "GPGLL,6408.7600,N,02156.4000,W,101500.000,V",
    "GPGLL,6408.7600,N,02156.4000,W,101500.000,",
    "GPRMC,101500.000,A,6499.7600,N,02156.4000,W,12.5,271.40,140623,,,A",
    "GPRMC,101500.000,A,6408.7600x,N,02156.4000,W,12.5,271.40,140623,,,A",
  ];
  for (const body of bodies)
    it(body, () => {
      assert.deepEqual(parse(sentence(body)).epochs, [null]);
    });

  for (const end of ["", ",A", ",D", ",F", ",P", ",R", ",A,V", ","])
    it(`RMC of status A that ends in "${end}" is one`, () => {
      assert.ok(
        only(
          sentence(
            `GPRMC,101500.000,A,6408.7600,N,02156.4000,W,12.5,271.40,140623,,${end && ","}${end.slice(1)}`,
          ),
        ),
      );
    });

  it("dead reckoning, as RMC E and GGA 6 tell it", () => {
    const log = sentences(
      "GPRMC,101500.000,A,6408.7600,N,02156.4000,W,12.5,271.40,140623,,,E",
      "GPGGA,101500.000,6408.7600,N,02156.4000,W,6,07,1.3,15.2,M,66.1,M,,",
      "GPVTG,271.40,T,,M,12.5,N,23.2,K,E",
    );
    assert.deepEqual(parse(log).epochs, [null]);
  });

  it("dead reckoning that only GGA tells, as the others are of before NMEA 2.3 and have no mode", () => {
    for (const quality of [6, 7, 8]) {
      const gga = `GPGGA,101500,6400.0000,N,02100.0000,E,${quality},07,1.3,15.2,M,66.1,M,,`;
      const rmc = "GPRMC,101500,A,6400.0000,N,02100.0000,E,1,2,140623,,";
      const gll = "GPGLL,6400.0000,N,02100.0000,E,101500,A";
      assert.deepEqual(parse(sentences(gga, rmc)).epochs, [null]);
      assert.deepEqual(parse(sentences(rmc, gll, gga)).epochs, [null]);
      assert.deepEqual(parse(sentences(gga, gll)).epochs, [null]);
      const next = gga.replace("101500", "101501").replace(`,${quality},`, ",1,");
      assert.ok(parse(sentences(gga, rmc, next)).epochs[1], "the next epoch is another one");
    }
  });

  it("one system with a fix is enough for GNS", () => {
    assert.ok(only(sentence("GNGNS,101500.000,6408.7600,N,02156.4000,W,NNRN,05,,,,,")));
  });

  it("a fix ends when the receiver tells no time any more", () => {
    const seen = parse(LOST_AND_FOUND).epochs.map((fix) => fix && new Date(fix.time_ms ?? 0).getUTCSeconds());
    assert.deepEqual(seen, [null, 0, null, 5]);
  });

  it("a GPS-only sentence without a fix does not split the epoch of another system", () => {
    const fix = only(
      sentences(
        "GNGNS,101500.000,6408.7600,N,02156.4000,W,NA,05,,,,,",
        "GPGGA,,,,,,0,,,,,,,,",
        "GNRMC,101500.000,A,6408.7600,N,02156.4000,W,12.5,271.40,140623,,,A",
      ),
    );
    assert.equal(fix.course_deg, 271.4);
  });
});

describe("checksums", () => {
  const good = sentence("GPGGA,101500.000,6408.7600,N,02156.4000,W,1,07,1.3,15.2,M,66.1,M,,");

  it("may be in small letters", () => {
    assert.ok(only(good.replace(/\*..\r/, (sum) => sum.toLowerCase())));
  });

  it("of other sentences do not count", () => {
    const { parser } = parse("$GPGSV,1,1,00*00\r\n$PQTX,1*00\r\n$GPGSV,no star\r\n");
    assert.equal(parser.bad, 0);
  });

  for (const name of ["no checksum", "wrong checksum", "a sentence without end", "a long sentence"])
    it(`${name}: counted`, () => {
      const { parser } = parse(HOSTILE[name] as string, good);
      assert.equal(parser.bad, 1);
    });

  it("a lost line end, and a sentence that lost its end, cost nothing but themselves", () => {
    const { epochs, parser } = parse(`${good.slice(0, 30)}${good.trimEnd()}${good}`);
    assert.equal(epochs.length, 1);
    assert.ok(epochs[0]);
    assert.equal(parser.bad, 1);
  });

  it("any one byte changed is found", () => {
    fc.assert(
      fc.property(fc.nat(good.length - 6), fc.integer({ min: 1, max: 255 }), (at, mask) => {
        const changed = String.fromCharCode(good.charCodeAt(at + 1) ^ mask);
        const { epochs } = parse(good.slice(0, at + 1) + changed + good.slice(at + 2));
        assert.deepEqual(epochs, []);
      }),
    );
  });
});

describe("time", () => {
  it("passes midnight and the leap day, GGA first", () => {
    assert.deepEqual(times(LEAP_DAY), ["2024-02-28T23:59:59.000Z", "2024-02-29T00:00:00.000Z"]);
  });

  it("passes the year's end", () => {
    assert.deepEqual(times(YEAR_END), ["2025-12-31T23:59:59.900Z", "2026-01-01T00:00:00.100Z"]);
  });

  it("passes midnight though the RMC of the new day was lost", () => {
    const lines = LEAP_DAY.split(/(?<=\n)/).slice(0, 3);
    assert.deepEqual(times(lines.join("")), ["2024-02-28T23:59:59.000Z", "2024-02-29T00:00:00.000Z"]);
  });

  it("is unknown until a date came", () => {
    const lines = LEAP_DAY.split(/(?<=\n)/);
    assert.deepEqual(times(lines[0] + lines.slice(2).join("")), [undefined, "2024-02-29T00:00:00.000Z"]);
  });

  it("is unknown again when there was no date for over an hour", () => {
    const log = sentences(
      "GPRMC,101500,A,6400.0000,N,02100.0000,E,1,2,140623,,,A",
      "GPGGA,110000,6400.0000,N,02100.0000,E,1,,,,M,,M,,",
      "GPGGA,123000,6400.0000,N,02100.0000,E,1,,,,M,,M,,",
    );
    assert.deepEqual(times(log), ["2023-06-14T10:15:00.000Z", "2023-06-14T11:00:00.000Z", undefined]);
  });

  it("is unknown for a fix without a time, also just before midnight", () => {
    const log = sentences(
      "GPRMC,235000,A,6400.0000,N,02100.0000,E,1,2,140623,,,A",
      "GPRMC,,A,6400.0000,N,02100.0000,E,1,2,140623,,,A",
    );
    assert.deepEqual(times(log), ["2023-06-14T23:50:00.000Z", undefined]);
  });

  it("may go back, as when a receiver corrects its clock", () => {
    const log = sentences(
      "GPGGA,101500.710,6400.0000,N,02100.0000,E,1,,,,M,,M,,",
      "GPRMC,101500.710,A,6400.0000,N,02100.0000,E,1,2,140623,,,A",
      "GPGGA,101500.408,6400.0000,N,02100.0000,E,1,,,,M,,M,,",
      "GPRMC,101500.408,A,6400.0000,N,02100.0000,E,1,2,140623,,,A",
    );
    assert.deepEqual(times(log), ["2023-06-14T10:15:00.710Z", "2023-06-14T10:15:00.408Z"]);
  });

  it("is unknown while the receiver believes it is 1980", () => {
    assert.deepEqual(times(sentence("GPRMC,000012,A,6400.0000,N,02100.0000,E,1,2,060180,,,A")), [undefined]);
  });

  it("is unknown in a ZDA of 1980", () => {
    const log = sentences("GPZDA,000012,06,01,1980,,", "GPGLL,6400.0000,N,02100.0000,E,000012,A");
    assert.deepEqual(times(log), [undefined]);
  });

  it("is right on every day from 2000 to 2079", () => {
    const seen: (number | undefined)[] = [];
    const parser = nmeaParser((fix) => seen.push(fix?.time_ms));
    const expected: number[] = [];
    for (let ms = Date.UTC(2000, 0, 1, 6); ms < Date.UTC(2080, 0, 1); ms += 86_400_000) {
      const day = new Date(ms).toISOString();
      // 2 hours a day on, so that no epoch could have its date from the one before
      const hour = String(6 + (expected.length % 7) * 2).padStart(2, "0");
      expected.push(ms + (expected.length % 7) * 7_200_000);
      const date = day.slice(8, 10) + day.slice(5, 7) + day.slice(2, 4);
      feedNmea(parser, sentence(`GPRMC,${hour}0000,A,0000.0000,N,00000.0000,E,,,${date},,,A`));
    }
    flushNmea(parser);
    assert.equal(seen.length, 29_220);
    assert.deepEqual(seen, expected);
  });

  for (const [name, time, date] of [
    ["31 June", "101500", "310623"],
    ["29 February of another year", "101500", "290223"],
    ["letters", "101500", "14june"],
    ["month 13", "101500", "141323"],
    ["day 0", "101500", "000623"],
    ["no date", "101500", ""],
    ["hour 99", "991500", "140623"],
    ["no time", "", "140623"],
  ])
    it(`${name}: unknown`, () => {
      assert.deepEqual(times(sentence(`GPRMC,${time},A,6400.0000,N,02100.0000,E,1,2,${date},,,A`)), [
        undefined,
      ]);
    });
});

describe("the serial line", () => {
  const logs = [WESTERN, SOUTHERN, LEAP_DAY, LOST_AND_FOUND].join("garbage $GPRMC,1\r\n");

  it("any split gives the same fixes", () => {
    const whole = parse(logs);
    assert.equal(whole.epochs.filter(Boolean).length, 7);
    fc.assert(
      fc.property(fc.array(fc.nat(logs.length)), (cuts) => {
        const places = [0, ...cuts.sort((a, b) => a - b), logs.length];
        const split = parse(...places.slice(1).map((end, i) => logs.slice(places[i], end)));
        assert.deepEqual(split.epochs, whole.epochs);
        assert.equal(split.parser.bad, whole.parser.bad);
      }),
    );
    assert.deepEqual(parse(...logs).epochs, whole.epochs);
  });

  it("any split of garbled bytes gives the same fixes, and nothing grows", () => {
    const byte = fc.integer({ min: 0, max: 255 }).map((code) => String.fromCharCode(code));
    const noise = fc.array(byte, { maxLength: 150 }).map((bytes) => bytes.join(""));
    const piece = fc.oneof(
      noise,
      fc.constantFrom("$", "*", "\r\n", ...logs.split(/(?<=\n)/)),
      fc.constantFrom(...logs.split(/(?<=[,*$])/)),
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 40 }), (pieces) => {
        const epochs: (Fix | null)[] = [];
        const parser = nmeaParser((fix) => epochs.push(fix));
        for (const each of pieces) {
          feedNmea(parser, each);
          assert.ok(parser.buf_.length <= 120);
          assert.ok(Object.keys(parser.fix_).length <= 8);
        }
        flushNmea(parser);
        const whole = parse(pieces.join(""));
        assert.deepEqual(epochs, whole.epochs);
        assert.equal(parser.bad, whole.parser.bad);
      }),
      { numRuns: 300 },
    );
  });

  for (const [name, bytes] of Object.entries(HOSTILE))
    it(`${name}: no fix, and the next sentence is taken`, () => {
      const { epochs, parser } = parse(bytes, WESTERN);
      assert.equal(epochs.filter(Boolean).length, 2);
      assert.equal(parser.buf_, "");
      assert.deepEqual(parse(...bytes, ...WESTERN).epochs, epochs);
    });

  it("keeps no more than one sentence, whatever comes", () => {
    const parser = nmeaParser(() => {});
    for (const byte of Object.values(HOSTILE).join("")) {
      feedNmea(parser, byte);
      assert.ok(parser.buf_.length <= 120);
    }
  });

  it("a silence ends the epoch; what still comes of it is dropped", () => {
    const epochs: (Fix | null)[] = [];
    const parser = nmeaParser((fix) => epochs.push(fix));
    const [rmc, gga] = WESTERN.split(/(?<=\n)/).slice(1) as [string, string];
    flushNmea(parser);
    assert.deepEqual(epochs, []);
    feedNmea(parser, rmc);
    assert.deepEqual(epochs, []);
    flushNmea(parser);
    flushNmea(parser);
    assert.equal(epochs.length, 1);
    const handedOut = structuredClone(epochs[0]);
    feedNmea(parser, gga);
    flushNmea(parser);
    assert.equal(epochs.length, 1);
    assert.deepEqual(epochs[0], handedOut);
  });
});
