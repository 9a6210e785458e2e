/** Which ThingsBoard it is, and what hangs on that. */
import { Fault } from "../fault.ts";
import type { Server } from "./server.ts";

export interface Version {
  /** "4.3.1", as the server says it. */
  text: string;
  /** From 4.3 on alarms have rules of their own, which are calculated fields; before they stand in the device profile, and a rule node judges by them. */
  has_alarm_rules: boolean;
}

/** The oldest whose map widgets, and rule nodes, are those of the files. */
const OLDEST = [4, 2] as const;
const ALARM_RULES = [4, 3] as const;

/** Throws `Fault`: it is too old. One that does not say what it is counts as new. */
export async function versionOf(server: Server): Promise<Version> {
  const { version } = await server.get<{ version?: string }>("/api/system/info");
  const text = version ?? "unknown";
  const [, major, minor] = /^(\d+)\.(\d+)/.exec(text)?.map(Number) ?? [];
  const isFrom = ([wanted_major, wanted_minor]: readonly [number, number]): boolean =>
    major === undefined ||
    minor === undefined ||
    major > wanted_major ||
    (major === wanted_major && minor >= wanted_minor);
  if (!isFrom(OLDEST))
    throw new Fault(`${server.url}: is ThingsBoard ${text}; ${OLDEST.join(".")} or newer is needed`);
  return { text, has_alarm_rules: isFrom(ALARM_RULES) };
}
