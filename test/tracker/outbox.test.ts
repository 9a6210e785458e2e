import assert from "node:assert/strict";
import { afterEach, beforeEach, describe, test } from "node:test";
import { type Clock, install } from "@sinonjs/fake-timers";
import fc from "fast-check";
import type { Fix } from "../../firmware/gnss/fix.ts";
import { Reason } from "../../firmware/reason.ts";
import type * as clocks from "../../firmware/tracker/clock.ts";
import { Witness } from "../../firmware/tracker/clock.ts";
import type * as journals from "../../firmware/tracker/journal.ts";
import { Word } from "../../firmware/tracker/kept.ts";
import type * as outboxes from "../../firmware/tracker/outbox.ts";
import type * as paces from "../../firmware/tracker/pace.ts";
import { Kind } from "../../firmware/tracker/slot.ts";
import { Why } from "../../firmware/tracker/why.ts";
import { type Flash as Chip, createFlash } from "../../scripts/simulator/espruino/flash.ts";
import { rawFlash } from "../../scripts/simulator/espruino/raw-flash.ts";
import { parseTelemetry, type Sample } from "../../scripts/simulator/thingsboard/telemetry.ts";
import { bootableParts } from "../modem/fresh.ts";
import { switchOn } from "./espruino.ts";

const KEYS = "Longitude,Latitude,Altitude,Speed";
const NOON_MS = Date.UTC(2026, 5, 1, 12);
const AT = { latitude: 52.520008, longitude: 13.404954 };

type Journal = typeof journals;
interface Parts {
  clock: typeof clocks;
  outbox: typeof outboxes;
  journal: Journal;
  pace: typeof paces;
}
const boot = bootableParts<Parts>({
  clock: "tracker/clock.ts",
  outbox: "tracker/outbox.ts",
  journal: "tracker/journal.ts",
  pace: "tracker/pace.ts",
});

/** The outbox, and of its journal and its pace what shows. */
type Outbox = typeof outboxes &
  Pick<Journal, "state"> & {
    pace: typeof paces;
    /** How many slots wait. */
    slots: Journal["waiting"];
    put: Journal["put"];
    /** Somebody tells the time. */
    clockIs(time_ms: number): void;
  };

let clock: Clock;
let chip: Chip;
function erase(length = 0x8000): void {
  chip = createFlash({ start: 0, length, pageSize: 4096 });
}
beforeEach(() => erase());
afterEach(() => clock.uninstall());

/** The board starts, as often as before and once more; by its clock it is `now_ms`. */
function start({ no_time = "hold", keys = KEYS, extras = "", now_ms = NOON_MS } = {}): Outbox {
  clock?.uninstall();
  clock = install({ now: now_ms, toFake: ["Date"] });
  switchOn();
  const { clock: its_clock, outbox, journal, pace } = boot();
  its_clock.startClock(false);
  journal.openJournal(rawFlash(chip), 0, chip.length);
  journal.state[Word.Starts] = (journal.state[Word.Starts] as number) + 1;
  journal.saveState();
  outbox.useSettings({ no_time, keys, extras });
  return Object.create(outbox, {
    state: { value: journal.state },
    pace: { value: pace },
    slots: { value: journal.waiting },
    put: { value: journal.put },
    clockIs: { value: (time_ms: number) => its_clock.timeTold(Witness.Network, time_ms) },
  });
}

/** What the server makes of the next packet. */
function taken(outbox: Outbox): Sample[] {
  const payload = outbox.take();
  assert.ok(payload.length <= 1400, `${payload.length} bytes`);
  return payload ? parseTelemetry(payload) : [];
}

/** All that can go now; the server has it. */
function drain(outbox: Outbox): Sample[] {
  const all: Sample[] = [];
  for (let samples = taken(outbox); samples.length > 0; samples = taken(outbox)) {
    outbox.settle(true);
    all.push(...samples);
  }
  return all;
}

const fixAt = (time_ms: number): Fix => ({ time_ms, ...AT });
const append = (outbox: Outbox, time_ms: number) => outbox.append(time_ms, fixAt(time_ms), "");
const upTo = (first: number, last: number) => Array.from({ length: last - first + 1 }, (_, i) => first + i);
const times = (samples: Sample[]) => samples.map(({ ts }) => ts);
const valuesOf = (sample: Sample | undefined) => Object.fromEntries(sample?.values ?? []);

