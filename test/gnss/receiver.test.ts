import assert from "node:assert/strict";
import { afterEach, beforeEach, describe, it } from "node:test";
import { type Clock, install } from "@sinonjs/fake-timers";
import type { Fix } from "../../firmware/gnss/fix.ts";
import type * as receivers from "../../firmware/gnss/receiver.ts";
import { Reason } from "../../firmware/reason.ts";
import { bootable } from "../modem/fresh.ts";
import { LOST_AND_FOUND, WESTERN } from "./logs.ts";
import { sentence } from "./sentence.ts";

const boot = bootable<typeof receivers>("gnss/receiver.ts");

let clock: Clock;
let receiver: typeof receivers;
let send: (bytes: string) => void;
let answers: { fix: Fix | null; reason: Reason }[];

beforeEach(() => {
  clock = install({ now: Date.UTC(2026, 5, 14, 10, 15), toFake: ["setTimeout", "clearTimeout", "Date"] });
  receiver = boot();
  receiver.listenTo({
    write() {},
    on(_event, listener) {
      send = listener;
    },
  });
  answers = [];
});
afterEach(() => {
  clock.uninstall();
});

function locate(timeout_s: number): void {
  const before = answers.length;
  receiver.getFix(timeout_s, (fix, reason) => answers.push({ fix, reason }));
  assert.equal(answers.length, before, "done was called from inside getFix");
}

const [FIRST, SECOND] = [WESTERN.split(/(?=\$GPRMC)/)[1], WESTERN.split(/(?=\$GPRMC)/)[2]] as [
  string,
  string,
];

describe("a receiver of its own", () => {
  it("gives the fix that just came, once the line is silent", async () => {
    send(FIRST);
    await clock.tickAsync(200);
    locate(10);
    await clock.tickAsync(0);
    assert.equal(answers[0]?.reason, Reason.None);
    assert.equal(answers[0]?.fix?.satellites, 7);
    assert.equal(
      answers[0]?.fix?.time_ms,
      Date.UTC(2043, 0, 28, 10, 15),
      "logs of 2023 are older than this version",
    );
  });

  it("does not cut an epoch at a short pause", async () => {
    const half = FIRST.indexOf("$GPGGA") + 20;
    send(FIRST.slice(0, half - 5));
    await clock.tickAsync(150);
    send(FIRST.slice(half - 5, half));
    await clock.tickAsync(150);
    send(FIRST.slice(half));
    await clock.tickAsync(200);
    locate(1);
    await clock.tickAsync(0);
    assert.equal(answers[0]?.fix?.satellites, 7);
    assert.ok(answers[0]?.fix?.speed_kmh);
  });

  it("waits for the next fix", async () => {
    locate(10);
    await clock.tickAsync(3000);
    assert.equal(answers.length, 0);
    send(SECOND);
    await clock.tickAsync(1000);
    assert.equal(answers[0]?.fix?.satellites, 8);
  });

  it("gives no fix twice: whoever got it may have changed it", async () => {
    send(FIRST);
    await clock.tickAsync(200);
    locate(10);
    await clock.tickAsync(0);
    locate(10);
    await clock.tickAsync(500);
    assert.equal(answers.length, 1);
    send(SECOND);
    await clock.tickAsync(1000);
    assert.deepEqual(
      answers.map(({ fix }) => fix?.satellites),
      [7, 8],
    );
  });

  it("does not give a fix older than 2 s", async () => {
    send(FIRST);
    await clock.tickAsync(2500);
    locate(3);
    await clock.tickAsync(10_000);
    assert.deepEqual(answers, [{ fix: null, reason: Reason.ReceiverSilent }]);
  });

  it("does not give a fix from before the clock was set back", async () => {
    send(FIRST);
    await clock.tickAsync(200);
    clock.setSystemTime(0);
    locate(1);
    await clock.tickAsync(10_000);
    assert.equal(answers[0]?.fix, null);
  });

  it("does not give a fix the receiver lost since", async () => {
    const lines = LOST_AND_FOUND.split(/(?<=\n)/);
    send(lines.slice(2, 4).join(""));
    await clock.tickAsync(200);
    send(lines.slice(4, 6).join(""));
    await clock.tickAsync(200);
    locate(1);
    await clock.tickAsync(10_000);
    assert.equal(answers[0]?.fix, null);
  });

  it("says that there is no fix as long as the receiver says so", async () => {
    locate(5);
    for (let i = 0; i < 6; i++) {
      send(
        LOST_AND_FOUND.split(/(?<=\n)/)
          .slice(0, 2)
          .join(""),
      );
      await clock.tickAsync(1000);
    }
    locate(5);
    for (let i = 0; i < 6; i++) {
      send(
        LOST_AND_FOUND.split(/(?<=\n)/)
          .slice(0, 2)
          .join(""),
      );
      await clock.tickAsync(1000);
    }
    assert.deepEqual(answers, Array(2).fill({ fix: null, reason: Reason.NoFix }));
  });

  it("tells a garbled line from a silent one", async () => {
    locate(1);
    send("$GPRMC,101500.0\u00f8\u00f8,A,6408.7600,N*11\r\n");
    await clock.tickAsync(5000);
    assert.deepEqual(answers, [{ fix: null, reason: Reason.ReceiverGarbled }]);
  });

  it("says that bytes at another baud rate are garbled, though there is no $ in them", async () => {
    locate(1);
    send("\x80\xf8\x00\x1f".repeat(50));
    await clock.tickAsync(5000);
    assert.deepEqual(answers, [{ fix: null, reason: Reason.ReceiverGarbled }]);
  });

  for (const [name, date, expected] of [
    ["takes the wrong weeks: the date is right", "281006", Date.UTC(2026, 5, 13, 10, 15)],
    ["takes them twice", "140387", Date.UTC(2026, 5, 13, 10, 15)],
    ["does not know the date: the position is right all the same", "060180", 0],
    ["tells no date", "", 0],
  ] as const)
    it(`of a receiver that ${name}`, async () => {
      send(sentence(`GPRMC,101500.000,A,6408.7600,N,02156.4000,W,12.5,271.40,${date},,,A`));
      await clock.tickAsync(200);
      locate(1);
      await clock.tickAsync(0);
      assert.equal(answers[0]?.fix?.latitude, 64.146);
      assert.equal(answers[0]?.fix?.time_ms, expected);
    });

  it("gives no more decimals than the receiver knows", async () => {
    send(sentence("GPRMC,101500.000,A,6408.7605,N,02156.4001,W,12.5,271.40,140623,,,A"));
    await clock.tickAsync(200);
    locate(1);
    await clock.tickAsync(0);
    const { latitude, longitude, speed_kmh } = (answers[0] as { fix: Fix }).fix;
    assert.deepEqual([latitude, longitude, speed_kmh], [64.146008, -21.940002, 23.2]);
  });
});
