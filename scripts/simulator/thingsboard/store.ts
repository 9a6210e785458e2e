/** What the server keeps of its devices: telemetry by (device, key, ts) and attributes by scope, as a database would. */

import type { Sample, Value } from "./telemetry.ts";

/** One stored value of one key. */
export interface Point {
  key: string;
  /** Milliseconds since 1970. */
  ts: number;
  value: Value;
  /** How often this (key, ts) came; every time after the first overwrote the value. */
  received: number;
}

/**
 * What is dated later is acknowledged and not stored, as 99999999999999999 on a real server; where exactly that begins is its
 * database's affair, so here it is where four digits of a year end.
 */
const LATEST_MS = 253_402_300_799_999;
// Oldest-arrived points go first: a year of one a minute fits.
const MAX_POINTS_A_KEY = 600_000;

/** Attributes: the device's own, the server's that the device is told, the server's alone. */
export const ATTRIBUTE_SCOPES = ["CLIENT_SCOPE", "SHARED_SCOPE", "SERVER_SCOPE"] as const;
export type AttributeScope = (typeof ATTRIBUTE_SCOPES)[number];

export interface Attribute {
  value: Value;
  updated_ms: number;
}

/** The data of one device. */
export class DeviceStore {
  readonly attributes: Record<AttributeScope, Map<string, Attribute>> = {
    CLIENT_SCOPE: new Map(),
    SHARED_SCOPE: new Map(),
    SERVER_SCOPE: new Map(),
  };
  private readonly series = new Map<string, Map<number, Point>>();
  private readonly newest = new Map<string, Point>();

  /** Stores samples and returns their points, in the order they came. */
  add(samples: Sample[], now_ms: number): Point[] {
    return samples
      .filter(({ ts }) => Math.abs(ts ?? now_ms) <= LATEST_MS)
      .flatMap((sample) =>
        [...sample.values].map(([key, value]) => this.addPoint(key, sample.ts ?? now_ms, value)),
      );
  }

  /** The points of one key, or of all, oldest ts first. */
  history(key?: string): Point[] {
    const series = key === undefined ? [...this.series.values()] : [this.series.get(key) ?? new Map()];
    return series.flatMap((points) => [...points.values()]).sort((a, b) => a.ts - b.ts);
  }

  /** The point with the highest ts of each key. */
  latest(): Point[] {
    return [...this.newest.values()];
  }

  /** The values of a scope. */
  values(scope: AttributeScope): Record<string, Value> {
    return Object.fromEntries([...this.attributes[scope]].map(([key, { value }]) => [key, value]));
  }

  /** Forgets every point of these keys. */
  forget(keys: readonly string[]): void {
    for (const key of keys) {
      this.series.delete(key);
      this.newest.delete(key);
    }
  }

  private addPoint(key: string, ts: number, value: Value): Point {
    const points = this.series.get(key) ?? new Map<number, Point>();
    this.series.set(key, points);
    const point = { key, ts, value, received: (points.get(ts)?.received ?? 0) + 1 };
    points.set(ts, point);
    if (points.size > MAX_POINTS_A_KEY) points.delete(points.keys().next().value ?? ts);
    if (ts >= (this.newest.get(key)?.ts ?? Number.NEGATIVE_INFINITY)) this.newest.set(key, point);
    return point;
  }
}