describe("a fix", () => {
  test("has its time and the keys it was told", () => {
    const outbox = start({ keys: "lon,lat,,kmh" });
    outbox.append(NOON_MS + 7, { ...fixAt(NOON_MS), altitude_m: 34, speed_kmh: 50.3 }, "");
    assert.equal(
      outbox.take(),
      `[{"ts":${NOON_MS + 7},"values":{"lon":13.404954,"lat":52.520008,"kmh":50.3}}]`,
    );
  });

  test("without altitude and speed says nothing of them; 0 is not nothing", () => {
    const outbox = start();
    append(outbox, NOON_MS);
    outbox.append(NOON_MS, { ...fixAt(NOON_MS), altitude_m: undefined, speed_kmh: Number.NaN }, "");
    outbox.append(NOON_MS, { ...fixAt(NOON_MS), altitude_m: 0, speed_kmh: 0 }, "");
    const place = { Longitude: AT.longitude, Latitude: AT.latitude };
    assert.deepEqual(drain(outbox).map(valuesOf), [place, place, { ...place, Altitude: 0, Speed: 0 }]);
  });

  const tenths = (least: number, most: number) =>
    fc.integer({ min: 10 * least, max: 10 * most }).map((n) => n / 10);
  const degrees = (most: number) => fc.integer({ min: -most * 1e6, max: most * 1e6 }).map((n) => n / 1e6);
  const anyFix = fc.record(
    {
      time_ms: fc.integer({ min: Date.UTC(2020, 0, 1), max: Date.UTC(2087, 11, 31) }),
      latitude: degrees(90),
      longitude: degrees(180),
      altitude_m: tenths(-1000, 51_428),
      speed_kmh: tenths(0, 6553.4),
    },
    { requiredKeys: ["time_ms", "latitude", "longitude"] },
  );

  test("of any place, height and speed comes out as it went in, after a restart, too", () => {
    const property = fc.property(fc.array(anyFix, { minLength: 1, maxLength: 40 }), (fixes) => {
      erase();
      for (const fix of fixes) assert.equal(start().append(fix.time_ms, fix, ""), Reason.None);
      const samples = drain(start());
      assert.deepEqual(
        // The latest goes ahead.
        samples.map((sample) => ({ ts: sample.ts, ...valuesOf(sample) })).sort(byTime),
        fixes
          .map(({ time_ms, latitude, longitude, altitude_m, speed_kmh }) => ({
            ts: time_ms,
            Longitude: longitude,
            Latitude: latitude,
            ...(altitude_m !== undefined && { Altitude: altitude_m }),
            ...(speed_kmh !== undefined && { Speed: speed_kmh }),
          }))
          .sort(byTime),
      );
    });
    fc.assert(property, { numRuns: 60 });
  });

  test("is rounded to what a record has", () => {
    const outbox = start();
    for (const [altitude_m, speed_kmh] of [
      [34.26, 50.34],
      [-0.26, 0.04],
      [-430.04, 0.06],
    ] as const)
      outbox.append(NOON_MS + 0.7, { ...fixAt(NOON_MS), latitude: -0.0000004, altitude_m, speed_kmh }, "");
    const samples = drain(outbox);
    assert.deepEqual(
      samples.map((sample) => [valuesOf(sample).Altitude, valuesOf(sample).Speed]),
      [
        [34.3, 50.3],
        [-0.3, 0],
        [-430, 0.1],
      ],
    );
    assert.deepEqual(times(samples), [NOON_MS, NOON_MS, NOON_MS]);
    assert.equal(valuesOf(samples[0]).Latitude, 0);
  });
});

