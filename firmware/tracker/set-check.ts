/** The check of settings as a set: what they must be beside each other. */
import { extrasFault } from "#extras";
import { HAS_POLICY } from "#policy";
import { HAS_SLEEP } from "#sleep";
import { zonesFault } from "#zones";
import { misfits } from "../check.ts";
import type { DeviceConfig } from "../device-config.ts";
import { orders } from "../settings.ts";
import type { Values } from "../thingsboard/telemetry.ts";

/** What is wrong with settings that have the right form, by name. */
export function faultsTogether(config: DeviceConfig): Values {
  const faults: Values = HAS_SLEEP || HAS_POLICY ? misfits(config, orders()) : {};
  const extras = extrasFault(config.extras);
  const zones = zonesFault(config.zones);
  if (extras) faults.extras = extras;
  if (zones) faults.zones = zones;
  return faults;
}
