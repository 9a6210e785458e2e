/** What a finding is, and of what. */
import type { Facts } from "./facts.ts";

/** One thing a tracker needs. */
export type Area =
  | "interpreter"
  | "memory"
  | "flash"
  | "firmware"
  | "settings"
  | "modem"
  | "sim"
  | "network"
  | "context"
  | "server"
  | "outbox"
  | "fix";

export interface Finding {
  /** Its name, which stays the same when the words change. */
  id: string;
  area: Area;
  seen(facts: Facts): boolean;
  finding: Words;
  cause: Words;
  remedy: Words;
}

export type Words = string | ((facts: Facts) => string);
