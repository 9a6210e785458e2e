import assert from "node:assert/strict";
import { test } from "node:test";
import { Way } from "../../firmware/modem/network.ts";
import { ERROR, OK, SIGNAL, TIME } from "./fake-serial.ts";
import { setup } from "./network-rig.ts";

const UNSET = '+CCLK: "80/01/06,00:01:13+00"';

for (const [qlts, cclk, expected] of [
  ['+QLTS: "2024/02/29,23:59:59+32,0"', UNSET, "2024-02-29T23:59:59Z"],
  ['+QLTS: "2025/12/31,03:41:22-20,1"', UNSET, "2025-12-31T03:41:22Z"],
  ['+QLTS: ""', '+CCLK: "26/07/04,08:09:10+08"', "2026-07-04T08:09:10Z"],
  [ERROR, '+CCLK: "26/01/01,00:00:00+00"', "2026-01-01T00:00:00Z"],
  ['+QLTS: "1980/01/06,00:00:17+00,0"', UNSET, undefined],
  ['+QLTS: ""', '+CCLK: "08/01/04,00:19:43+00"', undefined],
  ['+QLTS: ""', '+CCLK: "80/01/06,00:01:13+00"', undefined],
  [ERROR, ERROR, undefined],
  ["+QLTS: garbage,", "+CCLK: ,,,", undefined],
] as const) {
  test(`the clock: ${JSON.stringify(qlts)} ${JSON.stringify(cclk)} is ${expected}`, (t) => {
    const { clock, serial, bringUp } = setup(t);
    // An error ends the line of commands.
    const answers = [SIGNAL, cclk, ...(cclk === ERROR ? [] : [qlts])].join("\r\n\r\n");
    serial.answers[TIME] =
      `\r\n${answers.replace(`\r\n\r\n${ERROR}`, ERROR)}${answers.endsWith(ERROR) ? "" : `\r\n${OK}`}`;
    const times: unknown[] = [];
    bringUp((reason, time_ms) => times.push(reason, time_ms || undefined), Way.Context);
    clock.tick(1000);
    assert.deepEqual(times, ["", expected && Date.parse(expected)]);
  });
}
