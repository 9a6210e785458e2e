/** A package as `npm run package` writes it: what its first line says, and its bytes. */
import { readFileSync } from "node:fs";
import { Fault, fileFault } from "../fault.ts";

export interface PackageFile {
  title: string;
  version: string;
  tag: string;
  bytes: Buffer;
}

/** Title, version, and of which interpreter the tokens are: scripts/package/package.ts. */
const FIRST_LINE = /^\/\/((\S+ \S+) (\S+) \S+)\n/;
/** Longer no first line is. */
const HEAD_BYTES = 200;

/** Throws `Fault`. */
export function readPackage(file: string): PackageFile {
  let bytes: Buffer;
  try {
    bytes = readFileSync(file);
  } catch (error) {
    throw fileFault(file, error);
  }
  const [, tag, title, version] = FIRST_LINE.exec(bytes.toString("latin1", 0, HEAD_BYTES)) ?? [];
  if (!tag || !title || !version)
    throw new Fault(`${file}: is no package of firmware: npm run package -- --board … writes one to dist/`);
  return { title, version, tag, bytes };
}
