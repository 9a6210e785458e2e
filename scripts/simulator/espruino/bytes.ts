/** Strings as the interpreter has them: a byte a character. Everything that enters or leaves the board goes through here. */

/** The bytes of a string; characters above 255 lose their upper bits, as on a board without Unicode. */
export const fromBytes = (text: string): Uint8Array => Buffer.from(text, "latin1");

export const toBytes = (bytes: Uint8Array): string => Buffer.from(bytes).toString("latin1");

/**
 * Source text as a board without Unicode reads it: bytes, `\uXXXX` cut to its low byte, 0xFF taken for the end.
 * `erased` tells that there was such an end.
 */
export function decodeSource(source: string): { source: string; erased: boolean } {
  const end = source.indexOf("\xff");
  const text = (end < 0 ? source : source.slice(0, end)).replace(
    /\\(u([0-9a-f]{4})|[\s\S])/gi,
    (whole, _body: string, code: string | undefined) => (code ? `\\x${code.slice(2)}` : whole),
  );
  return { source: text, erased: end >= 0 };
}

const CRC_TABLE = Int32Array.from({ length: 256 }, (_, byte) => {
  let crc = byte;
  for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? (crc >>> 1) ^ 0xedb88320 : crc >>> 1;
  return crc;
});

/** CRC-32 of zip and Ethernet, `E.CRC32`. */
export function crc32(text: string): number {
  let crc = -1;
  for (const byte of fromBytes(text)) crc = (CRC_TABLE[(crc ^ byte) & 255] as number) ^ (crc >>> 8);
  return ~crc >>> 0;
}
