/**
 * `#edrx` of a board with DTR: while the tracker is connected its modem, which sleeps then, listens for the network only so often.
 * Clauses: BG96 AT Commands Manual (AT), 3GPP TS 24.008.
 */
import type { SimConfig } from "./way.ts";

const enum Limit {
  /** Each longer cycle is twice as long as the one before. */
  Shortest_s = 5.12,
}

/**
 * What the command of `Step.PowerSaving` asks for besides: the longest cycle of `edrx_s`, in whole seconds, or less; the modem
 * keeps it, so that none is asked for, too.
 */
export function edrxText(sim: SimConfig): string {
  const asked_s = sim.power !== "save" && sim.edrx_s;
  // Of 5.12 s to 2,621.44 s (TS 24.008, table 10.5.5.32). Those between, of LTE-M alone, are left out.
  const codes = "0000 0001 0010 0011 0101 1001 1010 1011 1100 1101".split(" ");
  let i = 0;
  if (!asked_s) return ";+CEDRXS=0";
  for (let next_s = 2 * Limit.Shortest_s; next_s < asked_s + 1; next_s *= 2) i++;
  // Of LTE-M, and of NB-IoT (AT 6.13).
  return [4, 5]
    .map(function (network) {
      return ";+CEDRXS=1," + network + ',"' + codes[i] + '"';
    })
    .join("");
}
