/** Which boards the firmware is for, and how old their interpreter may be. */
import type { BoardName } from "../budgets.ts";
import { DeviceError } from "../device/device.ts";
import { versionNumber } from "../device/version.ts";

/** What `process.env.BOARD` says, and the blob for it. */
const BOARD_NAMES = new Map<string, BoardName>([
  ["RAK5010", "rak5010"],
  ["RAK8212", "rak8212"],
  ["WIO_LTE", "wio-lte"],
  ["LINUX", "linux"],
  ["LINUX2500", "linux"],
  ["RASPBERRYPI", "linux"],
]);

/**
 * E.CRC32 and Storage.readJSON without exceptions came with 2v05. 2v06 is the oldest that the tracker was seen to run on, the last official one for the RAK8212 and the first for the RAK5010.
 */
const OLDEST = "2v06";

/** What to do where it is older. */
const NEWER: Record<BoardName, string> = {
  rak5010: "install the current one",
  rak8212: "install the last official one, 2v06, or build the current one",
  "wio-lte": "install the last official one, 2v08",
  linux: "build the current one",
};

/** The blob for a board, by its `process.env.BOARD`. Throws `DeviceError` when there is none. */
export function boardOf(env_board: string): BoardName {
  const name = BOARD_NAMES.get(env_board);
  if (name === undefined)
    throw new DeviceError(
      `this board is a ${env_board}, and there is no firmware for it: it is for ${[...BOARD_NAMES.keys()].join(", ")}`,
    );
  return name;
}

/** Throws `DeviceError` when the interpreter lacks what the firmware needs. */
export function refuseOld(board: BoardName, version: string): void {
  if (versionNumber(version) >= versionNumber(OLDEST)) return;
  throw new DeviceError(
    `this board's Espruino is ${version}, and the tracker needs ${OLDEST} or newer (older ones lack E.CRC32, or were not tried): ${NEWER[board]}, see https://www.espruino.com/Download`,
  );
}
