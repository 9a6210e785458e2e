import assert from "node:assert/strict";
import { afterEach, beforeEach, describe, test } from "node:test";
import { type Clock, install } from "@sinonjs/fake-timers";
import { Released } from "../../firmware/released.ts";
import type * as clocks from "../../firmware/tracker/clock.ts";
import { Witness } from "../../firmware/tracker/clock.ts";
import { bootable } from "../modem/fresh.ts";

const boot = bootable<typeof clocks>("tracker/clock.ts");

const { Network, Fix } = { Network: Witness.Network, Fix: Witness.Fix };
const NOON = Date.UTC(2026, 5, 1, 12);
const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
const YEAR = 365.25 * DAY;

/** The true time is NOON when the board starts. */
let world: Clock;
let times_s: number[];
let parts: typeof clocks;

/** `shows`: what the board's own clock has when it starts. */
function start({ shows = 5000, linux = false } = {}): void {
  world?.uninstall();
  world = install({ now: shows, toFake: ["Date"] });
  times_s = [];
  Object.assign(globalThis, {
    setTime(seconds: number) {
      times_s.push(seconds);
      world.setSystemTime(seconds * 1000);
    },
  });
  parts = boot();
  parts.startClock(!linux);
  began = 0;
}
let began: number;
/** The true time goes on, and the board's clock with it. */
function pass(ms: number): void {
  world.tick(ms);
  began += ms;
}
const now = () => NOON + began;
/** How far the clock is off; undefined: it is not known. */
const off = () => (parts.started_ms ? parts.now_ms() - now() : undefined);
/** Somebody says the time, `wrong` ms off; gives how far off is what is believed. */
const told = (witness: Witness, wrong = 0) => parts.timeTold(witness, now() + wrong) - now();

beforeEach(() => start());
afterEach(() => world.uninstall());

describe("a clock that nobody set", () => {
  test("says how long the board runs", () => {
    assert.equal(off(), undefined);
    assert.equal(parts.now_ms(), 5000);
    pass(MINUTE);
    assert.equal(parts.now_ms(), 65_000);
    assert.deepEqual(times_s, []);
  });

  for (const witness of [Network, Fix])
    test(`is set by the first that tells: ${witness}`, () => {
      pass(MINUTE);
      assert.equal(told(witness), 0);
      assert.equal(off(), 0);
      assert.equal(parts.started_ms, NOON - 5000, "so samples from before get their time, too");
      assert.deepEqual(times_s, [(NOON + MINUTE) / 1000]);
      pass(3 * DAY);
      assert.equal(off(), 0);
    });

  for (const witness of [Network, Fix])
    for (const time of [0, 1000, Date.UTC(2019, 3, 7), Released.Ms - 1, Number.NaN])
      test(`does not believe ${time} ms, before this version was released: ${witness}`, () => {
        assert.equal(parts.timeTold(witness, time), 5000);
        assert.equal(parts.timeTold(witness, time), 5000);
        assert.equal(parts.timeTold(witness, time), 5000);
        assert.equal(off(), undefined);
      });

  test("takes twenty years hence on two words only", () => {
    assert.equal(parts.timeTold(Network, NOON + 20 * YEAR), 5000);
    assert.equal(parts.timeTold(Network, NOON + 20 * YEAR), 5000, "the same witness again");
    assert.equal(off(), undefined);
    pass(MINUTE);
    assert.equal(told(Fix, 20 * YEAR), 20 * YEAR);
    assert.equal(off(), 20 * YEAR);
  });

  test("takes twenty years hence from two fixes, unless they differ from one another", () => {
    told(Fix, 20 * YEAR);
    pass(MINUTE);
    told(Fix, 21 * YEAR);
    assert.equal(off(), undefined);
    pass(MINUTE);
    told(Fix, 21 * YEAR);
    assert.equal(off(), 21 * YEAR);
  });

  test("nor is twenty years hence kept, when the next says today", () => {
    told(Fix, 20 * YEAR);
    assert.equal(told(Fix), 0);
    assert.equal(off(), 0);
  });

  test("has whole milliseconds, whatever the interpreter's clock shows", () => {
    parts.timeTold(Fix, NOON + 0.123456);
    assert.equal(parts.now_ms() % 1, 0);
    assert.equal(parts.started_ms % 1, 0);
  });
});

