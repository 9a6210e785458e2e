/** `#edrx` of a build without: the modem listens as often as the network says. */
import type { SimConfig } from "./way.ts";

export function edrxText(_sim: SimConfig): string {
  return "";
}
