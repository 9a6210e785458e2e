import type { Field } from "../firmware/config.ts";
import type { Board } from "./board.ts";

/** Espruino for Linux (a PC, a Raspberry Pi) with a USB modem, which has no power key: `AT+CFUN=1,1` restarts it. */
export const board: Board = {
  name: "LINUX",
  fields: function (): Field[] {
    return [["modem_port", "/dev/ttyUSB2", 1, 64]];
  },
  openModem: function (path: string) {
    Serial1.setup(115200, { path: path });
    return Serial1;
  },
  powerOn: function () {
    return [];
  },
  powerOff: function () {
    return [];
  },
  boot_ms: 30000,
};
