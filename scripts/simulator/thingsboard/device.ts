/** A device as the server holds it: who it is, and what outlives its connections. */

import type { Clock } from "../clock.ts";
import type { Claim } from "./claims.ts";
import type { DeviceConfig } from "./credentials.ts";
import { uuidOf } from "./entities.ts";
import type { OtaPackage, OtaType } from "./ota-package.ts";
import type { DeviceProfile } from "./profile.ts";
import { RateLimiter } from "./rate-limit.ts";
import type { Reason } from "./reasons.ts";
import { DeviceRpc } from "./rpc.ts";
import { DeviceStore } from "./store.ts";

/** The connection of a device, as far as the server itself has something to say by it. */
export interface DeviceSession {
  /** Tells of a change of shared attributes, if the device subscribed to them. */
  sendAttributes(update: object): void;
  close(reason: string, code: Reason): void;
}

export interface Device extends DeviceConfig {
  id: string;
  created_ms: number;
  profile: DeviceProfile;
  /** Whatever else was saved of it: given back as it came. */
  more: Record<string, unknown>;
  /** Assigned to the device itself; else its profile's count. */
  packages: Partial<Record<OtaType, OtaPackage>>;
  /** The device asked to be claimed. */
  claim: Claim | undefined;
  /** It belongs to the customer. */
  claimed: boolean;
  session: DeviceSession | undefined;
  store: DeviceStore;
  rpc: DeviceRpc;
  limiter: RateLimiter;
  tenant_limiter: RateLimiter;
}

export function createDevice(config: DeviceConfig, profile: DeviceProfile, clock: Clock): Device {
  const id = uuidOf(`device ${config.name}`);
  return {
    ...config,
    id,
    created_ms: clock.now(),
    profile,
    more: {},
    packages: {},
    claim: undefined,
    claimed: false,
    session: undefined,
    store: new DeviceStore(),
    rpc: new DeviceRpc(clock, id),
    limiter: new RateLimiter(config.rate_limits ?? {}, clock),
    tenant_limiter: new RateLimiter(config.tenant_limits ?? {}, clock),
  };
}

/** The package that the device is to run. */
export const packageOf = ({ packages, profile }: Device, type: OtaType): OtaPackage | undefined =>
  packages[type] ?? profile.packages[type];
