/** Device profiles: what devices of a kind have in common. */
import { uuidOf } from "./entities.ts";
import type { OtaPackage, OtaType } from "./ota-package.ts";

/** Which devices may ask for credentials: none, those that do not exist yet, those that wait for it. */
export type ProvisionStrategy =
  | "DISABLED"
  | "ALLOW_CREATE_NEW_DEVICES"
  | "CHECK_PRE_PROVISIONED_DEVICES"
  | "X509_CERTIFICATE_CHAIN";

export interface Provisioning {
  strategy: ProvisionStrategy;
  key: string;
  secret: string;
}

export interface DeviceProfile {
  id: string;
  created_ms: number;
  /** Unique; the `type` of its devices. */
  name: string;
  is_default: boolean;
  provisioning: Provisioning | undefined;
  /** For devices that are assigned none of their own. */
  packages: Partial<Record<OtaType, OtaPackage>>;
  /** Whatever else was saved of it: given back as it came. */
  more: Record<string, unknown>;
}

export const createProfile = (name: string, now_ms: number, is_default = false): DeviceProfile => ({
  id: uuidOf(`profile ${name}`),
  created_ms: now_ms,
  name,
  is_default,
  provisioning: undefined,
  packages: {},
  more: {},
});