describe("values come out as they went in, or are left out", () => {
  for (const [altitude_m, speed_kmh, Altitude, Speed] of [
    [25_300, 1666.8, 25_300, 1666.8],
    [30_500, 6553.4, 30_500, 6553.4],
    [-1000, -1, -1000, undefined],
    [51_428.6, 0, 51_428.6, 0],
    [-1000.1, 0, undefined, 0],
    [51_428.7, 0, undefined, 0],
    [-0.1, 6553.5, -0.1, undefined],
    [1e9, 1e9, undefined, undefined],
    [-1e9, -0.06, undefined, undefined],
    [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, undefined, undefined],
    [Number.NaN, Number.NaN, undefined, undefined],
    [undefined, undefined, undefined, undefined],
  ])
    test(`${altitude_m} m, ${speed_kmh} km/h`, () => {
      const outbox = start();
      outbox.append(NOON_MS, { ...fixAt(NOON_MS), altitude_m, speed_kmh }, "");
      const values = valuesOf(taken(outbox)[0]);
      assert.deepEqual([values.Altitude, values.Speed], [Altitude, Speed]);
    });
});

function byTime(a: { ts?: number | undefined }, b: { ts?: number | undefined }): number {
  return (a.ts ?? 0) - (b.ts ?? 0) || JSON.stringify(a).localeCompare(JSON.stringify(b));
}

describe("other values", () => {
  test("are kept as text, with the time, and after a restart", () => {
    const text = '{"temperature":21.5,"door":"open  ","n":[1,{"a":null}]}';
    assert.equal(start().append(NOON_MS + 12, 0, text), Reason.None);
    assert.equal(start().take(), `[{"ts":${NOON_MS + 12},"values":${text}}]`);
  });

  test("of any length up to 720 bytes; longer is too large", () => {
    for (let length = 8; length <= 720; length++) {
      const outbox = start();
      const text = `{"t":"${"x".repeat(length - 8)}"}`;
      assert.equal(outbox.append(NOON_MS, 0, text), Reason.None, `${length} bytes`);
      assert.equal(outbox.take(), `[{"ts":${NOON_MS},"values":${text}}]`);
      outbox.settle(true);
    }
    const outbox = start();
    assert.equal(outbox.append(NOON_MS, 0, `{"t":"${"x".repeat(713)}"}`), Reason.TooLarge);
    assert.equal(outbox.take(), "");
  });

  test("of bytes above 127", () => {
    const outbox = start();
    const text = Buffer.from('{"ort":"Köln, 日本"}').toString("latin1");
    outbox.append(NOON_MS, 0, text);
    assert.ok(outbox.take().includes(text));
  });
});

