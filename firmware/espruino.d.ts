/** The Espruino globals that the firmware uses; a board's pins are declared in its file, and what one file alone uses in that. */

interface Pin {
  /** Makes the pin an output and drives it. */
  write(level: 0 | 1 | boolean): void;
  /** Its level. */
  read(): boolean;
}

/** By software, on any two pins; of the chip there are `I2C1` and further. Where nobody answers all ones are read. */
declare class I2C {
  setup(options: { scl: Pin; sda: Pin }): void;
  writeTo(address: number, data: number | number[]): void;
  readFrom(address: number, count: number): Uint8Array;
}

/** 0 to 1, of what `E.getAnalogVRef()` says. */
declare function analogRead(pin: Pin): number;

/** The last pin gets the lowest bit. */
declare function digitalWrite(pins: Pin[], bits: number): void;
/** Drives the pin to `level`, and the other way after each time, by a hardware timer; returns at once. */
declare function digitalPulse(pin: Pin, level: 0 | 1, times_ms: number | number[]): void;

interface SerialOptions {
  tx?: Pin;
  rx?: Pin;
  /** The pin Espruino drives low while it can receive (to the modem's RTS input). */
  cts?: Pin;
  /** Espruino for Linux: the device to open. */
  path?: string;
}
interface Serial {
  setup(baud: number, options: SerialOptions): void;
  /** Strings go out as raw bytes. */
  write(bytes: string): void;
  /** Ends `setup`; its listeners stay. */
  unsetup(): void;
  on(event: "data", listener: (bytes: string) => void): void;
  /** Moves the console here; 1: and keeps it here, whatever is plugged in or connects. */
  setConsole(force: 0 | 1): void;
}
declare const Serial1: Serial, Serial2: Serial;
declare const USB: Serial, Bluetooth: Serial;

/** Bluetooth of the nRF52 boards. */
declare const NRF: {
  /** Stops advertising and ends what connection there is; and the other way round. */
  sleep(): void;
  wake(): void;
  getSecurityStatus(): { connected: boolean };
  /** `interval`: ms, from call to call. */
  setAdvertising(data: object, options: { interval: number }): void;
};
/** STM32: 1: it stops the processor whenever nothing is due, if no UART and no USB is open. */
declare function setDeepSleep(on: 0 | 1): void;
/** A register or a word of memory, 32 bits. */
declare function peek32(address: number): number;
declare function poke32(address: number, value: number): void;
/** The chip's serial number, as text. */
declare function getSerial(): string;

declare const E: {
  on(event: "errorFlag", listener: (flags: string[]) => void): void;
  reboot(): void;
  /** 32 bits of the chip's own noise; on Linux of a generator that begins each start with the same. */
  hwRand(): number;
  /** V of the converter's reference, measured. */
  getAnalogVRef(): number;
  /** °C of the chip. */
  getTemperature(): number;
  /** Bytes as a string. */
  toString(data: Uint8Array): string;
  /** Manual: it bites unless it is kicked so often. Automatic: the interpreter kicks it whenever it is idle. */
  enableWatchdog(seconds: number, automatic: boolean): void;
};

declare const process: {
  /** The interpreter's. */
  version: string;
  memory(collect?: boolean): { free: number; usage: number; total: number };
  on(event: "uncaughtException", listener: (error: unknown) => void): void;
};

interface Storage {
  read(name: string, offset?: number, length?: number): string | undefined;
  readJSON(name: string, noExceptions?: boolean): unknown;
}
/** Raw flash, with no check of what it holds. */
interface RawFlash {
  read(length: number, address: number): Uint8Array;
  /** Only bits that are 1 become 0. */
  write(data: Uint8Array | string, address: number): void;
  erasePage(address: number): void;
  getPage(address: number): { addr: number; length: number };
  getFree(): { addr: number; length: number }[];
}
declare function require(module: "Storage"): Storage;
declare function require(module: "Flash"): RawFlash;
/** Linux. */
declare function require(module: "fs"): { readFileSync(path: string): string };

declare const global: Record<string, unknown>;
declare function print(...values: unknown[]): void;
/** Sets the clock, seconds since 1970 (UTC). */
declare function setTime(seconds: number): void;
declare function setTimeout(callback: () => void, ms?: number): number;
declare function setTimeout<A>(callback: (a: A) => void, ms: number, a: A): number;
declare function setTimeout<A, B>(callback: (a: A, b: B) => void, ms: number, a: A, b: B): number;
declare function setTimeout<A, B, C>(
  callback: (a: A, b: B, c: C) => void,
  ms: number,
  a: A,
  b: B,
  c: C,
): number;
declare function setInterval<A>(callback: (a: A) => void, ms: number, a: A): number;
declare function setInterval<A, B, C>(
  callback: (a: A, b: B, c: C) => void,
  ms: number,
  a: A,
  b: B,
  c: C,
): number;
declare function clearInterval(timer: number): void;
/** A number or null: `clearTimeout(undefined)` throws, without an argument it clears every timer. */
declare function clearTimeout(timer: number): void;
