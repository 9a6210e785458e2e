/** Settings that a feature has, and what settings must be together. */
import { extraFields, extrasFault } from "#extras";
import { policyFields } from "#policy";
import { zoneFields, zonesFault } from "#zones";
import { type Fields, misfits } from "../check.ts";
import { type DeviceConfig, orders } from "../settings.ts";
import type { Values } from "../thingsboard/telemetry.ts";

/** Adds the settings of features, each of which may come from afar. */
export function featureFields(fields: Fields): void {
  policyFields(fields);
  extraFields(fields);
  zoneFields(fields);
}

/** What is wrong with settings that have the right form, by name. */
export function faultsTogether(config: DeviceConfig): Values {
  const faults: Values = misfits(config, orders());
  const extras = extrasFault(config.extras);
  const zones = zonesFault(config.zones);
  if (extras) faults.extras = extras;
  if (zones) faults.zones = zones;
  return faults;
}