describe("what was measured with a fix", () => {
  const ALL = "why,battery,battery_v,signal_dbm,hdop,satellites,course,temperature,fix_s,awake_s";
  const place = { Longitude: AT.longitude, Latitude: AT.latitude };
  const measured = {
    battery: 87,
    battery_v: 3.912,
    signal_dbm: -93,
    hdop: 1.25,
    satellites: 9,
    course: 271.3,
    temperature: -12.4,
    fix_s: 31,
    awake_s: 45,
  };

  test("is sent if it is asked for, and in the slot of the fix are battery, signal and why", () => {
    const outbox = start({ extras: "battery,why,signal_dbm" });
    outbox.append(NOON_MS, { ...fixAt(NOON_MS), ...measured }, "", Why.Heartbeat);
    append(outbox, NOON_MS + 1);
    assert.deepEqual(drain(outbox).map(valuesOf), [
      { ...place, why: "heartbeat", battery: 87, signal_dbm: -93 },
      { ...place, why: "interval" },
    ]);
    outbox.append(NOON_MS, { ...fixAt(NOON_MS), ...measured }, "", Why.Interval);
    assert.equal(outbox.slots(), 1);
  });

  test("all of it takes one slot more, and is there after a restart", () => {
    const first = start({ extras: ALL });
    first.append(NOON_MS, { ...fixAt(NOON_MS), ...measured, altitude_m: 34, speed_kmh: 5 }, "", Why.Turn);
    assert.equal(first.slots(), 2);
    assert.deepEqual(drain(start({ extras: ALL })).map(valuesOf), [
      { ...place, Altitude: 34, Speed: 5, why: "turn", ...measured },
    ]);
  });

  test("that is not known is not sent, and what is not asked for any more neither", () => {
    const outbox = start({ extras: ALL });
    append(outbox, NOON_MS);
    outbox.append(NOON_MS, { ...fixAt(NOON_MS), satellites: 0, temperature: 0, battery: 0 }, "", Why.Call);
    assert.deepEqual(drain(outbox).map(valuesOf), [
      { ...place, why: "interval" },
      { ...place, why: "call", battery: 0, satellites: 0, temperature: 0 },
    ]);
    outbox.append(NOON_MS, { ...fixAt(NOON_MS), ...measured }, "", Why.Call);
    assert.deepEqual(drain(start({ extras: "hdop" })).map(valuesOf), [{ ...place, hdop: 1.25 }]);
  });

  test("why an event is goes along, asked for or not", () => {
    const outbox = start();
    for (const why of [Why.Interval, Why.Heartbeat, Why.Motion, Why.Start, Why.Battery])
      outbox.append(NOON_MS + why, fixAt(NOON_MS), "", why);
    assert.deepEqual(
      drain(outbox).map((sample) => valuesOf(sample).why),
      [undefined, undefined, undefined, "start", "battery"],
    );
  });

  test("of nonsense is not known, and too much is as much as there can be", () => {
    const outbox = start({ extras: ALL });
    const nonsense = {
      battery: 200,
      battery_v: 99,
      signal_dbm: 40,
      hdop: Number.NaN,
      awake_s: 1e9,
      temperature: -5000,
    };
    outbox.append(NOON_MS, { ...fixAt(NOON_MS), ...nonsense }, "", Why.Interval);
    outbox.append(
      NOON_MS,
      { ...fixAt(NOON_MS), signal_dbm: -200, battery: -1, battery_v: -1e9 },
      "",
      Why.Interval,
    );
    assert.deepEqual(drain(outbox).map(valuesOf), [
      { ...place, why: "interval", signal_dbm: -17 },
      { ...place, why: "interval" },
    ]);
  });

  test("in 24 KB are 700 fixes and more, with battery, signal and why", () => {
    erase(0x6000);
    const outbox = start({ extras: "why,battery,signal_dbm" });
    const before = outbox.state[Word.Dropped];
    let count = 0;
    for (; outbox.state[Word.Dropped] === before; count++)
      outbox.append(
        NOON_MS + count,
        { ...fixAt(NOON_MS), ...measured, altitude_m: 1, speed_kmh: 2 },
        "",
        count % 12,
      );
    const samples = drain(outbox);
    assert.ok(samples.length >= 700, `${samples.length} of ${count}`);
    for (const sample of samples) {
      const { battery, signal_dbm, why } = valuesOf(sample);
      assert.deepEqual([battery, signal_dbm, typeof why], [87, -93, "string"]);
    }
  });

  test("counts as data points, as the server counts them", () => {
    const outbox = start({ extras: ALL });
    outbox.append(NOON_MS, { ...fixAt(NOON_MS), ...measured }, "", Why.Interval);
    assert.equal(taken(outbox).length, 1);
    assert.equal(outbox.points, 12);
  });

  test("a start's number of 10 bits, all ones and why 30: its last word is not all ones", () => {
    const outbox = start({ no_time: "server", now_ms: 1000, extras: ALL });
    outbox.state[Word.Starts] = 1023;
    outbox.append(1000, { ...fixAt(0), ...measured }, "", 30 as Why);
    outbox.append(1000, fixAt(0), "", Why.Start);
    assert.deepEqual(drain(outbox).map(valuesOf)[1], { ...place, why: "start" });
  });
});

test("a fix that 0.2.0 wrote is sent as it was", () => {
  const outbox = start({ extras: "why,battery" });
  const slot = new Uint8Array(24);
  slot[0] = Kind.Fix;
  new Int32Array(slot.buffer).set([NOON_MS / 1000, 52_520_008, -13_404_954, -12_345, 7 << 16], 1);
  assert.ok(outbox.put(slot));
  assert.equal(
    outbox.take(),
    `[{"ts":${NOON_MS + 7},"values":{"Longitude":-13.404954,"Latitude":52.520008,"Altitude":-1234.5,"Speed":0}}]`,
  );
});

test("flash that takes nothing any more: what is lost is counted", () => {
  const outbox = start();
  chip.bytes.fill(0x55);
  assert.equal(append(outbox, NOON_MS), Reason.FlashWorn);
  assert.equal(outbox.state[Word.Dropped], 1);
});

