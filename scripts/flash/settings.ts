/** The settings that go to a board with its firmware, and those it has. */
import type { BoardName } from "../boards.ts";
import type { Choices } from "../build/features.ts";
import { readText } from "../config/file.ts";
import { settingsFor } from "../config/settings.ts";
import { type Device, DeviceError } from "../device/device.ts";
import { Fault } from "../fault.ts";

/** The Storage file. */
export const SETTINGS_FILE = "tb.json";

/** A file's settings in the form that goes to the board, with firmware that is built so. Throws `Fault` with all its faults. */
export function settingsOf(path: string, board: BoardName, built: Choices): string {
  const text = readText(path);
  if (text === undefined) throw new Fault(`${path}: no such file; npm run config writes one`);
  const checked = settingsFor(board, text, built);
  if ("json" in checked) return checked.json;
  throw new DeviceError(
    `${checked.faults.map((fault) => `${path}: ${fault}`).join("\n")}\nnothing was written to the board`,
  );
}

/** What is wrong with the settings on the board, in one line; "" when nothing is. */
export async function storedFault(device: Device, board: BoardName, built: Choices): Promise<string> {
  const text = await device.evaluate(`require("Storage").read("${SETTINGS_FILE}")`);
  if (typeof text !== "string") return "there are no settings on the board";
  const checked = settingsFor(board, text, built);
  return "faults" in checked ? `the settings on the board are wrong: ${checked.faults[0]}` : "";
}
