/** Samples on their way to the server, oldest first. In RAM, bounded; when full the oldest goes and is counted. */
import type { Values } from "../thingsboard/client.ts";

const enum Limit {
  /** 24 minutes at the default interval, and about 460 of the interpreter's variables. */
  Samples = 24,
}

/** Those that wait. */
export let samples: Values[] = [];
/** Those that are with the server, unconfirmed; they are older. */
export let underWay: Values[] = [];
/** How many the server has. */
export let sent = 0;
/** How many were lost because the outbox was full. */
export let dropped = 0;

/** Puts a sample at the end; a full outbox lets the oldest go that is not under way. */
export function append(sample: Values): void {
  if (samples.push(sample) > Limit.Samples - underWay.length) {
    samples.shift();
    dropped++;
  }
}

/** Takes the oldest samples, at most `count`; they are `underWay` until `settle`. */
export function take(count: number): void {
  underWay = samples.splice(0, count);
}

/** The server has what is under way (`arrived`), or has not: then it waits again, in its place. */
export function settle(arrived: boolean): void {
  if (arrived) sent += underWay.length;
  else samples = underWay.concat(samples);
  underWay = [];
}
