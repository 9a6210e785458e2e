import assert from "node:assert/strict";
import { test } from "node:test";
import { bringUp } from "../../firmware/modem/network.ts";
import { ERROR, ok } from "./fake-serial.ts";
import { setup } from "./network-rig.ts";

const UNSET = ok('+CCLK: "80/01/06,00:01:13+00"');

for (const [qlts, cclk, expected] of [
  [ok('+QLTS: "2024/02/29,23:59:59+32,0"'), UNSET, "2024-02-29T23:59:59Z"],
  [ok('+QLTS: "2025/12/31,03:41:22-20,1"'), UNSET, "2025-12-31T03:41:22Z"],
  [ok('+QLTS: ""'), ok('+CCLK: "26/07/04,08:09:10+08"'), "2026-07-04T08:09:10Z"],
  [ERROR, ok('+CCLK: "26/01/01,00:00:00+00"'), "2026-01-01T00:00:00Z"],
  [ok('+QLTS: "1980/01/06,00:00:17+00,0"'), UNSET, undefined],
  [ok('+QLTS: ""'), ok('+CCLK: "08/01/04,00:19:43+00"'), undefined],
  [ok('+QLTS: ""'), ok('+CCLK: "80/01/06,00:01:13+00"'), undefined],
  [ERROR, ERROR, undefined],
  [ok("+QLTS: garbage,"), ok("+CCLK: ,,,"), undefined],
] as const) {
  test(`the clock: ${JSON.stringify(qlts)} ${JSON.stringify(cclk)} is ${expected}`, (t) => {
    const { clock, serial } = setup(t);
    Object.assign(serial.answers, { "AT+QLTS=1": qlts, "AT+CCLK?": cclk });
    const times: unknown[] = [];
    bringUp((reason, time_ms) => times.push(reason, time_ms));
    clock.tick(1000);
    assert.deepEqual(times, ["", expected && Date.parse(expected)]);
  });
}
