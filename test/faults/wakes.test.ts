/** What is wrong with how a modem slept is seen, on made-up records; and what is right is not. */
import assert from "node:assert/strict";
import { afterEach, describe, test } from "node:test";
import type { Seen } from "./harm.ts";
import type { Life } from "./life.ts";
import { promiseOf, savingBy, savingOf, trackWithStop } from "./saving.ts";
import type { Received, Taken } from "./scene.ts";
import { events, wakes } from "./wakes.ts";

const START_MS = Date.UTC(2026, 5, 1);
const ts = (s: number): number => START_MS + s * 1000;
type Event = Seen extends infer S ? (S extends unknown ? Omit<S, "at_ms"> : never) : never;
const at = (s: number, event: Event): Seen => ({ ...event, at_ms: ts(s) }) as Seen;

/** Awake from then on for 60 s, and in PSM. */
const round = (s: number): Seen[] => [
  at(s, { what: "wakes", what_for: "a fix" }),
  at(s + 1, { what: "woken", by: "key" }),
  at(s + 5, { what: "running", after: "psm" }),
  at(s + 40, { what: "sleeps" }),
  at(s + 60, { what: "psm", sleep_s: 100_000 }),
];
const day = [...round(0), ...round(300), ...round(600)];

const wrong = (seen: Seen[], changes: Partial<Life> = {}): string[] =>
  wakes({
    seen,
    taken: [],
    received: [],
    saving: savingBy(0, true),
    calm: { from_ms: ts(0), to_ms: ts(900) },
    ...changes,
  } as unknown as Life);
const one = (faults: string[], pattern: RegExp): void => {
  assert.equal(faults.length, 1, faults.join("\n"));
  assert.match(faults[0] as string, pattern);
};

describe("how a modem slept", () => {
  test("three rounds are fine, and so is one that is switched off where it was put to sleep", () => {
    assert.deepEqual(wrong(day), []);
    assert.deepEqual(
      wrong([...day, ...round(700).slice(0, 4), at(745, { what: "restart", by: "power" })]),
      [],
    );
  });

  test("a key that was pressed and nobody said why", () =>
    one(
      wrong(day.filter(({ at_ms, what }) => at_ms !== ts(300) || what !== "wakes")),
      /^woken for nothing: 2026-06-01T00:05:01/,
    ));

  test("a board that starts anew may press it", () =>
    assert.deepEqual(wrong([at(0, { what: "started", by: "power" }), ...day.slice(1)]), []));

  test("a reason that nobody knows", () =>
    one(
      wrong([at(0, { what: "wakes", what_for: "fun" }), ...day.slice(1)]),
      /^woken for no known reason: "fun"/,
    ));

  test("the way back, where the modem works; where it may not that is judged elsewhere", () => {
    for (const event of [
      { what: "radio off" },
      { what: "restart", by: "command" },
      { what: "restart", by: "power" },
    ] as const) {
      const seen = [...day.slice(0, 3), at(10, event), ...day.slice(3)];
      assert.equal(wrong(seen).length, 1, JSON.stringify(event));
      assert.deepEqual(wrong(seen, { saving: savingBy(0, false) }), []);
    }
    const told = { at_ms: ts(10), ts: ts(10), slots: 1, values: { modem_resets: 1 } };
    one(wrong(day, { taken: [told], calm: { from_ms: ts(11), to_ms: ts(900) } }), /modem_resets 1 of/);
  });

  test("awake for too long, or never asleep", () => {
    const long = [...round(0).slice(0, 3), at(190, { what: "sleeps" }), at(200, { what: "psm", sleep_s: 9 })];
    one(wrong(long), /^awake for too long: 200 s from 2026-06-01T00:00:00/);
    one(wrong([at(0, { what: "running", after: "off" })]), /^awake for too long: 900 s from/);
  });
});

describe("when a record comes", () => {
  const record = (values: Record<string, unknown>): Taken => ({ at_ms: ts(0), ts: ts(0), slots: 1, values });
  const came = (s: number): Received[] => [
    { received_ms: ts(s), points: [{ ts: ts(0) }] } as unknown as Received,
  ];
  const late = (policy: number, values: Record<string, unknown>, s: number): string[] =>
    wrong(day, {
      saving: savingBy(policy),
      taken: [record(values)],
      received: came(s),
      calm: { from_ms: ts(0), to_ms: ts(100_000) },
    });

  test("at once, if each fix is uploaded, and with the next upload, if not", () => {
    assert.deepEqual(late(0, {}, 100), []);
    one(late(0, {}, 130), /^late: 2026-06-01T00:00:00.000Z, which came after 130 s$/);
    const { upload_s, longest_s } = promiseOf(savingBy(1));
    assert.deepEqual(late(1, {}, upload_s + longest_s), []);
    one(late(1, {}, upload_s + longest_s + 130), /^late/);
  });

  test("an event does not wait for the next upload", () =>
    one(late(2, { why: "start", Latitude: 52 }, 130), /^late/));

  test("an event has its fix", () => {
    assert.deepEqual(events([record({ why: "enter", Latitude: 52 }), record({ why: "battery" })]), []);
    one(events([record({ why: "enter" })]), /^an event without a fix: 2026/);
  });
});

const { FAULT_POWER } = process.env;
afterEach(() => {
  delete process.env.FAULT_POWER;
  if (FAULT_POWER) process.env.FAULT_POWER = FAULT_POWER;
});

test("one life in three saves power, a third of them with a modem that works; always the same ones", () => {
  delete process.env.FAULT_POWER;
  const drawn = Array.from({ length: 300 }, (_, i) => savingOf(i + 1));
  const saving = drawn.flatMap((its) => (its ? [its] : []));
  assert.ok(Math.abs(saving.length - 100) <= 20, `${saving.length}`);
  assert.ok(Math.abs(saving.filter(({ mild }) => mild).length - saving.length / 3) <= 12);
  assert.deepEqual([...new Set(saving.map(({ policy }) => policy))].sort(), [0, 1, 2, 3, 4]);
  process.env.FAULT_POWER = "on";
  assert.equal(savingOf(1), undefined);
  process.env.FAULT_POWER = "yes";
  assert.throws(() => savingOf(1), /^Error: FAULT_POWER: use on or save$/);
});

test("the track stands still at its end", () => {
  assert.ok(trackWithStop().split("\n").length > 1644 + 2 * 2400 - 2);
});
