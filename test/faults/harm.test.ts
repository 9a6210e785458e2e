/** Each harm is condemned on a made-up record, and what was called for is not. */
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { harmOf, type Seen } from "./harm.ts";

const START_MS = Date.UTC(2026, 5, 1);
type Event = Seen extends infer S ? (S extends unknown ? Omit<S, "at_ms"> : never) : never;
/** What is seen, by the minute. */
const at = (minute: number, ...events: Event[]): Seen[] =>
  events.map((event) => ({ ...event, at_ms: START_MS + minute * 60_000 }) as Seen);

const opened = (error: number | undefined): Event => ({ what: "opened", id: 0, error });
const connack = (code: number): Event[] => [
  opened(0),
  { what: "first bytes", id: 0, bytes: `\x20\x02\x00${String.fromCharCode(code)}` },
];
const ended: Event = { what: "ended", id: 0, by: "peer" };
const newContext: Event = { what: "deactivated", by: "host" };
const radio: Event = { what: "radio off" };
const restart: Event = { what: "restart", by: "command" };
const power: Event = { what: "restart", by: "power" };
const reboot: Event = { what: "started", by: "E.reboot()" };
const called: Event = { what: "reboot called", id: 1 };
const answered: Event = { what: "reboot answered", id: 1 };
const RUNGS: [string, Event][] = [
  ["a new PDP context", newContext],
  ["the radio off", radio],
  ["the modem restarted", restart],
  ["the modem off", power],
  ["the board restarted", reboot],
];

