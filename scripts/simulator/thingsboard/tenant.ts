/** What the server holds, and what its owner may change: devices, device profiles, OTA packages, and what it keeps as it came. */

import type { Clock } from "../clock.ts";
import { type Credentials, certificateLine, type DeviceConfig } from "./credentials.ts";
import { createDevice, type Device } from "./device.ts";
import { Shelf } from "./document.ts";
import type { ChecksumAlgorithm, OtaFile, OtaPackage } from "./ota-package.ts";
import { checksumOf } from "./ota-package.ts";
import { createProfile, type DeviceProfile } from "./profile.ts";
import { Reason } from "./reasons.ts";
import { RpcError } from "./rpc.ts";
import type { AttributeScope } from "./store.ts";
import type { Value } from "./telemetry.ts";

/** It cannot be saved, and why. */
export class Invalid extends Error {}

/** Where devices reach the server, as it tells its users. */
export interface Connectivity {
  host: string;
  mqtt_port: number;
  /** Over TLS. */
  mqtts_port?: number | undefined;
  /** The certificate to trust there, PEM; undefined: the server has none to give. */
  root?: string | undefined;
}

/** That of the server whose ways the stand-in has, for those who ask; from 4.3 on alarms have rules of their own. */
export const VERSION = "4.3.1";

export class Tenant {
  readonly devices: Device[];
  readonly profiles: DeviceProfile[];
  readonly packages: OtaPackage[] = [];
  readonly dashboards: Shelf;
  readonly rule_chains: Shelf;
  readonly calculated_fields: Shelf;
  /** Undefined: it listens nowhere. */
  connectivity: Connectivity | undefined;

  constructor(
    readonly clock: Clock,
    configs: readonly DeviceConfig[],
    /** More cannot be made; what is given is there anyway. */
    private readonly max_devices = Number.POSITIVE_INFINITY,
    readonly version = VERSION,
  ) {
    this.dashboards = new Shelf("DASHBOARD", clock);
    this.rule_chains = new Shelf("RULE_CHAIN", clock);
    this.rule_chains.add("Root Rule Chain", { type: "CORE", root: true });
    this.calculated_fields = new Shelf("CALCULATED_FIELD", clock);
    const profile = createProfile("default", clock.now(), true);
    this.profiles = [profile];
    this.devices = configs.map((config) => createDevice(config, profile, clock));
  }

  get defaultProfile(): DeviceProfile {
    const profile = this.profiles.find(({ is_default }) => is_default);
    if (!profile) throw new Error("there is always a default profile");
    return profile;
  }

  /** By name, token or id. Throws RpcError 404. */
  device(wanted: string): Device {
    const device = this.devices.find((d) => d.name === wanted || d.token === wanted || d.id === wanted);
    if (!device) throw new RpcError(404, `no device ${wanted}`);
    return device;
  }

  /** Throws Invalid: the name or the credentials are taken, or there are too many. */
  addDevice(config: DeviceConfig, profile: DeviceProfile): Device {
    if (this.devices.length >= this.max_devices)
      throw new Invalid(`Entity count limit exceeded: at most ${this.max_devices} devices`);
    if (this.devices.some(({ name }) => name === config.name))
      throw new Invalid("Device with such name already exists!");
    this.checkCredentials(config);
    const device = createDevice(config, profile, this.clock);
    this.devices.push(device);
    return device;
  }

  removeDevice(device: Device): void {
    this.devices.splice(this.devices.indexOf(device), 1);
    device.session?.close("the device was deleted", Reason.AdministrativeAction);
    device.rpc.end();
  }

  /** Its session is closed. Throws Invalid. */
  setCredentials(device: Device, { token, basic, certificate }: Credentials): void {
    this.checkCredentials({ token, basic, certificate }, device);
    Object.assign(device, { token, basic, certificate });
    device.session?.close("its credentials changed", Reason.AdministrativeAction);
  }

  /** Of attributes that it shares the device is told, also when nothing changed. */
  saveAttributes(device: Device, scope: AttributeScope, values: ReadonlyMap<string, Value>): void {
    const updated_ms = this.clock.now();
    for (const [key, value] of values) device.store.attributes[scope].set(key, { value, updated_ms });
    if (scope === "SHARED_SCOPE" && values.size > 0)
      device.session?.sendAttributes(Object.fromEntries(values));
  }

  /** The device is told of keys that never were, too. */
  deleteAttributes(device: Device, scope: AttributeScope, keys: readonly string[]): void {
    for (const key of keys) device.store.attributes[scope].delete(key);
    if (scope === "SHARED_SCOPE" && keys.length > 0) device.session?.sendAttributes({ deleted: keys });
  }

  /** The bytes of a package. `checksum`: what they must have, if given. Throws Invalid. */
  upload(
    of: OtaPackage,
    file: Pick<OtaFile, "name" | "content_type" | "bytes">,
    algorithm: ChecksumAlgorithm,
    checksum?: string,
  ): void {
    const actual = checksumOf(file.bytes, algorithm);
    if (checksum && checksum.toLowerCase() !== actual) throw new Invalid("Wrong otaPackage file!");
    of.file = { ...file, algorithm, checksum: actual };
  }

  private checkCredentials({ token, basic, certificate }: Credentials, of?: Device): void {
    if (basic && !basic.client_id && !basic.username)
      throw new Invalid("Both mqtt client id and user name are empty!");
    if (basic?.client_id && basic.password && !basic.username)
      throw new Invalid("Password cannot be specified along with client id");
    const taken = this.devices.some(
      (other) =>
        other !== of &&
        ((token !== undefined && other.token === token) ||
          (basic &&
            other.basic &&
            (other.basic.client_id ?? "") === (basic.client_id ?? "") &&
            (other.basic.username ?? "") === (basic.username ?? "")) ||
          (certificate &&
            other.certificate &&
            certificateLine(other.certificate) === certificateLine(certificate))),
    );
    if (taken) throw new Invalid("Device credentials are already assigned to another device!");
  }
}
