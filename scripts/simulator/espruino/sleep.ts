/** What a program says of how the board may sleep: Bluetooth of the nRF52 boards (`NRF`), and `setDeepSleep` of an STM32. */
import type { Machine } from "./machine.ts";

/** How quiet the board is while nothing runs. */
export interface Quiet {
  /** From call to call by Bluetooth, ms; 0: it cannot be found. */
  advertising_ms: number;
  /** Its processor stops whenever it can. */
  deep_sleep: boolean;
}

/** Espruino's own, and what may be asked for instead (its jswrap_bluetooth.c). */
const ADVERTISING_MS = 375;
const LEAST_MS = 20;
const MOST_MS = 10_000;

export const loud = (): Quiet => ({ advertising_ms: ADVERTISING_MS, deep_sleep: false });

export function installSleep({ realm, spec, quiet, peers }: Machine): void {
  realm.define(realm.global, {
    setDeepSleep(on: unknown) {
      quiet.deep_sleep = Boolean(on);
    },
  });
  if (!spec.consoles.includes("Bluetooth")) return;
  let interval_ms = ADVERTISING_MS;
  const nrf = realm.object();
  realm.define(nrf, {
    sleep() {
      quiet.advertising_ms = 0;
    },
    wake() {
      quiet.advertising_ms = interval_ms;
    },
    getSecurityStatus: () => realm.object({ connected: peers.Bluetooth?.watched === true }),
    setAdvertising(_data: unknown, options: { interval?: number } = {}) {
      interval_ms = Math.min(Math.max(options.interval ?? interval_ms, LEAST_MS), MOST_MS);
      if (quiet.advertising_ms) quiet.advertising_ms = interval_ms;
    },
  });
  Object.defineProperty(realm.global, "NRF", { value: nrf, configurable: true, writable: true });
}
