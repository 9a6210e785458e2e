/** What a tracker takes of its battery, by load, against the estimates that the way to save is planned by. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { useEnergy } from "../../scripts/bench/energy.ts";
import { CURRENTS } from "../../scripts/simulator/energy/currents.ts";

/** Within a twentieth. */
function about(figure: number, expected: number, what: string): void {
  assert.ok(Math.abs(figure - expected) <= expected / 20, `${what}: ${figure}, not about ${expected}`);
}

/** After data, by default of the simulated network. */
const RELEASE_S = 10;
const DAYS = 1 / 8;
const HOURS = 24 * DAYS;

test("a RAK5010 that reports each minute, connected: GNSS, antenna and modem are on all the time", async () => {
  const { reading, fixes } = await useEnergy("rak5010", { interval_s: 60 }, DAYS);
  assert.ok(Math.abs(fixes - HOURS * 60) <= 2, `${fixes} fixes`);
  const { loads, states, radio_s } = reading;
  const { module, engine } = CURRENTS.rak5010.modem;
  about(loads.gnss, engine.tracking.mA * HOURS, "GNSS, 860 mAh a day");
  about(loads.antenna, 10 * HOURS, "its antenna");
  // Idle it would be 384 mAh a day; 10 s of each minute the radio is connected.
  about(radio_s, (HOURS * 3600 * RELEASE_S) / 60, "radio, s");
  about(states.modem.idle?.mAh ?? 0, (module.idle.mA * HOURS * 5) / 6, "modem, idle");
  about(loads.modem, (module.idle.mA * HOURS * 5) / 6 + (module.connected.mA * HOURS) / 6, "modem");
  const day_mAh = reading.mAh / DAYS;
  // A day of the modem idle, GNSS and antenna is 372 + 852 + 240; the rest is the radio's and the board's.
  assert.ok(day_mAh > 1464 && day_mAh < 1464 + 180, `${day_mAh} mAh a day`);
});

test("each ten minutes GNSS is off between; the antenna is not, nor is the modem asleep", async () => {
  const { reading } = await useEnergy("rak5010", { interval_s: 600 }, DAYS);
  assert.ok(reading.loads.gnss < 3, `${reading.loads.gnss} mAh`);
  about(reading.mAh / DAYS, 690, "mAh a day");
});
