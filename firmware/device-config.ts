/** The settings as the device has them: of tb.json, after the check and with what came from afar. */
import type { SessionConfig } from "./mqtt/owner.ts";

/** The manual's `server_cfg`, and what is optional. Text is ASCII without quotes, at most 255 characters. */
export interface ServerConfig extends SessionConfig {
  /** Version of the topic names, 1 if missing; 2: short ones. */
  topics?: 1 | 2;
  /** Only with `identity=provision`: by which a device gets a login of its own, and the name it asks for. */
  provision_key?: string;
  provision_secret?: string;
  device_name?: string;
  /** 0: a token that it makes up; 1: one of the server's; 2: user name and password. */
  credentials?: number;
}

/** The settings of one tracker, after the check. A text that is empty is left out, and so may be missing. */
export interface DeviceConfig {
  /** The manual's `server_cfg`: host, username (the device's access token) and what is optional. */
  server?: ServerConfig;
  apn: string;
  apn_user: string;
  apn_password: string;
  /** A wrong one is entered once: not again before the next start, and never where the SIM says that one try is left. */
  pin: string;
  interval_s: number;
  /** Only with `sleep=save`. */
  power: string;
  upload_s?: number;
  window_s: number;
  /** Only with `edrx=yes`; 0 is missing. */
  edrx_s?: number;
  fix_timeout_s: number;
  keys: string;
  /** "hold", "server" or "drop"; see outbox.ts. */
  no_time: string;
  outbox_bytes: number;
  /** 0 or 1. */
  debug: number;
  /** Board `linux` only. */
  modem_port?: string;
  /** Only with a GNSS receiver on a UART of its own; its port on `linux` alone. */
  gnss_baud?: number;
  gnss_port?: string;
  /** Only with `calls=all`: 0 or 1. */
  remote_at?: number;
  /** Only with `cell=yes`: 0 or 1. */
  cell?: number;
  /** Only with `assistance=yes`: 0 or 1. */
  assistance?: number;
  /** Only with `battery=yes`, %; and with `motion=lis3dh`: "none", "low", "medium" or "high". */
  low_battery?: number;
  motion?: string;
  /** Only with `extras=yes`: keys, with commas between. */
  extras?: string;
  /** Only with `policy=trips`; those that are 0 are missing. */
  heartbeat_s?: number;
  radius_m?: number;
  still_s?: number;
  watch_s?: number;
  turn_deg?: number;
  overspeed_kmh?: number;
  overspeed_s?: number;
  hdop_max?: number;
  /** Only with `zones=yes`: by name; see zone-shape.ts. */
  zones?: Record<string, unknown>;
}
