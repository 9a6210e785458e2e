/** Espruino's versions as numbers in their order: "2v29.277" is 229.277, "2v08" 208. NaN for what is no version. */
export function versionNumber(version: string): number {
  const match = /^(\d+)v(\d+)(\.\d+)?/.exec(version);
  return match ? Number(match[1]) * 100 + Number(match[2]) + Number(match[3] ?? 0) : Number.NaN;
}
