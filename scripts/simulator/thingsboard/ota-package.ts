/** OTA packages: a file with a title, a version and a checksum, or the address of one. */
import { createHash } from "node:crypto";
import { crc32 } from "node:zlib";
import { uuidOf } from "./entities.ts";

export type OtaType = "FIRMWARE" | "SOFTWARE";
export const CHECKSUM_ALGORITHMS = ["MD5", "SHA256", "SHA384", "SHA512", "CRC32"] as const;
export type ChecksumAlgorithm = (typeof CHECKSUM_ALGORITHMS)[number];

export interface OtaPackage {
  id: string;
  created_ms: number;
  profile_id: string;
  type: OtaType;
  title: string;
  version: string;
  tag: string | undefined;
  /** Where the device is to fetch it; then there is no file. */
  url: string | undefined;
  file: OtaFile | undefined;
  /** Whatever else was saved of it: given back as it came. */
  more: Record<string, unknown>;
}

export interface OtaFile {
  name: string;
  content_type: string;
  bytes: Buffer;
  algorithm: ChecksumAlgorithm;
  checksum: string;
}

/** Lower-case hex, as Guava writes a hash: CRC32 with the lowest byte first. */
export function checksumOf(bytes: Buffer, algorithm: ChecksumAlgorithm): string {
  if (algorithm !== "CRC32") return createHash(algorithm.toLowerCase()).update(bytes).digest("hex");
  const sum = Buffer.alloc(4);
  sum.writeUInt32LE(crc32(bytes));
  return sum.toString("hex");
}

/** Described, not uploaded yet. */
export function createPackage(
  type: OtaType,
  title: string,
  version: string,
  { profile_id, now_ms }: { profile_id: string; now_ms: number },
): OtaPackage {
  return {
    id: uuidOf(`package ${type} ${title} ${version}`),
    created_ms: now_ms,
    profile_id,
    type,
    title,
    version,
    tag: undefined,
    url: undefined,
    file: undefined,
    more: {},
  };
}

/** What the names of its attributes and topics begin with. */
export const prefixOf = (type: OtaType): "fw" | "sw" => (type === "FIRMWARE" ? "fw" : "sw");
