import type { Board } from "./board.ts";

/** RAK5010: nRF52840, BG96. */
export const board: Board = {
  name: "RAK5010",
  openModem: function () {
    // GPS_EN: power of the GNSS antenna.
    D39.write(1);
    Serial1.setup(115200, { tx: D6, rx: D8, cts: D7 });
    return Serial1;
  },
  powerOn: function () {
    // PWRKEY low for at least 500 ms; from 650 ms on it would switch a running module off (BG96 Hardware Design, 3.7).
    return [D2, 0, 550, D2, 1, 0];
  },
  powerOff: function () {
    // PWRKEY off pulse: at least 650 ms, then at least 2 s until the module is off (BG96 Hardware Design, 3.7).
    return [D2, 0, 800, D2, 1, 3000];
  },
  boot_ms: 30000,
};
