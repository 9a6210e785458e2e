/** Samples on their way to the server, oldest first. In RAM, bounded; when full the oldest goes and is counted. */

/** Time (ms since 1970), longitude, latitude, altitude_m, speed_kmh. */
export type Sample = [number, number, number, number | undefined, number | undefined];

export interface Outbox {
  samples_: Sample[];
  /** How many of the first samples are with the server, unconfirmed. */
  sending_: number;
  /** Samples lost because the outbox was full. */
  dropped_: number;
}

const enum Limit {
  /** 24 minutes at the default interval, and about 260 of the interpreter's variables. */
  Samples = 24,
}

export function createOutbox(): Outbox {
  return { samples_: [], sending_: 0, dropped_: 0 };
}

/** Puts a sample at the end; a full outbox lets its oldest go. */
export function append(outbox: Outbox, sample: Sample): void {
  if (outbox.samples_.length >= Limit.Samples) {
    // Not one that is under way: its PUBACK would be taken for another's.
    outbox.samples_.splice(outbox.sending_, 1);
    outbox.dropped_++;
  }
  outbox.samples_.push(sample);
}

/** The oldest samples, at most `count`, now counted as under way until `confirm`. */
export function peek(outbox: Outbox, count: number): Sample[] {
  const samples = outbox.samples_.slice(0, count);
  outbox.sending_ = samples.length;
  return samples;
}

/** The server has (`ok`) what `peek` gave: it goes; or has not: it stays and is sent again. */
export function confirm(outbox: Outbox, ok: boolean): void {
  if (ok) outbox.samples_.splice(0, outbox.sending_);
  outbox.sending_ = 0;
}
