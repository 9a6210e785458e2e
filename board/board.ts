import type { Fields } from "../firmware/config.ts";
import type { SerialPort } from "../firmware/modem/at.ts";

/** An output: an Espruino `Pin`, or a fake in tests. */
export interface OutputPin {
  write(level: 0 | 1): void;
}

/** Pin, level, then how many milliseconds to wait: three entries a step. */
export type PinSteps = (OutputPin | number)[];

/**
 * What one board's file exports. The build bundles one of them as `#board`; they are single exports, not an object,
 * because a constant then costs no variable and a function one less.
 */
export interface Board {
  /** `process.env.BOARD` of the interpreter this blob is for. */
  BOARD: string;
  /** Adds the settings only this board has; 0: none. */
  boardFields: ((fields: Fields) => void) | 0;
  /** Sets the console and the modem's UART up, and gives the UART. `path`: the serial device, on Linux. */
  openModem(path: string): SerialPort;
  /**
   * The steps that press the modem's power key (`on` is 1; PWRKEY toggles, so only for a modem known to be off), or
   * that cut or end it when it no longer answers (0).
   */
  powerSteps(on: number): PinSteps;
}
