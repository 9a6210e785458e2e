/** The verdict can fail: each kind of wrong is seen. */
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { Seen } from "./harm.ts";
import type { Life } from "./life.ts";
import { delivered_s } from "./progress.ts";
import type { Call, Received, Refused, Taken } from "./scene.ts";
import { faultsOf } from "./verdict.ts";

const START_MS = Date.UTC(2026, 5, 1);
const MEMORY = 600;
const ts = (minute: number): number => START_MS + minute * 60_000;
const values = (minute: number) => ({ Height: 52 + minute / 1000 });

/** `minutes`: of the packet's records. `at`: when it came, `session`: since when, in minutes. */
function packet(minutes: number[], at: number, session = 0): Received {
  return {
    device: "tracker",
    topic: "v1/devices/me/telemetry",
    qos: 1,
    payload: JSON.stringify(minutes.map((minute) => ({ ts: ts(minute), values: values(minute) }))),
    received_ms: ts(at),
    session_ms: ts(session),
    points: minutes.map((minute) => ({
      key: "Height",
      ts: ts(minute),
      value: values(minute).Height,
      received: 1,
    })),
  };
}

/** A life in which this arrived. All is well when it is each of the 20 minutes. */
function life(received: Received[], changes: Partial<Life> = {}): Life {
  const taken: Taken[] = Array.from({ length: 20 }, (_, minute) => ({
    at_ms: ts(minute),
    ts: ts(minute),
    slots: 1,
    values: values(minute),
  }));
  return {
    taken,
    received,
    refused: [],
    seen: [],
    calls: [],
    passable: [],
    healed_ms: ts(20),
    blocks: 16,
    points: received.flatMap(({ points }) => points),
    recovered_s: 10,
    takenAfter: 15,
    dropped: 0,
    torn: 0,
    memory: MEMORY,
    flags: [],
    lines: ["tracker: connected"],
    transcript: "",
    ...changes,
  };
}

const all = Array.from({ length: 20 }, (_, minute) => minute);
const each = all.map((minute) => packet([minute], minute));
const wrong = (received: Received[], changes?: Partial<Life>): string[] =>
  faultsOf(life(received, changes), { young: MEMORY - 2, old: MEMORY });

describe("nothing is wrong", () => {
  test("with one record a packet", () => assert.deepEqual(wrong(each), []));

  test("with a backlog, sent in order", () =>
    assert.deepEqual(wrong([packet(all.slice(0, 10), 19.5, 19), packet(all.slice(10), 19.6, 19)]), []));

  test("with the newest ahead of the backlog, last in its packet", () =>
    assert.deepEqual(wrong([packet([0, 1, 2, 19], 19.5, 19), packet(all.slice(3, 19), 19.6, 19)]), []));

  test("with a packet put together in the session before", () =>
    assert.deepEqual(
      wrong([packet([0, 18], 19.5, 19.2), packet([...all.slice(1, 18), 19], 19.6, 19.2)]),
      [],
    ));

  test("with a fix whose ts is before that of a report taken before it", () => {
    const { taken } = life(each);
    const [second, first] = [taken[1], taken[2]] as [Taken, Taken];
    taken.splice(1, 2, { ...first, at_ms: second.at_ms }, second);
    const received = [packet([0], 0), packet([2], 1), packet([1], 2), ...each.slice(3)];
    assert.deepEqual(wrong(received, { taken }), []);
  });

  test("with a record sent again in another session", () =>
    assert.deepEqual(wrong([packet([0, 1, 2], 19, 19), packet(all, 19.6, 19.5)]), []));

  test("with a little more memory", () => assert.deepEqual(wrong(each, { memory: MEMORY + 3 }), []));
});

