import assert from "node:assert/strict";
import { test } from "node:test";
import { Rung } from "../../firmware/modem/network.ts";
import { timeOf } from "../../firmware/modem/quectel.ts";
import { Reason } from "../../firmware/reason.ts";
import { ERROR, ok } from "./fake-serial.ts";
import { setup } from "./network-rig.ts";

const UNSET = '+CCLK: "80/01/06,00:01:13+00"';
const EMPTY = '+QLTS: ""';
const SUMMER = '+CCLK: "26/07/04,08:09:10+08"';

for (const [qlts, mode, cclk, expected] of [
  ['+QLTS: "2024/02/29,23:59:59+32,0"', 0, UNSET, "2024-02-29T23:59:59Z"],
  ['+QLTS: "2025/12/31,03:41:22-20,1"', 3, UNSET, "2025-12-31T03:41:22Z"],
  [EMPTY, 0, SUMMER, "2026-07-04T08:09:10Z"],
  [EMPTY, 1, SUMMER, "2026-07-04T08:09:10Z"],
  // CTZU=3: the clock is local, two hours ahead; and six and a half hours behind, on another day.
  [EMPTY, 3, SUMMER, "2026-07-04T06:09:10Z"],
  [EMPTY, 3, '+CCLK: "25/12/31,20:00:00-26"', "2026-01-01T02:30:00Z"],
  // One that does not say whether its clock is local.
  [EMPTY, undefined, SUMMER, undefined],
  // One that fails does not hide the other.
  [undefined, 0, '+CCLK: "26/01/01,00:00:00+00"', "2026-01-01T00:00:00Z"],
  ['+QLTS: "2026/01/01,00:00:00+00,0"', undefined, undefined, "2026-01-01T00:00:00Z"],
  ['+QLTS: "1980/01/06,00:00:17+00,0"', 0, UNSET, undefined],
  ['+QLTS: "1970/01/01,00:00:17+00,0"', 0, '+CCLK: "70/01/01,00:00:26+00"', undefined],
  [EMPTY, 0, '+CCLK: "08/01/04,00:19:43+00"', undefined],
  [EMPTY, 3, UNSET, undefined],
  [undefined, undefined, undefined, undefined],
  ["+QLTS: garbage,", 0, "+CCLK: ,,,", undefined],
  ['+QLTS: "////,,::"', 0, '+CCLK: "26/13/45,99:99:99+00"', undefined],
] as const) {
  test(`the clock: ${JSON.stringify(qlts)}, CTZU ${mode}, ${JSON.stringify(cclk)} is ${expected}`, (t) => {
    const { clock, serial, bringUp } = setup(t);
    serial.answers["AT+QLTS=1"] = qlts === undefined ? ERROR : ok(qlts);
    serial.answers["AT+CTZU?"] = mode === undefined ? ERROR : ok(`+CTZU: ${mode}`);
    serial.answers["AT+CCLK?"] = cclk === undefined ? ERROR : ok(cclk);
    const times: unknown[] = [];
    bringUp((reason, time_ms) => times.push(reason, time_ms || undefined), Rung.Context);
    clock.tick(1000);
    assert.deepEqual(times, [Reason.None, expected && Date.parse(expected)]);
  });
}

test("the modem's clock is asked only when the network did not tell", (t) => {
  const { clock, serial, start } = setup(t);
  start();
  clock.tick(1000);
  assert.ok(!serial.commands.includes("AT+CCLK?"));
});

test("what is no date is none", () => {
  for (const text of ["", '"', '""', '"/"', '"2/"', '"26/07/04"', '"26/07/04,"', '"x6/07/04,08:09:10+08"'])
    assert.equal(timeOf(text, true), 0, text);
});
