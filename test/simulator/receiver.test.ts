import assert from "node:assert/strict";
import { test } from "node:test";
import { createClock } from "@sinonjs/fake-timers";
import { fromFakeTimers } from "../../scripts/simulator/clock.ts";
import { readFixes } from "../../scripts/simulator/gnss-log.ts";
import { createReceiver } from "../../scripts/simulator/receiver.ts";
import { WESTERN } from "../gnss/logs.ts";

const START_MS = Date.UTC(2026, 5, 1, 12, 0, 0, 400);

function listen(baud?: number) {
  const timers = createClock(START_MS);
  const receiver = createReceiver({ clock: fromFakeTimers(timers), log: WESTERN, ...(baud && { baud }) });
  const heard = { text: "", pieces: [] as number[] };
  receiver.peer.onData = (bytes) => {
    heard.text += bytes;
    heard.pieces.push(timers.now - START_MS);
  };
  return { timers, receiver, heard };
}

test("it tells the log's fixes, one a second, with the clock's time and date", () => {
  const { timers, heard } = listen();
  timers.tick(3500);
  const fixes = readFixes(heard.text);
  assert.deepEqual(
    fixes.map(({ time_ms }) => new Date(time_ms).toISOString()),
    [1, 2, 3].map((second) => `2026-06-01T12:00:0${second}.000Z`),
  );
  const places = readFixes(WESTERN).map(({ latitude }) => latitude);
  for (const { latitude } of fixes) assert.ok(places.includes(latitude));
});

test("a line takes the time its bits take", () => {
  const { timers, heard } = listen();
  timers.tick(1500);
  const [first = "", second = ""] = heard.text.split(/(?<=\n)/);
  const ms = (line: string) => (line.length * 10_000) / 9600;
  assert.ok(Math.abs((heard.pieces[0] ?? 0) - 600 - ms(first)) <= 1);
  assert.ok(Math.abs((heard.pieces[1] ?? 0) - 600 - ms(first) - ms(second)) <= 2);
});

test("without sky it says that it has no fix; without power nothing", () => {
  const { timers, receiver, heard } = listen();
  receiver.sees = false;
  timers.tick(1500);
  assert.match(heard.text, /^\$GPRMC,120001\.00,V,,,,,,,010626,,,N\*[0-9A-F]{2}\r\n$/);
  receiver.on = false;
  timers.tick(5000);
  assert.equal(heard.pieces.length, 1);
});

test("a UART at another speed hears noise, one that is closed nothing", () => {
  const { timers, receiver, heard } = listen(115_200);
  receiver.peer.setBaud?.(9600);
  timers.tick(1500);
  assert.match(heard.text, /^[\x80-\xff]+$/);
  receiver.peer.setBaud?.(0);
  heard.text = "";
  timers.tick(1000);
  assert.equal(heard.text, "");
  receiver.peer.setBaud?.(115_200);
  timers.tick(1000);
  assert.match(heard.text, /\$GPRMC,120003\.00,A,/);
});
