import assert from "node:assert/strict";
import { beforeEach, describe, type TestContext, test } from "node:test";
import { type Clock, install } from "@sinonjs/fake-timers";
import type * as paces from "../../firmware/tracker/pace.ts";
import { RateLimiter } from "../../scripts/simulator/thingsboard/rate-limit.ts";
import { bootable } from "../modem/fresh.ts";

const boot = bootable<typeof paces>("tracker/pace.ts");

/** What ThingsBoard Cloud allows a device. */
const CLOUD = {
  telemetryMessages: "100:1,3000:60,7000:3600",
  telemetryDataPoints: "200:1,6000:60,14000:3600",
};
/** Eight fixes; 32 values. */
const FULL = packet(8, 4);

let pace: typeof paces;
beforeEach(() => {
  pace = boot();
});

function packet(samples: number, values: number): string {
  const names = ["Longitude", "Latitude", "Altitude", "Speed"].slice(0, values);
  const sample = { ts: 1780315200000, values: Object.fromEntries(names.map((name, i) => [name, i + 0.5])) };
  return JSON.stringify(Array(samples).fill(sample));
}

function fakeClock(t: TestContext): Clock {
  const clock = install({ now: Date.UTC(2026, 5, 1, 12), toFake: ["Date"] });
  t.after(() => clock.uninstall());
  return clock;
}

/** The server's count of our messages, by a clock that nobody sets. */
function serverOf(limits: Partial<typeof CLOUD>) {
  let now = 0;
  const limiter = new RateLimiter(
    {
      ...(limits.telemetryMessages && { telemetry_messages: limits.telemetryMessages }),
      ...(limits.telemetryDataPoints && { telemetry_data_points: limits.telemetryDataPoints }),
    },
    { now: () => now, setTimeout: () => 0, clearTimeout: () => {} },
  );
  return {
    pass(ms: number) {
      now += ms;
    },
    takes: (values: number): boolean => limiter.take(values),
    get seconds(): number {
      return now / 1000;
    },
  };
}

/**
 * Sends so many packets, each as soon as the pause after the one before is over; after each `reconnects` the connection
 * is made anew. After the 60th the clock is set, so much forward. Gives how long all took, seconds.
 */
function send(
  clock: Clock,
  limits: Partial<typeof CLOUD>,
  { packets = 125, payload = FULL, values = 32, reconnects = 0, set_ms = 0 } = {},
): number {
  const server = serverOf(limits);
  const wait = (ms: number) => {
    clock.tick(ms);
    server.pass(ms);
  };
  for (let sent = 0; sent < packets; sent++) {
    if (sent && sent % reconnects === 0) {
      wait(5000);
      pace.setLimits(limits);
    }
    if (sent === 60) clock.setSystemTime(Date.now() + set_ms);
    assert.ok(server.takes(values), `packet ${sent} after ${server.seconds} s is over the limit`);
    wait(Math.ceil(pace.pause_ms(payload)));
  }
  return server.seconds;
}

describe("a backlog of 1,000 samples keeps the server's limits", () => {
  test("ThingsBoard Cloud's", (t) => {
    const clock = fakeClock(t);
    pace.setLimits(CLOUD);
    const seconds = send(clock, CLOUD);
    // 4,000 values, counted as 6,000: 160 at once, then 200 a second.
    assert.ok(seconds < 31, `${seconds} s`);
  });

  test("sent one by one", (t) => {
    const clock = fakeClock(t);
    pace.setLimits(CLOUD);
    send(clock, CLOUD, { packets: 1000, payload: packet(1, 4), values: 4 });
  });

  test("over hours: a backlog of 20,000", (t) => {
    const clock = fakeClock(t);
    pace.setLimits(CLOUD);
    const seconds = send(clock, CLOUD, { packets: 2500 });
    assert.ok(seconds < 8 * 3600, `${seconds} s`);
  });

  for (const telemetryMessages of ["5:10", "10:1,30:60", "1:1", "2:5", "3:60"])
    test(`messages ${telemetryMessages}`, (t) => {
      const clock = fakeClock(t);
      pace.setLimits({ telemetryMessages });
      send(clock, { telemetryMessages });
    });

  for (const telemetryDataPoints of ["200:1", "100:1,1000:60", "50:10", "33:10"])
    test(`values ${telemetryDataPoints}`, (t) => {
      const clock = fakeClock(t);
      pace.setLimits({ telemetryDataPoints });
      send(clock, { telemetryDataPoints });
    });

  test("over connections, each of which tells them again", (t) => {
    const clock = fakeClock(t);
    pace.setLimits(CLOUD);
    send(clock, CLOUD, { packets: 500, reconnects: 100 });
  });
});

describe("values are counted, never too few, and two a sample too many", () => {
  // Until what may be used at once is used: 800 values' worth.
  const counted = (payload: string): number => {
    pace.setLimits({ telemetryDataPoints: "1000:1000" });
    for (let i = 1; ; i++) {
      const pause = pace.pause_ms(payload);
      if (pause > 0) return (pause / 1000 + 800) / i;
    }
  };

  for (const [payload, values, samples] of [
    [packet(1, 2), 2, 1],
    [FULL, 32, 8],
    ['{"a":1}', 1, 1],
    ['[{"a":1,"b":2},{"ts":1,"values":{"c":3}}]', 3, 2],
    ['[{"ts":1,"values":{"door":"open","n":{"deep":1}}}]', 2, 1],
  ] as const)
    test(`${values} in ${payload.slice(0, 60)}`, (t) => {
      fakeClock(t);
      const count = Math.round(counted(payload));
      assert.ok(count >= values && count <= values + 2 * samples + 2, `${count}`);
    });
});

describe("no limits, no pause", () => {
  for (const limits of [
    {},
    { telemetryMessages: null, telemetryDataPoints: null },
    { telemetryMessages: "" },
  ])
    test(JSON.stringify(limits), (t) => {
      fakeClock(t);
      pace.setLimits(limits);
      for (let i = 0; i < 1000; i++) assert.equal(pace.pause_ms(FULL), 0);
    });

  test("not told yet", (t) => {
    fakeClock(t);
    assert.equal(pace.pause_ms(FULL), 0);
  });

  test("no longer told", (t) => {
    fakeClock(t);
    pace.setLimits({ telemetryMessages: "1:100" });
    pace.pause_ms(FULL);
    pace.setLimits({});
    assert.equal(pace.pause_ms(FULL), 0);
  });
});

describe("a clock that is set meanwhile", () => {
  for (const [name, set_ms, most_s] of [
    ["two seconds forward", 2000, 31],
    ["two seconds back", -2000, 33],
    // As if all that is allowed an hour had been used.
    ["an hour back", -3_600_000, 900],
    ["to 1970", -1_780_315_200_000, 900],
  ] as const)
    test(name, (t) => {
      const clock = fakeClock(t);
      pace.setLimits(CLOUD);
      const seconds = send(clock, set_ms < 0 ? CLOUD : {}, { set_ms });
      assert.ok(seconds < most_s, `${seconds} s`);
    });

  test("from 1970 on: at worst all that is allowed at once goes twice", (t) => {
    const clock = fakeClock(t);
    const telemetryDataPoints = "1000:10";
    pace.setLimits({ telemetryDataPoints });
    send(clock, { telemetryDataPoints: "1800:18" }, { set_ms: 86_400_000 });
  });
});
