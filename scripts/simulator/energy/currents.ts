/**
 * What each part of a tracker draws, in mA at the battery's voltage: one figure a state, where it is from, and whether a
 * document says it. Nothing here was measured by us. Sums are assumed to be sums: no document tells of GNSS and radio together.
 */
import type { BoardName } from "../../boards.ts";
import type { BoardState, EngineState, ModuleState } from "./loads.ts";

export interface Current {
  mA: number;
  /** `datasheet`: a document of who makes it says so. */
  mark: "datasheet" | "estimate";
  source: string;
}

export interface ModemCurrents {
  module: Record<ModuleState, Current>;
  /** While it sends. */
  transmitter: Current;
  /** Besides the module's own. */
  engine: Record<EngineState, Current>;
}

export interface Currents {
  modem: ModemCurrents;
  board: Record<BoardState, Current>;
  /** Of GNSS, while it has power. */
  antenna: Current;
  /** The console over Bluetooth, that can be connected to at any time. */
  bluetooth: Current;
}

/**
 * How the radio is taken to work, where the network decides; how long it keeps a connection is `coverage.release_ms` of the
 * modem. Assumptions: a connection begins with some messages, each flight needs its grant, and LTE-M in fair reception sends
 * 100 kbit/s.
 */
export const RADIO = { setup_s: 0.3, flight_s: 0.1, bytes_per_s: 12_500 };

const datasheet = (mA: number, source: string): Current => ({ mA, mark: "datasheet", source });
const estimate = (mA: number, source: string): Current => ({ mA, mark: "estimate", source });
const NOTHING = datasheet(0, "it has no power");

const BG96_TABLE = "Quectel BG96 Hardware Design V1.3, table 34";
const BG96_GNSS = "Quectel BG96 Hardware Design V1.3, table 35, AT+CFUN=0";

const BG96: ModemCurrents = {
  module: {
    unpowered: NOTHING,
    off: datasheet(0.008, `${BG96_TABLE}: power down`),
    psm: datasheet(0.01, `${BG96_TABLE}: PSM`),
    booting: estimate(40, "processor at work, radio off"),
    asleep: datasheet(1.7, `${BG96_TABLE}: sleep, LTE-M, DRX 1.28 s`),
    "asleep, eDRX": datasheet(1.1, `${BG96_TABLE}: sleep, LTE-M, eDRX 20.48 s`),
    "asleep without radio": datasheet(0.8, `${BG96_TABLE}: sleep, AT+CFUN=0`),
    idle: datasheet(15.5, `${BG96_TABLE}: idle, 15 to 16`),
    searching: estimate(50, "receiver on all the time; no document tells it"),
    connected: estimate(35, "it listens to each subframe, or most"),
  },
  transmitter: datasheet(200, `${BG96_TABLE}: LTE-M, 23 dBm, 197 to 220`),
  engine: {
    off: NOTHING,
    searching: datasheet(42, `${BG96_GNSS}: cold start 41.7, lost 42`),
    tracking: datasheet(35.5, `${BG96_GNSS}: open sky, 35 to 36`),
  },
};

/** No table of the EC21 was found in readable text. */
const EC21_ALIKE = "no table found; as of LTE Cat 1 modules of its kind";

const EC21: ModemCurrents = {
  module: {
    unpowered: NOTHING,
    off: estimate(0.01, EC21_ALIKE),
    psm: estimate(0.01, "it has no PSM; as off"),
    booting: estimate(100, EC21_ALIKE),
    asleep: estimate(2.3, EC21_ALIKE),
    "asleep, eDRX": estimate(2.3, "it has no eDRX; as asleep"),
    "asleep without radio": estimate(1.2, EC21_ALIKE),
    idle: estimate(21, EC21_ALIKE),
    searching: estimate(100, EC21_ALIKE),
    connected: estimate(120, EC21_ALIKE),
  },
  transmitter: estimate(600, `${EC21_ALIKE}, 23 dBm`),
  engine: {
    off: NOTHING,
    searching: estimate(54, EC21_ALIKE),
    tracking: estimate(32, EC21_ALIKE),
  },
};

/** Measured by Espruino on boards of its own with the same chips. */
const ESPRUINO = "espruino.com/Power+Consumption, nRF52";
const RUNNING = datasheet(6, `${ESPRUINO}: run, 4 to 8`);
/** Its ChangeLog, 2v11, has 0.9 for an open UART of an nRF52840. */
const UART_OPEN = datasheet(1, `${ESPRUINO}: sleep with the fast clock on, as for a UART, 1`);
const ADVERTISING = datasheet(
  0.02,
  `${ESPRUINO}: advertising, as it does unless NRF.sleep() was called, 0.02 to 0.08`,
);
/** RAKWireless/rakwireless-docs, Product-Categories/WisTrio/RAK5010/Datasheet. */
const ACTIVE_ANTENNA = datasheet(10, "RAK5010 datasheet: active GPS antenna");

/** Of each board with its modem. */
export const CURRENTS: Record<BoardName, Currents> = {
  rak8212: {
    modem: BG96,
    board: {
      running: RUNNING,
      awake: UART_OPEN,
      asleep: estimate(0.02, "0.003 of the chip, its regulators and sensors"),
    },
    antenna: estimate(10, "as that of a RAK5010"),
    bluetooth: ADVERTISING,
  },
  rak5010: {
    modem: BG96,
    board: {
      running: RUNNING,
      awake: UART_OPEN,
      asleep: datasheet(
        0.003,
        "RAK5010 datasheet: 0.013 asleep, DC/DC on, with the modem in PSM, which is 0.010",
      ),
    },
    antenna: ACTIVE_ANTENNA,
    bluetooth: ADVERTISING,
  },
  "wio-lte": {
    modem: EC21,
    board: {
      running: estimate(40, "STM32F405 at 168 MHz, peripherals off"),
      awake: estimate(20, "STM32F405 in its sleep mode; Espruino measured 12 of an STM32F1 at 72 MHz"),
      asleep: estimate(0.4, "STM32F405 in its stop mode 0.3, and the board's regulators"),
    },
    antenna: estimate(10, "as that of a RAK5010"),
    bluetooth: datasheet(0, "it has none"),
  },
  // Of the computer nothing is counted.
  linux: {
    modem: BG96,
    board: { running: NOTHING, awake: NOTHING, asleep: NOTHING },
    antenna: estimate(10, "as that of a RAK5010"),
    bluetooth: NOTHING,
  },
};
