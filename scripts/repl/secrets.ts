/** What must not get into a log: the secrets in a board's settings. */
import { fields } from "../config/fields.ts";
import { type Settings, valueAt } from "../config/settings.ts";
import { type Device, DeviceError } from "../device/device.ts";

/** Shorter ones, a PIN most of all, would take other numbers out with them. */
const LEAST = 6;

/** The secrets in the board's own `tb.json`; none where it has none, or does not tell. */
export async function readSecrets(device: Device): Promise<string[]> {
  try {
    const settings = await device.evaluate('require("Storage").readJSON("tb.json",true)');
    if (typeof settings !== "object" || settings === null) return [];
    return fields()
      .filter(({ secret }) => secret)
      .map(({ path }) => valueAt(settings as Settings, path))
      .filter((value): value is string => typeof value === "string" && value.length >= LEAST);
  } catch (error) {
    if (error instanceof DeviceError) return [];
    throw error;
  }
}

/** A line with three stars for each of them. */
export function withoutSecrets(line: string, secrets: string[]): string {
  return secrets.reduce((text, secret) => text.replaceAll(secret, "***"), line);
}
