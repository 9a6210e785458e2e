import type { Fields } from "../firmware/config.ts";
import type { PinSteps } from "./board.ts";

/** RAK8212: nRF52832, BG96. */
export const BOARD = "RAK8212";

export const boardFields: ((fields: Fields) => void) | 0 = 0;

export function openModem(_path: string): Serial {
  // The only UART is the console's by default: without this every print() would go to the modem.
  E.setConsole(null, { force: true });
  Serial1.setup(115200, { tx: D9, rx: D7, cts: D10 });
  return Serial1;
}

export function powerSteps(on: number): PinSteps {
  return on ? [D6, 0, 200, D6, 1, 200, D15, 1, 2000, D15, 0, 0] : [D6, 0, 2000];
}
