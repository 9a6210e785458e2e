import type { Fields } from "../firmware/check.ts";
import { storageFile } from "../firmware/tracker/area.ts";

export { noise, watchdogBit } from "./nrf52.ts";

declare const D6: Pin, D7: Pin, D9: Pin, D10: Pin, D15: Pin;

/**
 * RAK8212: nRF52832, BG96. Pins: Espruino's libs/js/rak/RAK8212.js. D9 LTE_TXD, D7 LTE_RXD, D10 LTE_RTS, D6 PWR_GPRS_ON, D15
 * GPRS_PWRKEY.
 */
export const BOARD = "RAK8212";

/** Its only UART is the modem's. Its 2,500 variables and 40 KB are dear: the client's further methods are had for the asking. */
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
  extras: ["none", "yes"],
  policy: ["none", "trips"],
  zones: ["none", "yes"],
  // Its 40 KB hold one firmware: a new one comes by cable.
  ota: ["none"],
};

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

/** Cuts the supply for 2 s; then, 500 ms after it came back, the power key is pressed for 2 s. */
export function power(on: number): void {
  digitalPulse(D6, 0, 2000);
  if (on) digitalPulse(D15, 0, [2500, 2000]);
}
