import assert from "node:assert/strict";
import { test } from "node:test";
import { createModem } from "../../../scripts/simulator/modem/modem.ts";

test("bytes arrive in the order they were sent, even when the timers that bring them do not", () => {
  const timers: (() => void)[] = [];
  let now = 0;
  const modem = createModem({
    startsOn: true,
    baud: 115200,
    clock: { now: () => now, setTimeout: (fn) => timers.push(fn), clearTimeout: () => {} },
  });
  timers.length = 0;
  for (const piece of ["AT+", "CSQ", "\r"]) {
    modem.receive(piece);
    now++;
  }
  for (const fire of timers.splice(0).reverse()) fire();
  assert.equal(modem.transcript.bytes("host"), "AT+CSQ\r");
});
