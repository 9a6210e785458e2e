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
/** Data points of eight fixes. */
const FULL = 32;

let pace: typeof paces;
beforeEach(() => {
  pace = boot();
});

/** As the server tells them. */
const tell = (rateLimits: Record<string, unknown>) => pace.setLimits({ rateLimits });

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
 * Sends so many packets, each as soon as it may go; after each `reconnects` the connection is made anew. After the 60th the
 * clock is set, so much forward. Gives how long all took, seconds.
 */
function send(
  clock: Clock,
  limits: Partial<typeof CLOUD>,
  { packets = 125, points = (_: number): number => FULL, reconnects = 0, set_ms = 0 } = {},
): number {
  const server = serverOf(limits);
  const wait = (ms: number) => {
    clock.tick(ms);
    server.pass(ms);
  };
  for (let sent = 0; sent < packets; sent++) {
    if (sent && sent % reconnects === 0) {
      wait(5000);
      tell(limits);
    }
    if (sent === 60) clock.setSystemTime(Date.now() + set_ms);
    const count = points(sent);
    for (let pause = pace.pause_ms(count); pause > 0; pause = pace.pause_ms(count)) wait(pause);
    pace.spend(count);
    assert.ok(server.takes(count), `packet ${sent} after ${server.seconds} s is over the limit`);
  }
  return server.seconds;
}

describe("a backlog of 1,000 samples keeps the server's limits", () => {
  test("ThingsBoard Cloud's", (t) => {
    const clock = fakeClock(t);
    tell(CLOUD);
    const seconds = send(clock, CLOUD);
    // 4,000 values: 160 at once, then 200 a second, but 4,800 and then 100 a second.
    assert.ok(seconds < 21, `${seconds} s`);
  });

  test("sent one by one", (t) => {
    const clock = fakeClock(t);
    tell(CLOUD);
    send(clock, CLOUD, { packets: 1000, points: () => 4 });
  });

  test("over hours: a backlog of 20,000", (t) => {
    const clock = fakeClock(t);
    tell(CLOUD);
    const seconds = send(clock, CLOUD, { packets: 2500 });
    assert.ok(seconds < 8 * 3600, `${seconds} s`);
  });

  for (const telemetryMessages of ["5:10", "10:1,30:60", "1:1", "2:5", "3:60"])
    test(`messages ${telemetryMessages}`, (t) => {
      const clock = fakeClock(t);
      tell({ telemetryMessages });
      send(clock, { telemetryMessages });
    });

  for (const telemetryDataPoints of ["200:1", "100:1,1000:60", "50:10", "33:10"])
    test(`values ${telemetryDataPoints}`, (t) => {
      const clock = fakeClock(t);
      tell({ telemetryDataPoints });
      send(clock, { telemetryDataPoints });
    });

  test("over connections, each of which tells them again", (t) => {
    const clock = fakeClock(t);
    tell(CLOUD);
    send(clock, CLOUD, { packets: 500, reconnects: 100 });
  });
});

describe("a packet fits every window", () => {
  for (const [limits, most] of [
    [{ telemetryDataPoints: "20:60" }, 16],
    [{ telemetryDataPoints: "20:1,600:60" }, 16],
    [{ telemetryDataPoints: "1000:1,10:3600" }, 8],
    [{ telemetryDataPoints: "1:60" }, 0],
    [CLOUD, 160],
    [{ telemetryMessages: "1:60" }, Number.POSITIVE_INFINITY],
    [{}, Number.POSITIVE_INFINITY],
  ] as const)
    test(`${most} data points of ${JSON.stringify(limits)}`, () => {
      tell(limits);
      assert.equal(Math.floor(pace.mostPoints()), most);
    });

  for (const telemetryDataPoints of ["20:60", "20:1,600:60", "50:10"])
    test(`packets of any size, one after the other, ${telemetryDataPoints}`, (t) => {
      const clock = fakeClock(t);
      tell({ telemetryDataPoints });
      const most = Math.floor(pace.mostPoints());
      send(clock, { telemetryDataPoints }, { points: (i) => 1 + ((i * 7) % most) });
    });

  test("more data points than the window has alone wait until it is free", (t) => {
    fakeClock(t);
    tell({ telemetryDataPoints: "20:60" });
    pace.spend(4);
    assert.equal(pace.pause_ms(30), 12_000);
  });
});

