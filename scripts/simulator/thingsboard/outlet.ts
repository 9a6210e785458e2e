/** The way of bytes to one device: the socket, with the faults of the line between. */

import type { Duplex } from "node:stream";
import type { Clock } from "../clock.ts";
import type { FaultSettings } from "./faults.ts";

// A device that is gone without a word must not keep a half-closed socket for ever.
const CLOSE_GRACE_MS = 1000;
const SEGMENT_GAP_MS = 1;

/** Sends in order, whole or in segments, at once or held back. */
export class Outlet {
  /** Bytes handed to the socket so far. */
  sent = 0;
  private held: Buffer[] = [];
  private timer: unknown;
  private ending = false;
  private gathering = false;

  constructor(
    private readonly socket: Duplex,
    private readonly clock: Clock,
    private readonly faults: FaultSettings,
  ) {}

  /** Queues bytes; nothing after `end`. */
  write(bytes: Buffer): void {
    if (this.ending) return;
    this.held.push(bytes);
    if (this.timer === undefined && !this.gathering) this.pump(false);
  }

  /** What `fill` writes leaves in one segment. */
  together(fill: () => void): void {
    this.gathering = true;
    fill();
    this.gathering = false;
    if (this.held.length === 0) return;
    this.held = [Buffer.concat(this.held)];
    if (this.timer === undefined) this.pump(false);
  }

  /** Closes when all is sent (a bare FIN, as ThingsBoard's to MQTT 3 clients). */
  end(): void {
    if (this.ending) return;
    this.ending = true;
    if (this.timer === undefined && !this.gathering) this.finish();
  }

  /** The socket is gone: forget what is queued. */
  abandon(): void {
    this.ending = true;
    this.held = [];
    this.stopTimer();
  }

  private pump(waited: boolean): void {
    const { segment_bytes, merge_ms } = this.faults;
    if (merge_ms > 0 && !waited) {
      this.wait(merge_ms);
      return;
    }
    if (merge_ms > 0) this.held = [Buffer.concat(this.held)];
    while (this.held.length > 0) {
      const bytes = this.held.shift() ?? Buffer.alloc(0);
      const rest = segment_bytes > 0 ? bytes.subarray(segment_bytes) : Buffer.alloc(0);
      this.send(bytes.subarray(0, bytes.length - rest.length));
      if (rest.length > 0) this.held.unshift(rest);
      if (segment_bytes > 0 && this.held.length > 0) {
        this.wait(SEGMENT_GAP_MS);
        return;
      }
    }
    if (this.ending) this.finish();
  }

  private wait(ms: number): void {
    this.timer = this.clock.setTimeout(() => {
      this.timer = undefined;
      this.pump(true);
    }, ms);
  }

  private send(bytes: Buffer): void {
    if (this.socket.writable) this.socket.write(bytes);
    this.sent += bytes.length;
  }

  private finish(): void {
    this.stopTimer();
    this.timer = this.clock.setTimeout(() => this.socket.destroy(), CLOSE_GRACE_MS);
    this.socket.end();
  }

  private stopTimer(): void {
    if (this.timer !== undefined) this.clock.clearTimeout(this.timer);
    this.timer = undefined;
  }
}