describe("a packet", () => {
  test("has 1,400 bytes at the most, and all arrives in order", () => {
    const lengths = fc.array(fc.integer({ min: 8, max: 720 }), { minLength: 1, maxLength: 20 });
    const property = fc.property(lengths, fc.boolean(), (sizes, dated) => {
      erase();
      const outbox = start({ no_time: "server", now_ms: dated ? NOON_MS : 1000 });
      const texts = sizes.map((size, i) => `{"${i}":"${"x".repeat(Math.max(0, size - 7 - `${i}`.length))}"}`);
      for (const text of texts) outbox.append(Date.now(), 0, text);
      const latest = texts.at(-1);
      const got = drain(outbox).map((sample) => JSON.stringify(valuesOf(sample)));
      assert.deepEqual(
        got.filter((text) => text !== latest),
        texts.slice(0, -1),
      );
      assert.equal(got.filter((text) => text === latest).length, 1);
    });
    fc.assert(property, { numRuns: 100 });
  });

  for (const [length, count] of [
    [697, 2],
    [698, 1],
  ] as const)
    test(`of samples of 700 and ${length} bytes has ${count}`, () => {
      const outbox = start({ no_time: "server", now_ms: 1000 });
      for (const size of [700, length]) outbox.append(1000, 0, `{"t":"${"x".repeat(size - 8)}"}`);
      assert.equal(taken(outbox).length, count);
    });

  test("has seven of a backlog and the latest", () => {
    const outbox = start();
    for (let i = 0; i < 20; i++) append(outbox, NOON_MS + i);
    assert.deepEqual(
      times(taken(outbox)),
      [0, 1, 2, 3, 4, 5, 6, 19].map((i) => NOON_MS + i),
    );
    outbox.settle(true);
    assert.equal(outbox.sent, 8);
    append(outbox, NOON_MS + 20);
    assert.deepEqual(
      times(taken(outbox)),
      [7, 8, 9, 10, 11, 12, 13, 20].map((i) => NOON_MS + i),
    );
  });

  test("has eight of a backlog whose latest went ahead", () => {
    const outbox = start();
    for (let i = 0; i < 30; i++) append(outbox, NOON_MS + i);
    assert.equal(taken(outbox).length, 8);
    outbox.settle(true);
    assert.deepEqual(
      times(taken(outbox)),
      upTo(7, 14).map((i) => NOON_MS + i),
    );
  });

  test("has half as many samples after one that was lost, down to one alone, without the latest", () => {
    const outbox = start();
    const sizes = Array.from({ length: 5 }, (_, i) => {
      for (let k = 0; k < 20; k++) append(outbox, NOON_MS + 100 * i + k);
      const { length } = taken(outbox);
      outbox.settle(false);
      outbox.pace.packetLost(length, true);
      return length;
    });
    assert.equal(outbox.sent, 0);
    assert.deepEqual(sizes, [8, 4, 2, 1, 1]);
    assert.deepEqual(times(taken(outbox)), [NOON_MS]);
  });

  for (const [limit, fixes] of [
    ["20:60", 4],
    ["20:1,600:60", 4],
    ["33:10", 6],
    ["5:1", 1],
    ["3:1", 1],
    ["1000:1,16000:60", 8],
  ] as const)
    test(`fits the windows ${limit} of data points`, () => {
      const outbox = start();
      outbox.pace.setLimits({ rateLimits: { telemetryDataPoints: limit } });
      for (let i = 0; i < 20; i++)
        outbox.append(NOON_MS + i, { ...fixAt(NOON_MS), altitude_m: 1, speed_kmh: 2 }, "");
      const samples = taken(outbox);
      assert.equal(samples.length, fixes);
      assert.equal(outbox.samples, fixes);
      assert.equal(outbox.points, 4 * fixes, "as the server counts them");
    });

  test("a sample with more data points than any window alone goes alone", () => {
    const outbox = start();
    outbox.pace.setLimits({ rateLimits: { telemetryDataPoints: "3:1" } });
    outbox.append(NOON_MS, 0, '{"a":1,"b":2,"c":3,"d":4,"e":5}');
    outbox.append(NOON_MS, 0, '{"a":1}');
    outbox.append(NOON_MS, 0, '{"a":1}');
    assert.equal(taken(outbox).length, 1);
    assert.equal(outbox.points, 5);
  });
});

