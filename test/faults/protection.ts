import { seededRandom } from "../../scripts/simulator/modem/options.ts";
import { sealedTls, type WorldTls } from "../blob/tls.ts";

/** The settings' `server.tls`. */
export type Tls = 0 | 1 | 2;

/** Of the generators of a seed (scene.ts) one that no other part has. */
const PART = 4;
const WORDS: Record<string, Tls> = { "0": 0, "1": 1, "2": 2 };

/** What FAULT_TLS says of all lives; undefined: nothing. */
function forced(): Tls | undefined {
  const { FAULT_TLS } = process.env;
  if (!FAULT_TLS) return undefined;
  const tls = WORDS[FAULT_TLS];
  if (tls === undefined) throw new Error("FAULT_TLS: use 0, 1 or 2");
  return tls;
}

/** The TLS of a seed's life: half of them have none, a quarter each the other two, unless FAULT_TLS says otherwise. */
export function tlsOf(seed: number): Tls {
  const drawn = seededRandom(seed * 16 + PART)();
  return forced() ?? (drawn < 0.5 ? 0 : drawn < 0.75 ? 1 : 2);
}

const worlds = new Map<Tls, WorldTls | undefined>();

/** What a world needs for it. */
export function worldOf(tls: Tls): WorldTls | undefined {
  if (!worlds.has(tls)) worlds.set(tls, tls ? sealedTls({ tls }) : undefined);
  return worlds.get(tls);
}
