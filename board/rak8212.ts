import type { Board } from "./board.ts";

/** RAK8212: nRF52832, BG96. */
export const board: Board = {
  name: "RAK8212",
  openModem: function () {
    // The only UART is the console's by default: without this every print() would go to the modem.
    E.setConsole(null, { force: true });
    Serial1.setup(115200, { tx: D9, rx: D7, cts: D10 });
    return Serial1;
  },
  powerOn: function () {
    return [D6, 0, 200, D6, 1, 200, D15, 1, 2000, D15, 0, 0];
  },
  powerOff: function () {
    return [D6, 0, 2000];
  },
  boot_ms: 30000,
};
