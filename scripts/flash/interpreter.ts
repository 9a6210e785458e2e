/** Which boards the firmware is for, and how old their interpreter may be. */
import { BOARDS, type BoardName, boardNamed, entryOf } from "../boards.ts";
import { DeviceError } from "../device/device.ts";
import { versionNumber } from "../device/version.ts";

/** The blob for a board, by its `process.env.BOARD`. Throws `DeviceError` when there is none. */
export function boardOf(env_board: string): BoardName {
  const name = boardNamed(env_board);
  if (name === undefined)
    throw new DeviceError(
      `this board is a ${env_board}, and there is no firmware for it: it is for ${BOARDS.flatMap((board) => entryOf(board).env_names).join(", ")}`,
    );
  return name;
}

/** Throws `DeviceError` when the interpreter lacks what the firmware needs. */
export function refuseOld(board: BoardName, version: string): void {
  const { version: oldest, why, newer } = entryOf(board).oldest;
  if (versionNumber(version) >= versionNumber(oldest)) return;
  throw new DeviceError(
    `this board's Espruino is ${version}, and the tracker needs ${oldest} or newer (${why}): ${newer}, see https://www.espruino.com/Download`,
  );
}
