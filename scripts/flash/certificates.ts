/** The PEM files that a tracker.json names for TLS: what is wrong with them, and what the board knows them by. */
import { createHash, createPrivateKey, X509Certificate } from "node:crypto";
import { readFileSync, type Stats, statSync } from "node:fs";
import { dirname, resolve } from "node:path";
import { count } from "../build/report.ts";
import { putAt, type Settings, tlsOf, valueAt } from "../config/settings.ts";
import { systemWords } from "../fault.ts";

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
  const faults: string[] = [];
  const files: Certificate[] = [];
  const contents = new Map<string, string>();
  for (const [field, part] of partsOf(settings)) {
    const named = valueAt(settings, field) as string;
    try {
      const bytes = readPem(resolve(dirname(path), named), part);
      contents.set(part, bytes);
      files.push({ field, name: nameOf(bytes), size: bytes.length, bytes });
    } catch (fault) {
      faults.push(`${field} ${named}: ${(fault as Error).message}`);
    }
  }
  const [cert, key] = [contents.get("cert"), contents.get("key")];
  if (cert && key && !new X509Certificate(cert).checkPrivateKey(createPrivateKey(key)))
    faults.push(`server.key ${valueAt(settings, "server.key")}: is not the key of server.cert`);
  if (faults.length) throw new Error(faults.join("\n"));
  for (const part of Object.keys(PARTS)) {
    const file = files.find(({ field }) => field === `server.${part}`);
    if (file?.bytes !== undefined) putAt(settings, file.field, storedAs(file.bytes));
    // What these settings do not use is on no modem either.
    else if (valueAt(settings, `server.${part}`) !== undefined) delete (settings.server as Settings)[part];
  }
  return files;
}

/** The files that a board's own settings name, without their bytes. */
export function certificatesOf(stored: Settings): Certificate[] {
  return partsOf(stored).flatMap(([field]) => {
    const [, name, size] = /^([^,]+),(\d+)$/.exec(String(valueAt(stored, field))) ?? [];
    return name ? [{ field, name, size: Number(size), bytes: undefined }] : [];
  });
}

/** Throws `Error` with what is wrong with a file. */
function readPem(file: string, part: string): string {
  let stats: Stats;
  let bytes = "";
  try {
    stats = statSync(file);
    if (stats.isFile()) bytes = readFileSync(file, "latin1");
  } catch (error) {
    throw new Error(systemWords(error));
  }
  if (!stats.isFile()) throw new Error("is not a file");
  if (bytes.length > MOST_BYTES)
    throw new Error(
      `has ${count(bytes.length)} bytes, and ${count(MOST_BYTES)} are the most: leave out what the chain does not need`,
    );
  if (part === "key") checkKey(bytes, stats);
  else checkCertificate(bytes);
  return bytes;
}

function checkCertificate(bytes: string): void {
  if (/-----BEGIN [A-Z ]*PRIVATE KEY-----/.test(bytes))
    throw new Error("holds a private key: that belongs into a file of its own, server.key");
  if (!bytes.includes("-----BEGIN CERTIFICATE-----")) throw new Error("holds no certificate in PEM form");
  try {
    new X509Certificate(bytes);
  } catch {
    throw new Error("its certificate is broken");
  }
}

/**
 * As ssh does it: a key of ours that others can read is refused, since a warning would be the only thing between them and the
 * device's login, and the remedy is one command. Windows has no such modes.
 */
function checkKey(bytes: string, { mode, uid }: Stats): void {
  if (process.getuid?.() === uid && mode & OTHERS)
    throw new Error("others can read this private key: chmod 600 it");
  if (!/-----BEGIN [A-Z ]*PRIVATE KEY-----/.test(bytes)) throw new Error("holds no private key in PEM form");
  if (/^(-----BEGIN ENCRYPTED|Proc-Type: 4,ENCRYPTED)/m.test(bytes))
    throw new Error(
      "is encrypted, and a modem knows no passphrase: take that off (openssl pkey -in OLD -out NEW)",
    );
  try {
    createPrivateKey(bytes);
  } catch {
    throw new Error("its private key is broken");
  }
}
