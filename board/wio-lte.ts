import type { Fields } from "../firmware/check.ts";
import { Power } from "./board.ts";

export { freePages as journalArea } from "../firmware/tracker/area.ts";

/** STM32F405 reference manual RM0090, 7.3.21. */
const enum Register {
  /** RCC_CSR: why it started; the bits add up until they are cleared. */
  ResetReason = 0x40023874,
}

const enum ResetReason {
  /** RMVF: clears them. */
  Clear = 0x01000000,
  /** IWDGRSTF, WWDGRSTF. */
  Watchdog = 0x60000000,
}

declare const A2: Pin, A3: Pin, B0: Pin, B5: Pin, B10: Pin, B12: Pin, C0: Pin, C3: Pin, C4: Pin, C5: Pin;

/** Seeed Wio LTE: STM32F405, EC21. Pins: Espruino's boards/WIO_LTE.py, by the names in its list. */
export const BOARD = "WIO_LTE";

export const HAS_DTR: boolean = false;

export const FEATURES = {
  gnss: ["modem"],
  modem: ["quectel"],
  tls: ["modem"],
  // No manual of EC21's GNSS could be read, and that of Japan has none.
  assistance: ["none", "yes"],
  ota: ["none"],
  sleep: ["save", "none"],
};

/** A converter of its own feeds the modem. */
export const MODEM_ON_BATTERY = false;

/** B0 (battery_read), at half of its voltage (Seeed's Wio_LTE_Arduino_Library, examples/Check_battery). */
export function battery(): number {
  return analogRead(B0) * E.getAnalogVRef() * 2;
}

/** Its sensor is for differences: not calibrated. */
export function temperature(): number {
  return Number.NaN;
}

export function boardFields(fields: Fields): void {
  fields.outbox_bytes = [262144, 262144, 262144];
}

export function openModem(_path: string): Serial {
  // Serial2 is the modem's and the console's by default.
  USB.setConsole(1);
  Serial2.setup(115200, { tx: A2, rx: A3 });
  return Serial2;
}

/**
 * On: B10 (vccb), B5 (lte_pwr), C5 (codec_i2c_pwr) and C3 (lte_reset, so it is released) high, C0
 * (wakeup_in) low; 1.1 s later C4 (pwr_key) is low for 200 ms. The last pin has the lowest bit. Off: lte_pwr low for 2 s.
 */
export function power(what: Power): void {
  if (what === Power.Key) digitalPulse(C4, 0, 200);
  else if (what) {
    digitalWrite([B10, B5, C5, C3, C0], 0b11110);
    digitalPulse(C4, 1, [1100, 200]);
  } else digitalPulse(B5, 0, 2000);
}

export function dtr(_level: 0 | 1): void {}

/** ant_pwr. */
export function antenna(on: 0 | 1): void {
  B12.write(on);
}

/** Its processor stops, but for a clock that wakes it: with the UART open it could not. */
export function restBoard(on: 0 | 1): void {
  if (on) Serial2.unsetup();
  setDeepSleep(on);
}

/** `Board.watchdogBit`: since the last time it was asked. */
export function watchdogBit(): boolean {
  const reasons = peek32(Register.ResetReason);
  poke32(Register.ResetReason, reasons | ResetReason.Clear);
  return (reasons & ResetReason.Watchdog) !== 0;
}

/** Of its voltage reference. */
export function noise(): number {
  return E.hwRand();
}
