import type { Field } from "../firmware/config.ts";
import type { SerialPort } from "../firmware/modem/at.ts";

/** An output: an Espruino `Pin`, or a fake in tests. */
export interface OutputPin {
  write(level: 0 | 1): void;
}

/** Pin, level, then how many milliseconds to wait: three entries a step. */
export type PinSteps = (OutputPin | number)[];

/** What one board is: the build picks one and bundles it as `#board`. */
export interface Board {
  /** `process.env.BOARD` of the interpreter this blob is for. */
  name: string;
  /** Settings only this board has. */
  fields?(): Field[];
  /** Sets the console and the modem's UART up, and gives the UART. `path`: the serial device, on Linux. */
  openModem(path: string): SerialPort;
  /** The steps that press the modem's power key; PWRKEY toggles, so only for a modem known to be off. */
  powerOn(): PinSteps;
  /** The steps that cut or reset the modem when it no longer answers. */
  powerOff(): PinSteps;
  /** How long after `powerOn` the modem may take to say RDY, ms. */
  boot_ms: number;
}
