/** What becomes of a device when it is assigned another package: telemetry of the wish, and shared attributes. */
import { type Device, packageOf } from "./device.ts";
import { type OtaType, prefixOf } from "./ota-package.ts";
import type { Tenant } from "./tenant.ts";

/** Does `change`, which assigns packages, then tells each device whose package is another now. */
export function assigning(tenant: Tenant, type: OtaType, change: () => void): void {
  const before = new Map(tenant.devices.map((device) => [device, packageOf(device, type)]));
  change();
  for (const device of tenant.devices)
    if (before.get(device) !== packageOf(device, type)) tell(tenant, device, type);
}

function tell(tenant: Tenant, device: Device, type: OtaType): void {
  const prefix = prefixOf(type);
  const assigned = packageOf(device, type);
  if (!assigned) {
    // The real server's order, which is a hash table's.
    const names = ["checksum_algorithm", "version", "ts", "tag", "checksum", "title", "state", "size", "url"];
    tenant.deleteAttributes(
      device,
      "SHARED_SCOPE",
      names.map((name) => `${prefix}_${name}`),
    );
    return;
  }
  const { title, version, tag, file } = assigned;
  const now_ms = tenant.clock.now();
  const wish = { title, version, ...(tag && { tag }), ts: now_ms };
  const values = new Map<string, unknown>(
    Object.entries(wish).map(([name, value]) => [`target_${prefix}_${name}`, value]),
  );
  device.store.add([{ values: values.set(`${prefix}_state`, "QUEUED") }], now_ms);
  // A package with an URL gets no further on a 4.2.1: thingsboard#14312.
  if (!file) return;
  device.store.add([{ values: new Map([[`${prefix}_state`, "INITIATED"]]) }], now_ms);
  const attributes = {
    [`${prefix}_title`]: title,
    [`${prefix}_version`]: version,
    ...(tag && { [`${prefix}_tag`]: tag }),
    [`${prefix}_size`]: file.bytes.length,
    [`${prefix}_checksum_algorithm`]: file.algorithm,
    [`${prefix}_checksum`]: file.checksum,
  };
  tenant.saveAttributes(device, "SHARED_SCOPE", new Map(Object.entries(attributes)));
  tenant.deleteAttributes(device, "SHARED_SCOPE", [...(tag ? [] : [`${prefix}_tag`]), `${prefix}_url`]);
}
