import type { BoardName } from "../../boards.ts";
import type { ModelName } from "../modem/models.ts";
import type { FlashGeometry } from "./flash.ts";
import { resetLayouts } from "./reset-register.ts";

/** What a pin does to the modem. The inverted key is pressed by a transistor: high presses. */
export type Wire = "supply" | "key" | "inverted key" | "reset" | "dtr";

/** An accelerometer on two pins, and the pin that its first interrupt is wired to. */
export interface AccelerometerSpec {
  address: number;
  scl: string;
  sda: string;
  interrupt: string;
}

/** What the firmware can tell of the board it runs on. */
export interface BoardSpec {
  /** `process.env.BOARD`. */
  name: string;
  /** `process.env.VERSION`. */
  version: string;
  /** The chip's own number, `process.env.SERIAL`; absent: as of one that has none. */
  chip?: string;
  /** How many variables the interpreter has, and the bytes of one: they bound memory and compaction's swap buffer. */
  variables: number;
  variableBytes: number;
  /** None of our boards has it: strings are bytes. */
  unicode: false;
  pageSize: number;
  /** Address of the first byte of Storage, and its length: whole pages. */
  storageStart: number;
  storageBytes: number;
  /** Pages below Storage that `require("Flash").getFree()` offers. */
  freeBytes: number;
  /** On Linux it offers the whole flash, Storage included. */
  freeHasStorage: boolean;
  serials: string[];
  /** Where the REPL is after boot, and what else it could be moved to. */
  console: string;
  consoles: string[];
  pins: string[];
  modemModel: ModelName;
  /** The UART the modem is on; on Linux the device, as the settings name it. */
  modemUart: string;
  /** That of a GNSS receiver; none: it can have none. */
  receiverUart?: string;
  /** The pins that switch the modem. */
  modemPins: Record<string, Wire>;
  /** The pin that feeds the antenna of GNSS, when high; absent: it is fed while the engine is on. */
  antennaPin?: string;
  /** The chip stops its clock only where `setDeepSleep(1)` allowed it. */
  deepSleepIsAsked?: true;
  /** How many I2C the chip has. */
  i2cs: number;
  accelerometer?: AccelerometerSpec;
  /** The pin at the battery, and by what its voltage is divided there. */
  battery?: { pin: string; divider: number };
  /** The battery feeds the modem as it is: `AT+CBC` tells its voltage. */
  modemOnBattery?: true;
  /** What `analogRead` gives as 1, V. */
  reference_v: number;
  /** `E.getTemperature()` and `E.getAnalogVRef()` measure. */
  measures: boolean;
  /** How many bytes the UART hands over at once: 1 by interrupt, up to 32 by reading a file. */
  uartChunk: number;
  /** On Linux the driver waits while the event queue is half full, so nothing overflows. */
  uartWaits: boolean;
  /** `Serial.unsetup` forgets the settings alone: on Linux the port stays open until the next setup. */
  unsetupLeavesOpen?: true;
  /** How full, in eighths, the event queue gets before the modem is held back by CTS. */
  holdEighths: number;
  modules: string[];
  /** The longest watchdog, seconds. */
  watchdog_s: number;
  /** A running watchdog cannot be changed or stopped. */
  latchedWatchdog: boolean;
  /** Where the chip says why it started; none on Linux. */
  resetRegister: (typeof resetLayouts)[keyof typeof resetLayouts] | undefined;
  /** Linux has the host's clock; a board starts at 1970. */
  hostClock: boolean;
  /** Boards seed `Math.random` with noise as they start; on Linux every start draws the same numbers. */
  seedsRandom: boolean;
}

const pins = (port: string, count: number): string[] =>
  Array.from({ length: count }, (_, i) => `${port}${i}`);

const nordic = {
  version: "2v29",
  measures: true,
  unicode: false,
  pageSize: 4096,
  uartChunk: 1,
  uartWaits: false,
  holdEighths: 3,
  modules: ["AT", "GPS", "ATSMS", "QuectelBG96", "iTracker", "Flash", "Storage", "net", "heatshrink"],
  watchdog_s: 131_072,
  latchedWatchdog: true,
  resetRegister: resetLayouts.nrf52,
  hostClock: false,
  seedsRandom: true,
  freeHasStorage: false,
} as const;

