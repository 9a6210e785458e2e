import type { Fields } from "../firmware/check.ts";
import { storageFile } from "../firmware/tracker/area.ts";

export { erasePages as eraseSlot } from "../firmware/tracker/area.ts";

/** Espruino for Linux (a PC, a Raspberry Pi) with a USB modem, which has no power key: `AT+CFUN=1,1` restarts it. */
export const BOARD = "LINUX";

export const HAS_DTR: boolean = false;

export const FEATURES = {
  gnss: ["modem", "nmea"],
  modem: ["quectel"],
  tls: ["modem"],
  ota: ["slots"],
  // A computer that is on anyway, and a modem without a power key.
  sleep: ["none", "save"],
  battery: ["none", "yes"],
  // For a BG95.
  turns: ["yes"],
};

export function boardFields(fields: Fields): void {
  fields.outbox_bytes = [65536, 8192, 196608];
  fields.modem_port = ["/dev/ttyUSB2", 1, 64];
}

/** What it calls free flash is Storage, all of it. */
export function journalArea(_bytes: number): number[] | undefined {
  return storageFile(0x10000000, "tb.box");
}

/** Of a Storage that has room for it `npm run flash` makes a file. */
export function slotArea(): number[] | undefined {
  return storageFile(0x10000000, "tb.app");
}

/** Flash is a file here, so that an address is no place in memory. */
export function slotCode(address: number, length: number): string {
  const content = (slotArea() as number[])[2] as number;
  return require("Storage").read("tb.app", address - content, length) as string;
}

export function openModem(path: string): Serial {
  Serial1.setup(115200, { path: path });
  return Serial1;
}

export function receiverFields(fields: Fields): void {
  fields.gnss_port = ["/dev/ttyACM0", 1, 64];
  fields.gnss_baud = [9600, 1200, 921600];
}

export function openReceiver(baud: number, path: string): Serial {
  Serial2.setup(baud, { path: path });
  return Serial2;
}

export function power(_what: number): void {}

export function dtr(_level: 0 | 1): void {}

export function antenna(_on: 0 | 1): void {}

/**
 * There `unsetup` leaves the port open (Espruino's `jshUSARTUnSetup` is a placeholder on Linux), and one that a USB modem left
 * while it was open has another name when it comes back.
 */
export function restBoard(on: 0 | 1): void {
  if (on) openModem("/dev/null");
}

/** It has a mains plug, or somebody who looks after it. */
export const MODEM_ON_BATTERY = false;

export function battery(): number {
  return Number.NaN;
}

export function temperature(): number {
  return Number.NaN;
}

/** A process that was killed says nothing of why. */
export function watchdogBit(): boolean {
  return false;
}

/** The kernel's: the interpreter's own begins each start with the same numbers. */
export function noise(): string {
  // biome-ignore lint/style/useNodejsImportProtocol: the interpreter has it by this name alone
  return require("fs").readFileSync("/proc/sys/kernel/random/uuid");
}
