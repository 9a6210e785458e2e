/** The settings that the server may set as shared attributes, and what becomes of each. */
import { configFields, type Field, serverFields } from "../config.ts";

/** What becomes of a setting that came from afar. From `Way` on it touches the way to the server. */
export const enum Afar {
  /** It holds at once. */
  Plain = 1,
  /** It is tried: it stays if the server is reached with it. */
  Way,
  /** The same, and never told: a secret. */
  SecretWay,
  /** The same as `Way`; it is a field of `server`. */
  ServerWay,
}

/** By name. In a function, so that the table costs no RAM afterwards. */
export function fromAfar(): Record<string, Afar> {
  return {
    host: Afar.ServerWay,
    port: Afar.ServerWay,
    keep_alive: Afar.ServerWay,
    topics: Afar.ServerWay,
    apn: Afar.Way,
    apn_user: Afar.Way,
    apn_password: Afar.SecretWay,
    interval_s: Afar.Plain,
    fix_timeout_s: Afar.Plain,
    keys: Afar.Plain,
    no_time: Afar.Plain,
    debug: Afar.Plain,
  };
}

/** What each of them may be. */
export function fieldsFromAfar(): Record<string, Field | number> {
  const fields = configFields();
  const servers = serverFields();
  for (const name in servers) fields[name] = servers[name] as Field | number;
  return fields;
}
