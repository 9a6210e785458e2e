import type { Fields } from "../firmware/check.ts";
import { Slot } from "../firmware/ota/layout.ts";
import { freePages } from "../firmware/tracker/area.ts";
import { Power } from "./board.ts";

export { erasePages as eraseSlot, freePages as journalArea } from "../firmware/tracker/area.ts";
export { noise, temperature, watchdogBit } from "./nrf52.ts";

/** Espruino's: a piece of memory, flash for one, as a string, which is no copy. */
declare const E: { memoryArea(address: number, length: number): string; getAnalogVRef(): number };

declare const D2: Pin,
  D4: Pin,
  D6: Pin,
  D7: Pin,
  D8: Pin,
  D13: Pin,
  D14: Pin,
  D16: Pin,
  D26: Pin,
  D33: Pin,
  D34: Pin,
  D39: Pin;

/**
 * RAK5010: nRF52840, BG96. Pins: Espruino's libs/js/rak/RAK5010.js. D6 LTE_TXD, D8 LTE_RXD, D7 LTE_RTS, D2 GPRS_PWRKEY, D39
 * GPS_EN.
 */
export const BOARD = "RAK5010";

export const HAS_DTR: boolean = true;

export const FEATURES = {
  gnss: ["modem", "nmea"],
  modem: ["quectel"],
  tls: ["modem"],
  ota: ["slots"],
  sleep: ["save", "none"],
  edrx: ["yes"],
  // The RAK5010-M has a BG95.
  turns: ["none", "yes"],
  motion: ["lis3dh"],
};

export const MODEM_ON_BATTERY = true;

/**
 * ADC_VBAT, D4, behind a divider by 2.5 (github srcnert/rak-zephyr-app, app/basic/adc; that adds 0.3 V, as measured). Its source
 * is of some 600 kΩ, and the interpreter samples for 3 µs, where the nRF52840 (Product Specification, SAADC) asks for 40: too
 * little is read, so the modem is asked once what is right.
 */
export function battery(): number {
  return analogRead(D4) * E.getAnalogVRef() * 2.5;
}

/**
 * SCL D13, SDA D14 (Espruino's libs/js/rak/RAK5010.js). By software, as there: it leaves nothing switched on, and a bus that
 * is held low throws ("I2C Error: Arbitration (start)").
 */
export function i2c(): I2C {
  const bus = new I2C();
  bus.setup({ scl: D13, sda: D14 });
  return bus;
}

/** LIS3DH_INT1, P0.16 (Zephyr's boards/rakwireless/rak5010, and RAK's RUI example 5010_interrupt). */
export function motionPin(): Pin {
  return D16;
}

/** Bytes. Of the pages that nobody uses the last ones are the outbox's, and those before its most the slots'. */
const enum Size {
  /** 34 pages: what 256 KB leave beside the slots. */
  Outbox = 139264,
}

export function boardFields(fields: Fields): void {
  fields.outbox_bytes = [65536, 8192, Size.Outbox];
}

export function slotArea(): number[] | undefined {
  const pages = freePages(Size.Outbox + Slot.Count * Slot.Bytes);
  return pages && [pages[0] as number, (pages[1] as number) - Size.Outbox];
}

export function slotCode(address: number, length: number): string {
  return E.memoryArea(address, length);
}

export function openModem(_path: string): Serial {
  Serial1.setup(115200, { tx: D6, rx: D8, cts: D7 });
  return Serial1;
}

export function receiverFields(fields: Fields): void {
  fields.gnss_baud = [9600, 1200, 921600];
}

/**
 * On the header J12: RX is IO4, P1.01, and TX is IO3, P1.02, with level shifters whose voltage is that of EXT_VREF (RAK5010
 * datasheet, "J10 and J12"). Espruino's boards/RAK5010.py has the same two for a console by cable.
 */
export function openReceiver(baud: number, _path: string): Serial {
  Serial2.setup(baud, { tx: D34, rx: D33 });
  return Serial2;
}

/**
 * PWRKEY low for at least 500 ms switches on; from 650 ms on it switches a running module off, which then takes at
 * least 2 s (BG96 Hardware Design, 3.7).
 */
export function power(what: Power): void {
  digitalPulse(D2, 0, what === Power.Off ? 800 : 550);
}

/** DTR of the modem: RAK5010 datasheet, P0.26. */
export function dtr(level: 0 | 1): void {
  D26.write(level);
}

/** GPS_EN. */
export function antenna(on: 0 | 1): void {
  D39.write(on);
}

/** Somebody who is at the console by Bluetooth is not thrown out. */
export function restBoard(on: 0 | 1): void {
  if (!on) NRF.wake();
  else {
    Serial1.unsetup();
    if (!NRF.getSecurityStatus().connected) NRF.sleep();
  }
}
