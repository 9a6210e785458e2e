import type { Fields } from "../firmware/check.ts";
import type { SerialPort } from "../firmware/modem/serial-port.ts";
import type { Bus, InputPin } from "../firmware/motion/bus.ts";

/** What the modem's power key and supply are asked for. */
export const enum Power {
  /** The supply is cut, or the power key ends it: of a modem that does not answer. */
  Off,
  /** The supply and the power key, of a modem known to be off: the key toggles. */
  On,
  /** The key alone, of one that sleeps in PSM or was told to switch off: its supply stays. */
  Key,
}

/**
 * What one board's file exports. The build bundles one of them as `#board`; they are single exports, not an object,
 * because a constant then costs no variable and a function one less.
 */
export interface Board {
  /** `process.env.BOARD` of the interpreter this blob is for. */
  BOARD: string;
  /**
   * Which of the build's features it has (scripts/build/features.ts), and in which ways: the first is what it gets unless
   * `--features` says otherwise. A feature that is not named it lacks, unless each board has it (`EVERY_BOARD` there); "none",
   * where there is that way, goes without saying, unless it is the first.
   */
  FEATURES: Record<string, string[]>;
  /** Adds the settings this board has its own limits for: outbox_bytes, and on Linux the modem's port. */
  boardFields(fields: Fields): void;
  /** Flash for the journal, whole pages and at least `bytes`: its first address and the one after it; none: no room. */
  journalArea(bytes: number): number[] | undefined;
  /**
   * Of a board with `ota: ["slots"]`, for firmware that comes over the air: the whole pages of both slots, like `journalArea`;
   * undefined: there are none, or not enough of them.
   */
  slotArea?(): number[] | undefined;
  /** What a slot has there, at least one byte: in place, so that the functions of code that is evaluated stay in flash. */
  slotCode?(address: number, length: number): string;
  /** Erases a slot, from its first page to the address after the last. */
  eraseSlot?(from: number, to: number): void;
  /** Sets the console and the modem's UART up, and gives the UART. `path`: the serial device, on Linux. */
  openModem(path: string): SerialPort;
  /** Of a board with `gnss: ["nmea"]`: adds the settings of the receiver's UART. */
  receiverFields?(fields: Fields): void;
  /** Sets up the UART of the GNSS receiver, and gives it. `path`: the serial device, on Linux. */
  openReceiver?(baud: number, path: string): SerialPort;
  /**
   * Whether the watchdog bit: since the power came, or since this was asked last. It tells what ended a run that left no note.
   * Always false on Linux, where there is none to ask.
   */
  watchdogBit(): boolean;
  /** Switches the modem. Returns at once; it may take 5 s. */
  power(what: Power): void;
  /** The modem's DTR is wired: high lets it sleep while nothing is asked of it, connected or not. */
  HAS_DTR: boolean;
  dtr(level: 0 | 1): void;
  /** Power of the GNSS antenna, which takes as much as the board awake. */
  antenna(on: 0 | 1): void;
  /**
   * 1: while the modem sleeps, the board saves what it can: UART closed, Bluetooth quiet. 0: it is awake again; `openModem`
   * follows.
   */
  restBoard(on: 0 | 1): void;
  /** V at the battery, by the board's divider; NaN: it has none. */
  battery(): number;
  /** The battery feeds the modem as it is, so that `AT+CBC` tells its voltage, too. */
  MODEM_ON_BATTERY: boolean;
  /** °C of the chip, which is some degrees warmer than what is around it while it works; NaN: not known. */
  temperature(): number;
  /** Of a board with `motion: ["lis3dh"]`: makes the accelerometer's bus, and gives the pin of its first interrupt. */
  i2c?(): Bus;
  motionPin?(): InputPin;
  /** What nobody can guess, 32 bits of it at least, another one each time. */
  noise(): string | number;
}
