/** ThingsBoard's rate limits: token buckets, refilled continuously, all windows of a limit enforced together. */

import type { Clock } from "../clock.ts";

/** Limits of one device, or of its tenant, each `"capacity:seconds,capacity:seconds"`; absent: none. */
export interface RateLimits {
  /** Everything that is not telemetry: connect, subscribe, RPC answers … */
  messages?: string;
  /** Telemetry and attribute messages with at least one value. */
  telemetry_messages?: string;
  /** Values in those. */
  telemetry_data_points?: string;
}

interface Bucket {
  capacity: number;
  tokens: number;
  per_ms: number;
}

/** The buckets of one device. */
export class RateLimiter {
  private readonly messages: Bucket[];
  private readonly telemetry_messages: Bucket[];
  private readonly telemetry_data_points: Bucket[];
  private refilled_ms: number;

  constructor(
    limits: RateLimits,
    private readonly clock: Clock,
  ) {
    this.messages = bucketsOf(limits.messages);
    this.telemetry_messages = bucketsOf(limits.telemetry_messages);
    this.telemetry_data_points = bucketsOf(limits.telemetry_data_points);
    this.refilled_ms = clock.now();
  }

  /** Takes the tokens of one message with `points` values; false when it is over a limit. */
  take(points = 0): boolean {
    this.refill();
    if (points === 0) return takeFrom(this.messages, 1);
    return takeFrom(this.telemetry_messages, 1) && takeFrom(this.telemetry_data_points, points);
  }

  private refill(): void {
    const now = this.clock.now();
    const elapsed_ms = now - this.refilled_ms;
    this.refilled_ms = now;
    for (const bucket of [...this.messages, ...this.telemetry_messages, ...this.telemetry_data_points])
      bucket.tokens = Math.min(bucket.capacity, bucket.tokens + elapsed_ms * bucket.per_ms);
  }
}

/** Of each device a limiter; the limits may change at any time, and then it begins anew, full. */
export class ChangingLimits<D extends object> {
  private readonly limiters = new Map<D, { limits: RateLimits; limiter: RateLimiter }>();

  constructor(
    private readonly limits: () => RateLimits | undefined,
    private readonly clock: Clock,
  ) {}

  take(device: D, points: number): boolean {
    const limits = this.limits();
    if (!limits) return true;
    let entry = this.limiters.get(device);
    if (entry?.limits !== limits) {
      entry = { limits, limiter: new RateLimiter(limits, this.clock) };
      this.limiters.set(device, entry);
    }
    return entry.limiter.take(points);
  }
}

function takeFrom(buckets: Bucket[], count: number): boolean {
  if (buckets.some((bucket) => bucket.tokens < count)) return false;
  for (const bucket of buckets) bucket.tokens -= count;
  return true;
}

function bucketsOf(limit: string | undefined): Bucket[] {
  if (!limit) return [];
  return limit.split(",").map((window) => {
    const [capacity = 0, seconds = 0] = window.split(":").map(Number);
    if (!(capacity > 0 && seconds > 0))
      throw new Error(`rate limit "${limit}": write capacity:seconds, such as 200:1,6000:60`);
    return { capacity, tokens: capacity, per_ms: capacity / (seconds * 1000) };
  });
}
