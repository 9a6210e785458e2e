import type { Fields } from "../firmware/config.ts";
import type { PinSteps } from "./board.ts";

/** Seeed Wio LTE: STM32F405, EC21. */
export const BOARD = "WIO_LTE";

export const boardFields: ((fields: Fields) => void) | 0 = 0;

export function openModem(_path: string): Serial {
  // Serial2 is the modem's and the console's by default.
  E.setConsole(USB as Serial, { force: true });
  Serial2.setup(115200, { tx: A2, rx: A3 });
  return Serial2;
}

/** Grove and VCCB supply, modem supply, GNSS antenna supply, RESET released, WAKEUP_IN low; then the key. */
export function powerSteps(on: number): PinSteps {
  return on
    ? [B10, 1, 0, B5, 1, 0, B12, 1, 0, C5, 1, 0, C3, 1, 0, C0, 0, 1000, C4, 1, 100, C4, 0, 200, C4, 1, 0]
    : [B5, 0, 2000];
}
