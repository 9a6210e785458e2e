/** What a tracker takes of its battery, by load: the promises of board/README.md "On a battery". */
import assert from "node:assert/strict";
import { test } from "node:test";
import { useEnergy } from "../../scripts/bench/energy.ts";
import { CURRENTS } from "../../scripts/simulator/energy/currents.ts";

/** Usable of a battery. */
const USABLE = 0.85;
const YEAR_DAYS = 365;
const { module } = CURRENTS.rak5010.modem;

test("a RAK5010 that is connected and reports each minute: receiver and antenna are off between fixes, the modem sleeps by DTR", async () => {
  const days = 1 / 8;
  const { reading, fixes } = await useEnergy("rak5010", { interval_s: 60 }, days);
  assert.ok(Math.abs(fixes - days * 1440) <= 3, `${fixes} fixes`);
  const { loads, states } = reading;
  // Before, they were on all day: 860 and 240 mAh.
  assert.ok(loads.gnss / days < 120, `GNSS: ${loads.gnss / days} mAh a day`);
  assert.ok(loads.antenna / days < 40, `antenna: ${loads.antenna / days} mAh a day`);
  const { asleep, idle } = states.modem;
  assert.ok(
    (asleep?.seconds ?? 0) > 3 * (idle?.seconds ?? 0),
    `${asleep?.seconds} s asleep, ${idle?.seconds} idle`,
  );
});

test("a RAK5010 that reports hourly lives for 100 days on 2,000 mAh", async () => {
  const { reading, fixes } = await useEnergy("rak5010", { interval_s: 3600, power: "save" }, 1);
  assert.equal(fixes, 24);
  assert.ok((2000 * USABLE) / reading.mAh >= 100, `${reading.mAh} mAh a day`);
});

test("a fix an hour and four uploads a day: a year on 3,400 mAh", async () => {
  const settings = { interval_s: 3600, power: "save", upload_s: 21_600 };
  const { reading } = await useEnergy("rak5010", settings, 1);
  assert.ok((3400 * USABLE) / reading.mAh >= YEAR_DAYS, `${reading.mAh} mAh a day`);
});

test("between two reports a RAK5010 takes 15 µA", async () => {
  // Of a day with one report, the same without the hours after it.
  const settings = { interval_s: 86_400, power: "save" };
  const short = await useEnergy("rak5010", settings, 1 / 24);
  const long = await useEnergy("rak5010", settings, 13 / 24);
  const mA = (long.reading.mAh - short.reading.mAh) / 12;
  assert.ok(mA >= module.psm.mA, "the modem alone");
  assert.ok(mA <= 0.015, `${Math.round(mA * 1e6) / 1000} µA`);
});
