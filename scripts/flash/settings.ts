/** The settings that go to a board with its firmware, and those it has. */
import type { BoardName } from "../boards.ts";
import type { Choices } from "../build/features.ts";
import { readText } from "../config/file.ts";
import { parseSettings, type Settings, settingsFor } from "../config/settings.ts";
import { type Device, DeviceError } from "../device/device.ts";
import { Fault } from "../fault.ts";
import { type Certificate, certificatesOf, takeCertificates } from "./certificates.ts";

/** The Storage file. */
export const SETTINGS_FILE = "tb.json";

/** Where `npm run config` writes them unless told otherwise. */
const USUAL = "tracker.json";

/** The settings of a file, or what is to be one. */
export interface SettingsText {
  /** From where it names other files, and by which faults are told. */
  path: string;
  text: string;
}

/** What a file's settings are to a board. */
export interface BoardSettings {
  /** In the form that goes to the board: certificates by their names in the modem's store. */
  json: string;
  certificates: Certificate[];
}

/** Throws `Fault`. */
export function readSettings(path: string): SettingsText {
  const text = readText(path);
  if (text === undefined) throw new Fault(`${path}: no such file; npm run config writes one`);
  return { path, text };
}

/** Of firmware that is built so. Throws `Fault` with all that is wrong, certificates too. */
export function settingsOf({ path, text }: SettingsText, board: BoardName, built: Choices): BoardSettings {
  const checked = settingsFor(board, text, built);
  if ("faults" in checked) throw refused(path, checked.faults);
  const settings = JSON.parse(checked.json) as Settings;
  try {
    const certificates = takeCertificates(path, settings);
    return { json: JSON.stringify(settings), certificates };
  } catch (error) {
    throw refused(path, (error as Error).message.split("\n"));
  }
}

const refused = (path: string, faults: string[]): DeviceError =>
  new DeviceError(
    `${faults.map((fault) => `${path}: ${fault}`).join("\n")}\nnothing was written to the board`,
  );

/** The certificates that the settings on the board name. */
export async function storedCertificates(device: Device): Promise<Certificate[]> {
  const stored = await device.evaluate(`require("Storage").readJSON("${SETTINGS_FILE}",true)`);
  return typeof stored === "object" && stored !== null ? certificatesOf(stored as Settings) : [];
}

/**
 * Certificates that a board's settings name, with their bytes where a tracker.json that lies here has just those: so a board
 * whose modem lost them is mended without being told which settings it has.
 */
export function withBytes(stored: Certificate[]): Certificate[] {
  if (!stored.length) return stored;
  let here: Certificate[] = [];
  try {
    const read = parseSettings(readText(USUAL) ?? "");
    if ("settings" in read) here = takeCertificates(USUAL, read.settings);
  } catch {
    // It is not what this run was asked to look at.
  }
  return stored.map(
    (file) => here.find(({ name, size }) => name === file.name && size === file.size) ?? file,
  );
}

/** The file as the board has it. */
export async function storedSettings(device: Device): Promise<string | undefined> {
  const text = await device.evaluate(`require("Storage").read("${SETTINGS_FILE}")`);
  return typeof text === "string" ? text : undefined;
}

/** What is wrong with the settings on the board, in one line; "" when nothing is. */
export async function storedFault(device: Device, board: BoardName, built: Choices): Promise<string> {
  const text = await storedSettings(device);
  if (text === undefined) return "there are no settings on the board";
  const checked = settingsFor(board, text, built);
  return "faults" in checked ? `the settings on the board are wrong: ${checked.faults[0]}` : "";
}