describe("what contradicts", () => {
  test("the network says 2026, the first fix 2046, then 17 are good: 2026 it stays", () => {
    assert.equal(told(Network), 0);
    pass(MINUTE);
    assert.equal(told(Fix, 20 * YEAR), 0, "the fix has the clock's time");
    for (let i = 0; i < 17; i++) {
      pass(MINUTE);
      assert.equal(told(Fix), 0);
      assert.equal(off(), 0);
    }
    assert.equal(times_s.length, 1);
  });

  for (const wrong of [-100 * DAY, -DAY, DAY, 7 * DAY, 3 * YEAR])
    test(`the first was ${wrong / DAY} days wrong: two later ones that agree win`, () => {
      for (const [first, second, third] of [
        [Network, Fix, Fix],
        [Fix, Network, Fix],
        [Fix, Fix, Fix],
        [Fix, Fix, Network],
      ] as const) {
        start();
        assert.equal(told(first, wrong), wrong);
        pass(MINUTE);
        assert.equal(told(second), wrong);
        pass(HOUR);
        assert.equal(told(third), 0);
        assert.equal(off(), 0);
        assert.equal(parts.started_ms, NOON - 5000);
      }
    });

  test("the network's own word again is no second one", () => {
    told(Fix);
    for (let i = 0; i < 9; i++) {
      pass(HOUR);
      assert.equal(told(Network, YEAR), 0);
    }
    assert.equal(off(), 0);
  });

  test("two that differ from one another outvote nobody", () => {
    told(Network);
    for (let i = 1; i < 9; i++) {
      pass(MINUTE);
      assert.equal(told(Fix, 7 * DAY * i), 0);
    }
    assert.equal(off(), 0);
  });

  test("one that agrees ends the row", () => {
    told(Network);
    for (let i = 0; i < 9; i++) {
      assert.equal(told(Fix, 7 * DAY), 0);
      pass(MINUTE);
      assert.equal(told(Fix), 0);
    }
  });

  test("a clock that many spoke for holds against two, and not for ever", () => {
    told(Network);
    for (let i = 0; i < 1000; i++) told(Fix);
    told(Fix, 7 * DAY);
    told(Fix, 7 * DAY);
    assert.equal(off(), 0);
    told(Fix, 7 * DAY);
    told(Fix, 7 * DAY);
    assert.equal(off(), 7 * DAY);
  });
});

describe("kept right", () => {
  test("over ten years, by a crystal that loses 2 s a day", () => {
    told(Network);
    for (let day = 0; day < 9 * 365; day++) {
      pass(DAY);
      world.setSystemTime(Date.now() - 2000);
      told(Fix, -700);
      assert.ok(Math.abs(off() as number) < 3000, `${off()} ms on day ${day}`);
    }
  });

  test("a fix mends what the network has wrong in its zone, at once; not the other way round", () => {
    told(Network, 2 * HOUR);
    pass(MINUTE);
    assert.equal(told(Fix), 0);
    assert.equal(off(), 0);
    pass(MINUTE);
    told(Network, 2 * HOUR);
    assert.equal(off(), 0);
    pass(2 * DAY);
    told(Network, 3000);
    assert.equal(off(), 3000, "there was no fix for long");
  });

  test("a second is no error: fixes are told late", () => {
    told(Fix);
    for (let i = 0; i < 10; i++) told(Fix, -1000 + 200 * i);
    assert.equal(times_s.length, 1);
    assert.equal(told(Fix, -900), -900, "the fix has its own time all the same");
  });
});

describe("a clock that shows the time at the start", () => {
  test("is believed, as after a reset", () => {
    start({ shows: NOON });
    assert.equal(off(), 0);
    told(Fix, 300);
    assert.deepEqual(times_s, []);
  });

  test("that we set wrong before the reset is no witness", () => {
    start({ shows: NOON + YEAR });
    assert.equal(off(), YEAR);
    told(Network);
    assert.equal(off(), 0);
  });

  for (const shows of [Date.UTC(2024, 2, 1), NOON + 20 * YEAR])
    test(`not when it shows ${new Date(shows).toISOString()}`, () => {
      for (const linux of [false, true]) {
        start({ shows, linux });
        assert.equal(off(), undefined);
        pass(MINUTE);
        assert.equal(parts.now_ms(), MINUTE);
        told(Network);
        assert.equal(off(), 0);
        assert.equal(parts.started_ms, NOON);
      }
    });
});

describe("Linux", () => {
  test("is not told the time, which is right all the same", () => {
    start({ linux: true });
    told(Network);
    assert.equal(off(), 0);
    pass(HOUR);
    assert.equal(off(), 0);
    assert.deepEqual(times_s, []);
  });

  test("its clock is a witness: one fix does not outvote it, two do", () => {
    start({ shows: NOON + 100 * DAY, linux: true });
    assert.equal(told(Fix), 100 * DAY);
    pass(MINUTE);
    assert.equal(told(Fix), 0);
    assert.equal(off(), 0);
    assert.deepEqual(times_s, []);
  });

  test("that gets the time from its own network later is believed with the first that says so, too", () => {
    start({ shows: NOON - 100 * DAY, linux: true });
    told(Fix);
    told(Fix);
    told(Network);
    assert.equal(off(), 0);
    pass(HOUR);
    world.setSystemTime(now());
    assert.equal(told(Fix), 0);
    assert.equal(off(), 0);
  });
});
