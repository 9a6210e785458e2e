/** A device as the server holds it: who it is, and what outlives its connections. */

import type { Clock } from "../clock.ts";
import type { DeviceConfig } from "./credentials.ts";
import { RateLimiter } from "./rate-limit.ts";
import { DeviceRpc } from "./rpc.ts";
import { DeviceStore } from "./store.ts";

export interface Device extends DeviceConfig {
  store: DeviceStore;
  rpc: DeviceRpc;
  limiter: RateLimiter;
  tenant_limiter: RateLimiter;
}

export function createDevice(config: DeviceConfig, clock: Clock): Device {
  return {
    ...config,
    store: new DeviceStore(),
    rpc: new DeviceRpc(clock),
    limiter: new RateLimiter(config.rate_limits ?? {}, clock),
    tenant_limiter: new RateLimiter(config.tenant_limits ?? {}, clock),
  };
}
