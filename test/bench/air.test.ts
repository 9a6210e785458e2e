import assert from "node:assert/strict";
import { test } from "node:test";
import { airRows } from "../../scripts/bench/air.ts";
import { createCounter } from "../../scripts/bench/counted.ts";
import { isOver } from "../../scripts/bench/row.ts";
import { HEADER_BYTES } from "../../scripts/simulator/energy/modem.ts";

test("what passes is counted with its segments, their headers, and what acknowledges them", () => {
  let now_ms = 0;
  const counter = createCounter(() => now_ms);
  const [near, far] = counter.pair();
  near.write(Buffer.alloc(10));
  // Within one moment it leaves in one segment.
  near.write(Buffer.alloc(5));
  now_ms += 400;
  far.write(Buffer.alloc(3000));
  assert.deepEqual(counter.take(), {
    connections: 1,
    // SYN, ACK, 15 bytes, and two ACKs of the server's three segments.
    up: 15 + 5 * HEADER_BYTES,
    // SYN and ACK, an ACK, 3,000 bytes.
    down: 3000 + 5 * HEADER_BYTES,
    segments: 10,
    round_trips: 2,
  });
});

test("a connection that goes on is opened once, and closed once", async () => {
  const counter = createCounter(() => 0);
  const [near] = counter.pair();
  assert.equal(counter.take().segments, 3);
  near.write("x");
  const { up, down, round_trips } = counter.take();
  assert.deepEqual([up, down, round_trips], [1 + HEADER_BYTES, HEADER_BYTES, 0]);
  near.destroy();
  await new Promise(setImmediate);
  assert.equal(counter.take().segments, 4);
  assert.equal(counter.take().connections, 0);
});

test("TLS takes two round trips more, and its own bytes of each connection and each fix", async () => {
  const rows = await airRows();
  assert.deepEqual(rows.filter(isOver), []);
  const figuresOf = (name: RegExp) =>
    rows.filter((row) => name.test(row.name)).map(({ figure = 0 }) => figure);
  const trips = rows.flatMap(({ name }) => /(\d) round trips/.exec(name)?.[1] ?? []);
  assert.deepEqual(trips.map(Number), [3, 5, 5]);
  const [plain = 0, tls = 0, mutual = 0] = figuresOf(/^closed to SUBACK/);
  assert.ok(plain < 1200 && plain + 2000 < tls && tls + 1000 < mutual, `${plain}, ${tls}, ${mutual}`);
  // A fix is one record, its PUBACK another, of 29 bytes each: header, nonce and tag.
  const fixes = figuresOf(/^a fix/);
  assert.deepEqual(
    fixes.map((fix) => Math.round(fix - (fixes[0] ?? 0))),
    [0, 58, 58],
  );
});
