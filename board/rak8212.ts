import type { Fields } from "../firmware/check.ts";
import { storageFile } from "../firmware/tracker/area.ts";
import { Power } from "./board.ts";

export { noise, temperature, watchdogBit } from "./nrf52.ts";

declare const D6: Pin, D7: Pin, D9: Pin, D10: Pin, D15: Pin, D18: Pin, D19: Pin, D25: Pin;

/**
 * RAK8212: nRF52832, BG96. Pins: Espruino's libs/js/rak/RAK8212.js. D9 LTE_TXD, D7 LTE_RXD, D10 LTE_RTS, D6 PWR_GPRS_ON, D15
 * GPRS_PWRKEY.
 */
export const BOARD = "RAK8212";

/** Its only UART is the modem's. Its 2,500 variables and 40 KB are dear: the client's further methods are had for the asking. */
export const HAS_DTR: boolean = false;

export const FEATURES = {
  gnss: ["modem"],
  modem: ["quectel"],
  tls: ["modem"],
  attributes: ["none", "yes"],
  client_rpc: ["none", "yes"],
  claim: ["none", "yes"],
  provision: ["none", "yes"],
  identity: ["none", "provision"],
  calls: ["few", "all"],
  log: ["none", "yes"],
  settings: ["none", "afar"],
  cell: ["none", "yes"],
  assistance: ["none", "yes"],
  battery: ["none", "yes"],
  motion: ["none", "lis3dh"],
  extras: ["none", "yes"],
  policy: ["none", "trips"],
  zones: ["none", "yes"],
  // Its 40 KB hold one firmware: a new one comes by cable.
  ota: ["none"],
  sleep: ["none", "save"],
};

export const MODEM_ON_BATTERY = true;

/** No pin of the chip is wired to it. */
export function battery(): number {
  return Number.NaN;
}

/** LIS3DH_SCL D18, LIS3DH_SDA D19. By software, as in Espruino's RAK8212.js: it leaves nothing switched on. */
export function i2c(): I2C {
  const bus = new I2C();
  bus.setup({ scl: D18, sda: D19 });
  return bus;
}

/** LIS3DH_INT1. */
export function motionPin(): Pin {
  return D25;
}

export function boardFields(fields: Fields): void {
  // What 40 KB of Storage leave beside the code and the settings.
  fields.outbox_bytes = [8192, 8192, 8192];
}

/** The interpreter leaves no page free that a larger one would not take. */
export function journalArea(_bytes: number): number[] | undefined {
  return storageFile(0x6c000, "tb.box");
}

export function openModem(_path: string): Serial {
  // The only UART is the console's by default: without this every print() would go to the modem. Bluetooth's console is
  // reached at any time, where a console set to null would let nobody in again.
  Bluetooth.setConsole(1);
  Serial1.setup(115200, { tx: D9, rx: D7, cts: D10 });
  return Serial1;
}

/**
 * On: the supply is cut for 2 s; then, 500 ms after it came back, the power key is pressed for 2 s. The key alone: 700 ms, at
 * least 500 (BG96 Hardware Design, 3.7).
 */
export function power(what: Power): void {
  if (what === Power.Key) digitalPulse(D15, 1, 700);
  else {
    digitalPulse(D6, 0, 2000);
    if (what) digitalPulse(D15, 0, [2500, 2000]);
  }
}

export function dtr(_level: 0 | 1): void {}

/** It has no switch. */
export function antenna(_on: 0 | 1): void {}

/** Bluetooth has the only console: it stays to be found, but calls every 2 s only. */
export function restBoard(on: 0 | 1): void {
  if (on) Serial1.unsetup();
  NRF.setAdvertising({}, { interval: on ? 2000 : 375 });
}
