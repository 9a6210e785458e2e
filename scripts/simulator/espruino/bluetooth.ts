/** Bluetooth of the nRF52 boards, as far as a program says how quiet it is to be: `NRF`. */
import type { Machine } from "./machine.ts";

/** From call to call, ms: Espruino's own, and what may be asked for instead (its jswrap_bluetooth.c). */
export const ADVERTISING_MS = 375;
const LEAST_MS = 20;
const MOST_MS = 10_000;

export function installBluetooth({ realm, spec, meter, peers }: Machine): void {
  if (!spec.consoles.includes("Bluetooth")) return;
  let interval_ms = ADVERTISING_MS;
  let asleep = false;
  const tell = (): void => meter?.advertising(asleep ? 0 : interval_ms);
  const nrf = realm.object();
  realm.define(nrf, {
    sleep() {
      asleep = true;
      tell();
    },
    wake() {
      asleep = false;
      tell();
    },
    getSecurityStatus: () => realm.object({ connected: peers.Bluetooth?.watched === true }),
    setAdvertising(_data: unknown, options: { interval?: number } = {}) {
      interval_ms = Math.min(Math.max(options.interval ?? interval_ms, LEAST_MS), MOST_MS);
      tell();
    },
  });
  Object.defineProperty(realm.global, "NRF", { value: nrf, configurable: true, writable: true });
  // A reset forgets it.
  tell();
}
