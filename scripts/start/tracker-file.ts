/** The settings of the simulated tracker: as a board has them, and as a file for `npm run flash`. */
import { mkdirSync, rmSync } from "node:fs";
import { join, relative } from "node:path";
import type { BoardName } from "../boards.ts";
import { writeSecretText } from "../config/file.ts";
import type { Settings } from "../config/settings.ts";
import { nameOf, storedAs } from "../flash/certificates.ts";
import type { Certificates } from "./certificates.ts";

export const APN = "internet";
export const CLIENT_ID = "npm-start";
/** Of the linux board: for an interpreter with a board's Storage, too. */
const OUTBOX_BYTES = 8192;

export interface Wanted {
  board: BoardName;
  server: { host: string; port: number };
  token: string;
  interval_s: number;
  debug: boolean;
  certificates: Certificates | undefined;
  /** By which the server tells the trackers of a fleet apart; default "npm-start". */
  client_id?: string;
  /** Further settings. */
  more?: Settings;
}

/** The files that the tracker has for TLS: the setting's name and the PEM. */
function filesOf(certificates: Certificates | undefined): Record<string, string> {
  if (!certificates) return {};
  const { ca, device } = certificates;
  return { ca, ...(device && { cert: device.certificate, key: device.key }) };
}

/** `named`: what the settings say of each file. */
function settingsOf(wanted: Wanted, named: (setting: string, pem: string) => string): Settings {
  const { board, server, token, interval_s, debug, certificates, client_id = CLIENT_ID, more } = wanted;
  const files = Object.entries(filesOf(certificates));
  return {
    server: {
      ...server,
      ...(certificates && { tls: certificates.device ? 2 : 1 }),
      ...Object.fromEntries(files.map(([setting, pem]) => [setting, named(setting, pem)])),
      // With a certificate the server asks for no user name.
      ...(!certificates?.device && { username: token }),
      client_id,
    },
    apn: APN,
    interval_s,
    ...more,
    ...(board === "linux" && { outbox_bytes: OUTBOX_BYTES }),
    ...(debug && { debug: 1 }),
  };
}

/** `tb.json`, as `npm run flash` would write it. */
export const boardSettings = (wanted: Wanted): Settings =>
  settingsOf(wanted, (_setting, pem) => storedAs(pem));

/** What `npm run flash` would put into the modem's store. */
export const modemFiles = (wanted: Wanted): Record<string, string> =>
  Object.fromEntries(Object.values(filesOf(wanted.certificates)).map((pem) => [nameOf(pem), pem]));

/** Writes `tracker.json` and the PEM files beside it into a directory of its own; gives its path. `ports`: modem and receiver, on Linux. */
export function writeTrackerFile(directory: string, wanted: Wanted, ports: object): string {
  rmSync(directory, { recursive: true, force: true });
  mkdirSync(directory, { recursive: true });
  for (const [setting, pem] of Object.entries(filesOf(wanted.certificates)))
    writeSecretText(join(directory, `${setting}.pem`), pem);
  const path = join(directory, "tracker.json");
  const settings = { board: wanted.board, ...settingsOf(wanted, (setting) => `${setting}.pem`), ...ports };
  writeSecretText(path, `${JSON.stringify(settings, null, 2)}\n`);
  return relative("", path) || path;
}
