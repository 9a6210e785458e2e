/**
 * `#cell`: the cell that serves the modem, for when there is no fix. It is told beside the fixes, and is none: whoever has a
 * table of cells makes a place of it, some hundred metres to some kilometres wide.
 */
import { log } from "#log";
import { decimal } from "../decimal.ts";
import type { DeviceConfig } from "../device-config.ts";
import { command } from "./at.ts";

/** As tables of cells have it. */
export interface Cell {
  mcc: number;
  mnc: number;
  /** Tracking or location area. */
  tac: number;
  cell: number;
  /** The modem's word for the network's kind: "CAT-M", "CAT-NB", "LTE", "GSM". */
  rat: string;
  /** RSRP of LTE, else what is received; undefined: not told. */
  signal_dbm: number | undefined;
}

const enum Limit {
  /** 300 ms in the manual (QuecCell 2.1). */
  Command_ms = 5000,
  /** Codes of countries and of networks in them, areas, and cells: 28 bits in LTE (3GPP TS 23.003). */
  LeastMcc = 200,
  Most = 999,
  MostArea = 0xfffe,
  MostCell = 0xfffffff,
  /** `rxlev` as 3GPP TS 45.008 counts it, where a modem does not tell dBm. */
  RxLevel = 111,
  LeastSignal = -150,
}

/** Asks for the cell, if the settings want it. `done` gets it; it is not called where there is none, or none that can be one. */
export function findCell(config: DeviceConfig, done: (cell: Cell) => void): void {
  if (config.cell)
    command(
      'AT+QENG="servingcell"',
      function (reason, lines) {
        const cell = reason ? undefined : readCell(lines[0] || "");
        if (cell) done(cell);
        else log("cell: none");
      },
      Limit.Command_ms,
    );
}

/**
 * The cell of one of these, whose state may be LIMSRV, NOCONN or CONNECT; undefined: searching, or nothing that can be one.
 *
 *   +QENG: "servingcell",state,"CAT-M",tdd,mcc,mnc,cell,pcid,earfcn,band,ul,dl,tac,rsrp,rsrq,rssi,sinr,srxlev
 *   +QENG: "servingcell",state,"GSM",mcc,mnc,lac,cell,bsic,arfcn,band,rxlev,…
 *
 * (QuecCell 2.1; of EC2x, AT 6.17, with "LTE", and "WCDMA" like GSM.) Area and cell are hexadecimal, "-" is unknown. @seldom
 */
function readCell(line: string): Cell | undefined {
  const fields = line
    .substr(line.indexOf(":") + 1)
    .split('"')
    .join("")
    .split(",");
  const rat = fields[2] || "";
  const duplex = fields[3];
  const is_lte = duplex === "FDD" || duplex === "TDD";
  const from = is_lte ? 4 : 3;
  const level = decimal(fields[is_lte ? 13 : 10]) as number;
  const dbm = level > 0 && rat === "GSM" ? level - Limit.RxLevel : level;
  const cell: Cell = {
    mcc: decimal(fields[from]) as number,
    mnc: decimal(fields[from + 1]) as number,
    tac: hexadecimal(fields[is_lte ? 12 : 5]),
    cell: hexadecimal(fields[6]),
    rat: rat,
    signal_dbm: dbm < 0 && dbm >= Limit.LeastSignal ? dbm : undefined,
  };
  return ["CAT-M", "CAT-NB", "eMTC", "NBIoT", "LTE", "GSM", "WCDMA"].indexOf(rat) >= 0 &&
    cell.mcc >= Limit.LeastMcc &&
    cell.mcc <= Limit.Most &&
    cell.mnc >= 0 &&
    cell.mnc <= Limit.Most &&
    cell.mcc % 1 === 0 &&
    cell.mnc % 1 === 0 &&
    cell.tac > 0 &&
    cell.tac <= Limit.MostArea &&
    cell.cell > 0 &&
    cell.cell <= Limit.MostCell
    ? cell
    : undefined;

  /** 0: it is none, or too long. */
  function hexadecimal(text: string | undefined): number {
    let value = 0;
    if (!text || text.length > 8) return 0;
    for (let i = 0; i < text.length; i++) {
      const digit = "0123456789ABCDEFabcdef".indexOf(text.charAt(i));
      if (digit < 0) return 0;
      value = 16 * value + (digit < 16 ? digit : digit - 6);
    }
    return value;
  }
}