/** The boards this firmware is built for, and the two builds of Espruino for Linux that stand in for them. */
export const boardSpecs = {
  rak8212: {
    ...nordic,
    modules: [...nordic.modules],
    name: "RAK8212",
    variables: 2500,
    variableBytes: 13,
    storageStart: 0x6c000,
    storageBytes: 40 * 1024,
    freeBytes: 0,
    serials: ["Serial1"],
    console: "Serial1",
    consoles: ["Serial1", "Bluetooth"],
    pins: pins("D", 32),
    modemModel: "BG96",
    i2cs: 1,
    accelerometer: { address: 0x19, scl: "D18", sda: "D19", interrupt: "D25" },
    modemOnBattery: true,
    reference_v: 3.3,
    modemUart: "Serial1",
    modemPins: { D6: "supply", D15: "inverted key" },
  },
  rak5010: {
    ...nordic,
    modules: [...nordic.modules, "crypto", "tls"],
    name: "RAK5010",
    variables: 12500,
    variableBytes: 14,
    storageStart: 0xe2000,
    storageBytes: 80 * 1024,
    freeBytes: 256 * 1024,
    serials: ["Serial1", "Serial2"],
    console: "Bluetooth",
    consoles: ["Bluetooth", "USB", "Serial1", "Serial2"],
    pins: pins("D", 48),
    modemModel: "BG96",
    i2cs: 2,
    accelerometer: { address: 0x19, scl: "D13", sda: "D14", interrupt: "D16" },
    battery: { pin: "D4", divider: 2.5 },
    modemOnBattery: true,
    reference_v: 1.8,
    modemUart: "Serial1",
    receiverUart: "Serial2",
    // RAK5010 datasheet, "Pin definition": P0.26 is BG96_DTR.
    modemPins: { D2: "key", D26: "dtr" },
    antennaPin: "D39",
  },
  "wio-lte": {
    name: "WIO_LTE",
    version: "2v08",
    variables: 5450,
    variableBytes: 13,
    unicode: false,
    pageSize: 128 * 1024,
    storageStart: 0x080c0000,
    storageBytes: 256 * 1024,
    freeBytes: 256 * 1024,
    serials: ["Serial1", "Serial2", "Serial3", "Serial4", "Serial5", "Serial6"],
    console: "Serial2",
    consoles: ["USB", "Serial1", "Serial2"],
    pins: [...pins("A", 16), ...pins("B", 16), ...pins("C", 16), ...pins("D", 16)],
    modemModel: "EC21",
    i2cs: 3,
    battery: { pin: "B0", divider: 2 },
    reference_v: 3.3,
    measures: true,
    modemUart: "Serial2",
    modemPins: { B5: "supply", C4: "key", C3: "reset" },
    antennaPin: "B12",
    deepSleepIsAsked: true,
    uartChunk: 1,
    uartWaits: false,
    holdEighths: 6,
    modules: ["Flash", "Storage", "fs", "net", "neopixel"],
    watchdog_s: 26.2,
    resetRegister: resetLayouts.stm32f4,
    freeHasStorage: false,
    latchedWatchdog: false,
    hostClock: false,
    seedsRandom: true,
  },
  linux: {
    name: "LINUX",
    version: "2v29",
    // As many as are wanted; an Espruino for Linux as it comes begins with these.
    variables: 4096,
    variableBytes: 13,
    unicode: false,
    pageSize: 1024,
    storageStart: 0x10000000,
    // More than the 256 KB of an Espruino for Linux as it comes: firmware by cable, the one before, an outbox and two slots.
    storageBytes: 384 * 1024,
    freeBytes: 0,
    freeHasStorage: true,
    serials: ["Serial1", "Serial2", "Serial3", "Serial4", "Serial5", "Serial6"],
    console: "USB",
    consoles: ["USB"],
    pins: pins("D", 33),
    modemModel: "BG96",
    i2cs: 3,
    reference_v: 3.3,
    measures: false,
    modemUart: "/dev/ttyUSB2",
    receiverUart: "/dev/ttyACM0",
    modemPins: {},
    uartChunk: 32,
    uartWaits: true,
    unsetupLeavesOpen: true,
    holdEighths: 6,
    modules: ["timer", "Flash", "Storage", "heatshrink", "fs", "net", "dgram", "tls", "http", "crypto"],
    // The real one has none: this one stands in for a board.
    watchdog_s: 131_072,
    latchedWatchdog: false,
    resetRegister: undefined,
    hostClock: true,
    seedsRandom: false,
  },
} satisfies Record<BoardName, BoardSpec>;

/** The part of the chip's flash that the firmware can reach: its free pages, then Storage. */
export const flashOf = (spec: BoardSpec): FlashGeometry => ({
  start: spec.storageStart - spec.freeBytes,
  length: spec.freeBytes + spec.storageBytes,
  pageSize: spec.pageSize,
});