/** The harm of a record, by the rung's name alone. */
const harm = (...record: Seen[][]): string[] =>
  harmOf(record.flat()).map((line) => line.split(/ at | \(/)[0] ?? "");
const fine = (...record: Seen[][]): void => assert.deepEqual(harmOf(record.flat()), []);

/** Accepted, and ended by the server, so often. */
const evictions = (count: number, from = 1): Seen[] =>
  Array.from({ length: count }, (_, i) => at(from + i, ...connack(0), ended)).flat();

describe("after CONNACK 0, however often the server ends it", () => {
  test("a new connection is fine", () => fine(evictions(20)));

  for (const [name, event] of RUNGS.slice(1))
    test(`${name} is harm`, () => assert.deepEqual(harm(evictions(20), at(21, event)), [name]));

  test("one new context an hour is fine, a second is harm", () => {
    fine(evictions(20), at(21, newContext), evictions(50, 22), at(80, newContext));
    assert.deepEqual(harm(evictions(20), at(21, newContext), evictions(5, 22), at(30, newContext)), [
      "a new PDP context",
    ]);
  });

  test("the line says when and why", () =>
    assert.deepEqual(harmOf([...evictions(1), ...at(21, restart)]), [
      "the modem restarted at 2026-06-01T00:21:00.000Z: CONNACK 0 at 2026-06-01T00:01:00.000Z; since then nothing failed",
    ]));
});

describe("a refused CONNACK proves as much", () => {
  const refusals = Array.from({ length: 9 }, (_, i) => at(1 + i, ...connack(3), ended)).flat();
  test("new connections are fine", () => fine(refusals));
  for (const [name, event] of RUNGS.slice(1))
    test(`${name} is harm`, () => assert.deepEqual(harm(refusals, at(10, event)), [name]));
});

describe("opens that fail", () => {
  const fails = (count: number, error: number | undefined, from = 1): Seen[] =>
    Array.from({ length: count }, (_, i) => at(from + i, opened(error))).flat();
  const before = at(0, ...connack(0), newContext);

  for (const error of [565, 566, 569, undefined]) {
    test(`${error ?? "no report"}: a new context after three`, () => {
      assert.deepEqual(harm(before, fails(2, error), at(3, newContext)), ["a new PDP context"]);
      fine(before, fails(3, error), at(4, newContext));
    });

    test(`${error ?? "no report"}: radio and modem not before half an hour and an hour`, () => {
      assert.deepEqual(harm(before, fails(20, error), at(21, radio)), ["the radio off"]);
      fine(before, fails(31, error), at(32, radio));
      assert.deepEqual(harm(before, fails(31, error), at(32, restart)), ["the modem restarted"]);
      fine(before, fails(61, error), at(62, restart), at(62, power));
    });

    test(`${error ?? "no report"}: never the board`, () =>
      assert.deepEqual(harm(before, fails(600, error), at(601, reboot)), ["the board restarted"]));
  }

  test("CONNECT without an answer is like one, and so is half a CONNACK", () => {
    const unanswered = (from: number): Seen[] =>
      [0, 1, 2].flatMap((i) => at(from + i, opened(0), { what: "ended", id: 0, by: "host" }));
    fine(before, unanswered(1), at(5, newContext));
    assert.deepEqual(harm(before, unanswered(1).slice(0, 4), at(5, newContext)), ["a new PDP context"]);
    fine(before, at(1, opened(0)), at(2, opened(0)), at(3, opened(0)), at(4, opened(0), newContext));
  });

  test("a CONNACK between them counts them from new", () =>
    assert.deepEqual(harm(before, fails(2, 566), at(4, ...connack(0)), fails(2, 566, 5), at(8, newContext)), [
      "a new PDP context",
    ]));

  test("sockets used up: the modem after three", () => {
    assert.deepEqual(harm(before, fails(2, 563), at(3, restart)), ["the modem restarted"]);
    fine(before, fails(3, 563), at(4, restart));
    fine(before, fails(1, 563), at(2, newContext));
  });

  test("570 names the context", () => fine(before, fails(1, 570), at(2, newContext)));
});

describe("the context is lost", () => {
  const lost = (from: number): Seen[] => at(from, { what: "deactivated", by: "network" });
  const before = at(0, ...connack(0), newContext);
  test("a new one each time is fine", () =>
    fine(
      before,
      ...Array.from({ length: 20 }, (_, i) => [...lost(i + 1), ...at(i + 1, newContext, ...connack(0))]),
    ));
  for (const [name, event] of RUNGS.slice(1))
    test(`${name} is harm`, () => assert.deepEqual(harm(before, lost(1), at(2, event)), [name]));
  test("refused twice: the radio; three times: the modem", () => {
    const refused: Event = { what: "activation failed" };
    assert.deepEqual(harm(before, lost(1), at(2, refused, radio)), ["the radio off"]);
    fine(before, lost(1), at(2, refused, refused, radio));
    assert.deepEqual(harm(before, lost(1), at(2, refused, refused, restart)), ["the modem restarted"]);
    fine(before, lost(1), at(2, refused, refused, refused, restart));
  });
});

describe("the modem, its SIM, its cell", () => {
  const before = at(0, ...connack(0), newContext);
  const silent: Event = { what: "silent", name: "+CSQ" };
  const command: Event = { what: "command", name: "+CSQ" };

  test("a command without an answer calls for anything but the board", () => {
    fine(before, at(1, silent), at(2, newContext), at(3, radio), at(4, restart), at(5, power));
    assert.deepEqual(harm(before, at(1, silent), at(2, reboot)), ["the board restarted"]);
  });

  test("proven well after that, it calls for nothing", () =>
    assert.deepEqual(harm(before, at(1, silent), at(2, ...connack(0)), at(3, restart)), [
      "the modem restarted",
    ]));

  test("silent through everything for half an hour calls for the board, an answer in between does not", () => {
    fine(before, at(1, silent), at(10, restart), at(20, silent, power), at(32, reboot));
    assert.deepEqual(harm(before, at(1, silent), at(20, command), at(21, silent), at(32, reboot)), [
      "the board restarted",
    ]);
  });

  test("noise counts as no answer", () =>
    fine(before, at(1, { what: "garbled", line: "OK" }), at(2, restart)));

  test("no registration for two minutes", () => {
    const gone: Event = { what: "unregistered" };
    assert.deepEqual(harm(before, at(1, gone), at(2, radio)), ["the radio off"]);
    fine(before, at(1, gone), at(3, radio), at(4, restart));
    const back: Event = { what: "registered" };
    fine(before, at(1, gone), at(3.5, back), at(4, radio));
    const asked: Event = { what: "command", name: "+CREG" };
    assert.deepEqual(harm(before, at(1, gone), at(2, back, asked), at(4, restart)), ["the modem restarted"]);
  });

  test("a SIM that stays busy", () => {
    const busy: Event = { what: "failed", name: "+CPIN" };
    assert.deepEqual(harm(before, at(1, busy, busy), at(2, restart)), ["the modem restarted"]);
    fine(before, at(1, busy, busy, busy, busy, busy), at(2, restart));
  });

  test("a modem that starts anew by itself, twice", () => {
    const crash: Event[] = [{ what: "crash" }, { what: "running", after: "reset" }, { what: "registered" }];
    assert.deepEqual(harm(before, at(1, ...crash), at(1.5, restart)), ["the modem restarted"]);
    fine(before, at(1, ...crash), at(1.5, ...crash), at(1.8, restart));
  });

  test("after a start of modem or board a new context is fine, once it is proven no more", () => {
    const start: Event = { what: "running", after: "reset" };
    fine(before, at(1, { what: "crash" }, start, newContext));
    fine(before, at(1, { what: "started", by: "power" }, newContext));
    assert.deepEqual(harm(before, at(1, start, ...connack(0), newContext)), ["a new PDP context"]);
  });
});

describe("the board", () => {
  const before = at(0, ...connack(0));
  test("a power cut is nobody's harm", () => fine(before, at(1, { what: "started", by: "power" })));
  test("a watchdog that bites is", () =>
    assert.deepEqual(harm(before, at(1, { what: "started", by: "watchdog" })), ["the board restarted"]));
  test("one reboot for one call", () => {
    fine(before, at(1, called, answered), at(2, reboot));
    fine(before, at(1, called), at(2, reboot), at(3, answered));
    fine(before, at(1, called, answered, { ...called, id: 2 }, { ...answered, id: 2 }), at(2, reboot));
  });
  test("a second one for the same call is harm", () =>
    assert.deepEqual(harm(before, at(1, called), at(2, reboot), at(3, answered), at(4, reboot)), [
      "the board restarted",
    ]));
  test("none is, once it was answered, unless the power was cut", () => {
    assert.deepEqual(harmOf([...before, ...at(1, called, answered)]), [
      "call 1 to reboot was answered, and the board did not",
    ]);
    fine(before, at(1, called, answered), at(2, { what: "started", by: "power" }));
  });
  test("a power cut before the call came to it leaves the call its reboot", () =>
    fine(before, at(1, called), at(2, { what: "started", by: "power" }), at(3, answered), at(4, reboot)));
});