describe("what is wrong is named", () => {
  const one = (faults: string[], pattern: RegExp): void => {
    assert.equal(faults.length, 1, faults.join("\n"));
    assert.match(faults[0] as string, pattern);
  };

  test("a lost record", () => one(wrong(each.slice(1)), /^lost: 2026-06-01T00:00:00.000Z$/));

  test("a record that nobody took", () =>
    one(wrong(each, { taken: life(each).taken.slice(0, 19) }), /^never taken.*T00:19:00/));

  test("a value that changed", () => {
    const points = life(each).points.map((point) => (point.ts === ts(3) ? { ...point, value: 5 } : point));
    one(wrong(each, { points }), /^changed.*T00:03:00.000Z: 52.003 became 5$/);
  });

  test("records dropped", () => one(wrong(each, { dropped: 2 }), /^2 records dropped/));

  test("a packet out of order", () => one(wrong([packet([1, 0, ...all.slice(2)], 19.5, 19)]), /^order: /));

  test("packets out of order", () =>
    one(wrong([packet(all.slice(10), 19.5, 19), packet(all.slice(0, 10), 19.6, 19)]), /^order: /));

  test("one ahead of the backlog that was not the newest", () =>
    one(
      wrong([
        packet([0, 1, 2], 19.5, 19.2),
        packet([3, 18], 19.6, 19.2),
        packet([...all.slice(4, 18), 19], 19.7, 19.2),
      ]),
      /^order: /,
    ));

  test("two ahead of the backlog", () =>
    one(wrong([packet([0, 18, 19], 19.5, 19), packet(all.slice(1, 18), 19.6, 19)]), /^order: /));

  test("more sent again than was in doubt", () => {
    const twice = (records: number) => [...each, packet(all.slice(0, records), 19.6, 19.5)];
    // One session before, and this one.
    assert.deepEqual(wrong(twice(16)), []);
    one(wrong(twice(17)), /^17 records sent again in 2 sessions$/);
  });

  test("a packet that is too large", () => {
    const [first, ...others] = each as [Received, ...Received[]];
    const large = (bytes: number) => [{ ...first, payload: " ".repeat(bytes) }, ...others];
    // 1 + 2 + 2 + 23 + 2 bytes of packet around the payload.
    assert.deepEqual(wrong(large(1430)), []);
    one(wrong(large(1431)), /^PUBLISH over 1460 bytes: 1461 bytes/);
  });

  test("memory that is not given back, or too much of it", () => {
    one(wrong(each, { memory: MEMORY + 4 }), /^memory at rest: 604/);
    one(wrong(each, { memory: MEMORY - 12 }), /^memory at rest: 588 variables, without faults 598 to 600/);
  });

  test("a fix from a place where the tracker never was", () => {
    const { taken, ...all } = life(each);
    const [first, ...others] = taken as [Taken, ...Taken[]];
    const place = { Longitude: 13.41302, Latitude: 52.5 };
    const points = [...all.points];
    for (const [key, value] of Object.entries(place)) points.push({ key, ts: first.ts, value, received: 1 });
    const lost = { ...first, values: { ...first.values, ...place } };
    one(wrong(each, { taken: [lost, ...others], points }), /^never there: 52.50000,13.41302 at /);
  });

  test("records dropped by an outbox that was full are forgiven, by one that was not they are not", () => {
    const long = life(each).taken.map((record) => ({ ...record, slots: 31 }));
    const changes = { dropped: 10, taken: long };
    assert.deepEqual(wrong(each.slice(10), { ...changes, blocks: 3 }), []);
    assert.equal(wrong(each.slice(10), { ...changes, blocks: 4 }).length, 2);
    // More than it says, and when never more than one waited.
    assert.equal(wrong(each.slice(11), { ...changes, blocks: 3 }).length, 2);
    assert.equal(wrong(each, { ...changes, blocks: 2 }).length, 1);
  });

  test("harm", () => {
    const seen: Seen[] = [
      { at_ms: ts(1), what: "opened", id: 0, error: 0 },
      { at_ms: ts(1), what: "first bytes", id: 0, bytes: "\x20\x02\x00\x00" },
      { at_ms: ts(2), what: "started", by: "E.reboot()" },
    ];
    one(wrong(each, { seen }), /^harm: the board restarted \(E.reboot\(\)\) at 2026-06-01T00:02/);
    assert.deepEqual(wrong(each, { seen: seen.slice(0, 2) }), []);
  });

  test("nothing new for 90 minutes of an hour in which samples get through", () => {
    const passable = [{ from_ms: ts(2), to_ms: ts(120), calls: false }];
    const early = wrong(each, { passable });
    one(early, /^nothing new got through: from 2026-06-01T00:19:00.000Z to 2026-06-01T02:00/);
    assert.deepEqual(wrong(each, { passable: [{ from_ms: ts(2), to_ms: ts(109), calls: false }] }), []);
    // The same again is nothing new.
    assert.equal(wrong([...each, packet([19], 60)], { passable }).length, 1);
  });

  test("a call that was never answered", () => {
    const call = (outcome: Call["outcome"]): Call => ({ method: "getStatus", at_ms: ts(3), outcome });
    assert.deepEqual(wrong(each, { calls: [call("answered"), call("failed")] }), []);
    one(wrong(each, { calls: [call(undefined)] }), /^never answered: getStatus of 2026-06-01T00:03/);
    const failed = [{ ...call("failed"), over_ms: ts(5) }];
    const span = { from_ms: ts(2), to_ms: ts(20), calls: true };
    one(wrong(each, { calls: failed, passable: [span] }), /^given up by the server/);
    assert.deepEqual(wrong(each, { calls: failed, passable: [{ ...span, calls: false }] }), []);
    assert.deepEqual(wrong(each, { calls: failed, passable: [{ ...span, to_ms: ts(4) }] }), []);
  });

  test("what was dropped after the server refused it three times, once alone, is forgiven; before that it is not", () => {
    const refusals = (...packets: number[][]): Refused[] =>
      packets.map((minutes) => ({ at_ms: ts(5), stamps: minutes.map(ts) }));
    const lost = (dropped: number, ...packets: number[][]) =>
      wrong(each.slice(1), { dropped, refused: refusals(...packets) });
    assert.deepEqual(lost(1, [0, 1], [0], [0]), []);
    assert.equal(lost(1, [0, 1], [0]).length, 2);
    assert.equal(lost(1, [0, 1], [0, 1], [0, 1]).length, 2, "never alone");
    one(lost(0, [0], [0], [0]), /^1 records missing, 0 counted$/);
    one(lost(2, [0], [0], [0]), /^1 records dropped$/);
  });

  test("a height that the tracker never had, and a date 20 years ahead", () => {
    const { taken, points } = life(each);
    const place = { Longitude: 13.41321, Latitude: 52.5219 };
    const changed = (values: Record<string, unknown>, year = 2026) => {
      const record: Taken = { at_ms: ts(20), ts: Date.UTC(year, 5, 1, 0, 20), slots: 1, values };
      const own = Object.entries(values).map(([key, value]) => ({ key, ts: record.ts, value, received: 1 }));
      return wrong(each, { taken: [...taken, record], points: [...points, ...own] });
    };
    assert.deepEqual(changed({ ...place, Altitude: 38, Speed: 0 }), []);
    assert.deepEqual(changed(place), []);
    one(changed({ ...place, Altitude: -1000 }), /^never so: altitude -1000 at 2026/);
    one(changed({ ...place, Speed: 1637.5 }), /^never so: speed 1637.5 at 2026/);
    one(changed(place, 2046), /^dated wrong: 2046-06-01T00:20:00.000Z, taken at 2026/);
  });

  test("no recovery", () => one(wrong(each, { recovered_s: undefined }), /^never online/));
  test("no more fixes", () => one(wrong(each, { takenAfter: 3 }), /^3 fixes in the 900 s/));
  test("a crash", () => {
    const { taken, points } = life(each);
    const report: Taken = { at_ms: ts(19), ts: ts(19), slots: 2, values: { crash: "no rounds" } };
    const point = { key: "crash", ts: ts(19), value: "no rounds", received: 1 };
    one(
      wrong(each, { taken: [...taken, report], points: [...points, point] }),
      /^crash reported: "no rounds" at 2026/,
    );
  });

  test("an error flag", () => one(wrong(each, { flags: ["FIFO_FULL"] }), /^error flag FIFO_FULL$/));
  test("an exception", () =>
    one(wrong(each, { lines: ["Uncaught Error: x"] }), /^line on the console: Uncaught Error: x$/));
});

test("liveness: until the last of what was taken under faults had arrived", () => {
  const { taken } = life(each);
  assert.equal(delivered_s(taken, each, ts(25)), 0);
  assert.equal(delivered_s(taken, [...each.slice(0, 19), packet([19], 27)], ts(25)), 120);
  // What is taken later does not count, and what comes again neither.
  assert.equal(delivered_s(taken, [...each, packet([3], 30)], ts(15)), 0);
  assert.equal(delivered_s(taken, [packet(all, 40)], ts(10)), 1800);
});
