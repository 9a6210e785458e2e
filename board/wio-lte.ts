import type { Board } from "./board.ts";

/** Seeed Wio LTE: STM32F405, EC21. */
export const board: Board = {
  name: "WIO_LTE",
  openModem: function () {
    // Serial2 is the modem's and the console's by default.
    E.setConsole(USB as Serial, { force: true });
    Serial2.setup(115200, { tx: A2, rx: A3 });
    return Serial2;
  },
  powerOn: function () {
    // Grove and VCCB supply, modem supply, GNSS antenna supply, RESET released, WAKEUP_IN low; then the key.
    return [
      B10,
      1,
      0,
      B5,
      1,
      0,
      B12,
      1,
      0,
      C5,
      1,
      0,
      C3,
      1,
      0,
      C0,
      0,
      1000,
      C4,
      1,
      100,
      C4,
      0,
      200,
      C4,
      1,
      0,
    ];
  },
  powerOff: function () {
    return [B5, 0, 2000];
  },
  boot_ms: 30000,
};