describe("the time is not known", () => {
  /** What the boards' clocks say after they were switched on. */
  const OWN_MS = 90_250;

  test("hold: it waits, and gets its time once that is known", () => {
    const outbox = start({ now_ms: OWN_MS });
    append(outbox, OWN_MS);
    append(outbox, OWN_MS + 1500);
    assert.deepEqual(taken(outbox), []);
    clock.tick(20_000);
    assert.deepEqual(taken(outbox), []);
    outbox.clockIs(NOON_MS);
    assert.deepEqual(times(drain(outbox)), [NOON_MS - 20_000, NOON_MS - 18_500]);
  });

  test("hold: those that have theirs wait behind it, in order", () => {
    const outbox = start({ now_ms: OWN_MS });
    append(outbox, OWN_MS);
    append(outbox, NOON_MS);
    assert.deepEqual(times(taken(outbox)), [NOON_MS], "but the latest");
    outbox.settle(true);
    append(outbox, NOON_MS + 1);
    append(outbox, OWN_MS + 2);
    outbox.clockIs(NOON_MS);
    assert.deepEqual(times(drain(outbox)), [NOON_MS, NOON_MS + 1, NOON_MS + 2]);
  });

  test("hold: whose clock a restart took is dated by the server", () => {
    append(start({ now_ms: OWN_MS }), OWN_MS);
    const outbox = start({ now_ms: OWN_MS });
    append(outbox, OWN_MS);
    assert.deepEqual(times(taken(outbox)), [undefined]);
    outbox.settle(true);
    assert.deepEqual(taken(outbox), []);
    outbox.clockIs(NOON_MS);
    assert.deepEqual(times(drain(outbox)), [NOON_MS]);
  });

  test("hold: another run is another, though the time is known", () => {
    append(start({ now_ms: OWN_MS }), OWN_MS);
    const outbox = start({ now_ms: OWN_MS });
    outbox.clockIs(NOON_MS);
    assert.deepEqual(times(drain(outbox)), [undefined]);
  });

  test("server: it goes at once, without a time", () => {
    const outbox = start({ no_time: "server", now_ms: OWN_MS });
    append(outbox, OWN_MS);
    assert.equal(outbox.take(), `[{"Longitude":${AT.longitude},"Latitude":${AT.latitude}}]`);
    outbox.settle(false);
    outbox.clockIs(NOON_MS);
    assert.deepEqual(times(drain(outbox)), [NOON_MS], "better late than never");
  });

  test("drop: it is not kept, and counted", () => {
    const outbox = start({ no_time: "drop", now_ms: OWN_MS });
    assert.equal(append(outbox, OWN_MS), Reason.NoTime);
    assert.equal(outbox.take(), "");
    assert.equal(outbox.state[Word.Dropped], 1);
    assert.equal(append(outbox, NOON_MS), Reason.None);
    assert.deepEqual(times(drain(outbox)), [NOON_MS]);
  });

  test("a backlog from before and after the clock was set, over restarts", () => {
    const first = start({ now_ms: OWN_MS });
    append(first, OWN_MS);
    first.clockIs(NOON_MS);
    append(first, NOON_MS + 1000);
    const second = start({ now_ms: OWN_MS });
    append(second, OWN_MS + 3000);
    second.clockIs(NOON_MS + 60_000);
    assert.deepEqual(times(drain(second)), [undefined, NOON_MS + 1000, NOON_MS + 63_000]);
  });
});

test("runs are told apart over 128 starts, and samples of the last one have the right time", () => {
  for (let run = 0; run < 130; run++) append(start({ now_ms: 5000 }), 5000 + run);
  const outbox = start({ now_ms: 5000 });
  append(outbox, 5000);
  outbox.clockIs(NOON_MS);
  const dated = times(drain(outbox)).filter((ts) => ts !== undefined);
  // The run 128 before has the same number.
  assert.ok(dated.length <= 3);
  assert.equal(dated.at(-1), NOON_MS);
});