describe("the server hangs up on packets, and tells no limits", () => {
  const samples = () => pace.mostSamples();
  const acknowledged = (count: number) => {
    for (let i = 0; i < count; i++) pace.packetTaken();
  };

  test("each loss halves what the next packets may have, down to one", () => {
    const sizes = [8, 8, 4, 3, 1].map((count) => {
      pace.packetLost(count, true);
      return samples();
    });
    assert.deepEqual(sizes, [4, 4, 2, 1, 1]);
  });

  test("for a while: they grow after packets that were acknowledged", () => {
    pace.packetLost(8, true);
    acknowledged(7);
    assert.equal(samples(), 4);
    acknowledged(1);
    assert.equal(samples(), 8);
    acknowledged(1000);
    assert.equal(samples(), 8);
  });

  test("sooner where it was the network that was lost", () => {
    pace.packetLost(3, false);
    acknowledged(2);
    assert.equal(samples(), 2);
    acknowledged(4);
    assert.equal(samples(), 8);
  });

  test("a loss begins the count anew", () => {
    pace.packetLost(8, true);
    acknowledged(7);
    pace.packetLost(4, true);
    acknowledged(7);
    assert.equal(samples(), 2);
  });

  test("they follow half as fast, up to half a minute; a lost network slows nothing", (t) => {
    const clock = fakeClock(t);
    const gap = () => {
      pace.spend(1);
      return pace.pause_ms(1);
    };
    pace.packetLost(1, false);
    assert.equal(gap(), 0);
    const gaps = Array.from({ length: 8 }, () => {
      pace.packetLost(1, true);
      return gap() / 1000;
    });
    assert.deepEqual(gaps, [1, 2, 4, 8, 16, 30, 30, 30]);
    clock.tick(29_000);
    assert.equal(pace.pause_ms(1), 1000);
    clock.setSystemTime(0);
    assert.equal(pace.pause_ms(1), 30_000, "whatever the clock says");
    acknowledged(8);
    assert.equal(gap(), 15_000);
    acknowledged(8 * 6);
    assert.equal(gap(), 0);
  });

  test("as before once it is clear that it was a record", (t) => {
    fakeClock(t);
    pace.packetLost(8, true);
    pace.packetLost(4, true);
    pace.paceCleared();
    assert.equal(samples(), 8);
    pace.spend(1);
    assert.equal(pace.pause_ms(1), 0);
  });

  test("a tenant's limit: most packets pass, and the limit is used", (t) => {
    const clock = fakeClock(t);
    const server = serverOf({ telemetryDataPoints: "20:60" });
    let passed = 0;
    let lost = 0;
    while (server.seconds < 4 * 3600) {
      const count = pace.mostSamples();
      let wait = pace.pause_ms(4 * count);
      if (!wait) {
        pace.spend(4 * count);
        if (server.takes(4 * count)) {
          passed += count;
          pace.packetTaken();
        } else {
          lost++;
          pace.packetLost(count, true);
          // Until the connection is there again.
          wait = 10_000;
        }
      }
      clock.tick(wait);
      server.pass(wait);
    }
    t.diagnostic(`${passed} samples of at most 1,205 in 4 h, ${lost} connections lost`);
    assert.ok(passed > 700, `${passed} samples`);
    assert.ok(lost < 120, `${lost} connections`);
  });
});

describe("what is no answer to getSessionLimits changes nothing", () => {
  for (const answer of [
    5,
    "x",
    null,
    undefined,
    {},
    [],
    true,
    { rateLimits: null },
    { rateLimits: 5 },
    { rateLimits: "1:1" },
    { rateLimits: {} },
    { rateLimits: { telemetryDataPoints: 7 } },
    { rateLimits: { telemetryDataPoints: "x" } },
    { rateLimits: { telemetryDataPoints: "5" } },
    { rateLimits: { telemetryDataPoints: "0:60" } },
    { rateLimits: { telemetryDataPoints: "20:60,x" } },
    { error: "timeout" },
  ])
    test(JSON.stringify(answer) ?? "undefined", (t) => {
      fakeClock(t);
      tell({ telemetryMessages: "1:100", telemetryDataPoints: "20:60" });
      pace.spend(4);
      const pauses = () => [pace.pause_ms(1), Math.floor(pace.mostPoints())];
      const before = pauses();
      pace.setLimits(answer);
      assert.deepEqual(pauses(), before);
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
      tell(limits);
      for (let i = 0; i < 1000; i++) {
        assert.equal(pace.pause_ms(FULL), 0);
        pace.spend(FULL);
      }
    });

  test("not told yet", (t) => {
    fakeClock(t);
    assert.equal(pace.pause_ms(FULL), 0);
  });

  test("no longer told", (t) => {
    fakeClock(t);
    tell({ telemetryMessages: "1:100" });
    pace.spend(FULL);
    assert.ok(pace.pause_ms(FULL) > 0);
    tell({ telemetryMessages: null });
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
      tell(CLOUD);
      const seconds = send(clock, set_ms < 0 ? CLOUD : {}, { set_ms });
      assert.ok(seconds < most_s, `${seconds} s`);
    });

  test("from 1970 on: at worst all that is allowed at once goes twice", (t) => {
    const clock = fakeClock(t);
    const telemetryDataPoints = "1000:10";
    tell({ telemetryDataPoints });
    send(clock, { telemetryDataPoints: "1800:18" }, { set_ms: 86_400_000 });
  });
});
