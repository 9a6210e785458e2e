/** The PEM files that a tracker.json names for TLS, on their way to the modem's store. */
import { createHash } from "node:crypto";
import { readFileSync, type Stats, statSync } from "node:fs";
import { count } from "../build/report.ts";
import { pathFrom } from "../config/document.ts";
import { fileFaults } from "../config/pem-files.ts";
import { putAt, type Settings, tlsOf, valueAt } from "../config/settings.ts";

/** A file for the modem's store. */
export interface Certificate {
  /** "server.ca". */
  field: string;
  /** In the modem's store: it stands for the content, so a file of that name is never an older one. */
  name: string;
  size: number;
  /** As char codes; undefined: nobody knows where they are, but the board's settings name the file. */
  bytes: string | undefined;
}

/** Each with the lowest `tls` that needs it. */
const PARTS = { ca: 1, cert: 2, key: 2 };

/** It goes through the memory of the smallest board, beside the program that passes it on. A chain of four takes some 6,000. */
export const MOST_BYTES = 8192;
/** Of the owner's group, and of everybody else. */
const OTHERS = 0o077;
const DIGITS = 8;

/** The name of a file with this content. */
export const nameOf = (bytes: string): string =>
  `${createHash("sha256").update(bytes, "latin1").digest("hex").slice(0, DIGITS)}.pem`;

/** What a board's settings say of a file with this content. */
export const storedAs = (bytes: string): string => `${nameOf(bytes)},${bytes.length}`;

/** Whether a file in the modem's store is ours, of this or of earlier settings. */
export const isOurs = (name: string): boolean => /^[0-9a-f]{8}\.pem$/.test(name);

const partsOf = (settings: Settings): [field: string, part: string][] =>
  Object.entries(PARTS)
    .filter(([, tls]) => tlsOf(settings) >= tls)
    .map(([part]) => [`server.${part}`, part]);

/**
 * The files that the settings of `path`, a tracker.json, need, and puts into those what the board knows them by. Throws
 * `Error` with a line a fault, each with the file's field.
 */
export function takeCertificates(path: string, settings: Settings): Certificate[] {
  const named = partsOf(settings).map(([field, part]) => {
    const name = valueAt(settings, field) as string;
    return { field, part, name, file: pathFrom(path, name) };
  });
  const faults = fileFaults(path, settings);
  if (!faults.length)
    for (const { field, part, name, file } of named) {
      const fault = modemFault(part, statSync(file));
      if (fault) faults.push(`${field} ${name}: ${fault}`);
    }
  if (faults.length) throw new Error(faults.join("\n"));

  const files = named.map(({ field, file }) => {
    const bytes = readFileSync(file, "latin1");
    return { field, name: nameOf(bytes), size: bytes.length, bytes };
  });
  // What these settings do not use is on no modem either.
  for (const part of Object.keys(PARTS)) delete (settings.server as Settings)[part];
  for (const { field, bytes } of files) putAt(settings, field, storedAs(bytes as string));
  return files;
}

/**
 * What keeps a right file from going to a modem. As ssh does it, a key of ours that others can read is refused, since a warning
 * would be the only thing between them and the device's login, and the remedy is one command. Windows has no such modes.
 */
function modemFault(part: string, { size, mode, uid }: Stats): string {
  if (size > MOST_BYTES)
    return `has ${count(size)} bytes, and ${count(MOST_BYTES)} are the most: leave out what the chain does not need`;
  return part === "key" && process.getuid?.() === uid && mode & OTHERS
    ? "others can read this private key: chmod 600 it"
    : "";
}

/** The files that a board's own settings name, without their bytes. */
export function certificatesOf(stored: Settings): Certificate[] {
  return partsOf(stored).flatMap(([field]) => {
    const [, name, size] = /^([^,]+),(\d+)$/.exec(String(valueAt(stored, field))) ?? [];
    return name ? [{ field, name, size: Number(size), bytes: undefined }] : [];
  });
}
