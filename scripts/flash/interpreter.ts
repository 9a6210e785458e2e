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

/** The oldest interpreter a board may have, why, and what to do where it is older. */
interface Oldest {
  version: string;
  why: string;
  newer: string;
}

const LACKING = "older ones lack E.CRC32, or were not tried";

/** E.CRC32, and Storage.readJSON without exceptions, came with 2v05; 2v06 is the oldest that the tracker was seen to run on. */
const OLDEST: Record<BoardName, Oldest> = {
  rak5010: { version: "2v06", why: LACKING, newer: "install the current one" },
  rak8212: {
    version: "2v20.48",
    why: "the board's 40 KB hold the code as tokens only, which older ones do not take",
    newer: "build the current one with `BOARD=RAK8212 RELEASE=1 make`",
  },
  "wio-lte": { version: "2v06", why: LACKING, newer: "install the last official one, 2v08" },
  linux: { version: "2v06", why: LACKING, newer: "build the current one" },
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
  const { version: oldest, why, newer } = OLDEST[board];
  if (versionNumber(version) >= versionNumber(oldest)) return;
  throw new DeviceError(
    `this board's Espruino is ${version}, and the tracker needs ${oldest} or newer (${why}): ${newer}, see https://www.espruino.com/Download`,
  );
}
