/** What can be made to go wrong between the server and its devices, beyond what ThingsBoard does by itself. */

import type { PacketCmd } from "mqtt-packet";
import type { RateLimits } from "./rate-limit.ts";

/** Settings a test or the simulator changes at any time; each takes effect with the next packet or connection. */
export interface FaultSettings {
  /** New connections are closed at once, without a byte. */
  down: boolean;
  /** CONNACK return code for every CONNECT; 0: the credentials decide. */
  refuse: number;
  /** Every message is over the rate limit: CONNECT is refused with 3, PUBLISH closes without PUBACK. */
  rate_limited: boolean;
  /** Limits of each device beside its own, which `getSessionLimits` tells: as `{ telemetry_data_points: "20:60" }`. */
  told_limits: RateLimits | undefined;
  /** The same of the tenant, which nothing tells. */
  untold_limits: RateLimits | undefined;
  /** transport.json.max_string_value_length: a longer text in a packet closes without PUBACK; 0: any is fine. */
  max_string_value_length: number;
  /** A packet of telemetry with one of these keys closes without PUBACK, each time it comes. */
  refused_keys: readonly string[];
  /** PUBLISH to a topic that begins so closes without PUBACK, as a broker with access rules does. */
  forbidden_topics: readonly string[];
  /** Somebody else has the same token: so long after each log-in he logs in, and the connection is closed; 0: nobody. */
  rival_ms: number;
  /** Each RPC request is sent so many times more, with the same id. */
  repeat_requests: number;
  /** So many next answers to RPC requests get their PUBACK and are lost. */
  lose_rpc_answers: number;
  /** So many next responses to requests of devices (attributes, calls of their own, chunks, provisioning) are lost; PUBACK comes. */
  lose_responses: number;
  /** In so many next chunks of packages a byte is another. */
  spoil_chunks: number;
  /** Time from CONNECT to CONNACK. */
  connack_delay_ms: number;
  /** Time from PUBLISH to PUBACK. */
  puback_delay_ms: number;
  /** So many next PUBLISHes are processed but their PUBACK is never sent. */
  drop_pubacks: number;
  /** So many next PUBLISHes are processed, then the connection closes in place of the PUBACK. */
  close_before_pubacks: number;
  /** PINGREQ stays unanswered. */
  withhold_pingresp: boolean;
  /** Of the next packet of this kind to a device only the first half is sent, then the connection closes. */
  cut_next: PacketCmd | undefined;
  /** Everything to a device is sent in segments of at most so many bytes, 1 ms apart; 0: a packet a segment. */
  segment_bytes: number;
  /** What goes to a device is held so long and leaves in one segment. */
  merge_ms: number;
  /** Chance (0 to 1) that a packet from a device closes its connection, before or after it is processed. */
  random_close: number;
  /** Starts the random numbers `random_close` uses; the same seed, the same closes. */
  seed: number;
}

/** The settings, and what can be done at once. */
export interface Faults extends FaultSettings {
  /** Puts every setting back to none. */
  reset(): void;
  /** Closes every connection, or one device's (by name or token). */
  drop(device?: string): void;
  /** The server restarts: every connection closes, waiting RPC calls fail, RPC ids begin at 0. Data stays. */
  restart(): void;
  /** Calls every connected device, one-way, so many times: the requests come in one segment. */
  burst(count: number): void;
}

/** No fault. */
export const NO_FAULTS: Readonly<FaultSettings> = {
  down: false,
  refuse: 0,
  rate_limited: false,
  told_limits: undefined,
  untold_limits: undefined,
  max_string_value_length: 0,
  refused_keys: [],
  forbidden_topics: [],
  rival_ms: 0,
  repeat_requests: 0,
  lose_rpc_answers: 0,
  lose_responses: 0,
  spoil_chunks: 0,
  connack_delay_ms: 0,
  puback_delay_ms: 0,
  drop_pubacks: 0,
  close_before_pubacks: 0,
  withhold_pingresp: false,
  cut_next: undefined,
  segment_bytes: 0,
  merge_ms: 0,
  random_close: 0,
  seed: 1,
};

/** Random numbers from 0 to 1 (mulberry32) that advance `settings.seed`. */
export function nextRandom(settings: FaultSettings): number {
  settings.seed = (settings.seed + 0x6d2b79f5) >>> 0;
  let t = settings.seed;
  t = Math.imul(t ^ (t >>> 15), t | 1);
  t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
  return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
}
