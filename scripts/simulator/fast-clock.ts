/** The world's time, when it is to run faster than ours: all its threads have the same, and it never jumps. */
import { type Clock, realClock } from "./clock.ts";

/** A clock whose time runs so many times faster than another's. */
export interface FastClock extends Clock {
  readonly times: number;
  /** From now on, for the clocks of all threads. */
  run(times: number): void;
  /** What a clock in another thread is made of. */
  readonly shared: SharedArrayBuffer;
  /** Another thread changed it: its timers come sooner or later. To be called there. */
  changed(): void;
}

/** Nothing sets it, and all threads count the same. */
const steadyClock: Clock = { ...realClock, now: () => Number(process.hrtime.bigint()) / 1e6 };

/** Three numbers: the world's time when the speed was changed last, the base's then, and how much faster it runs since. */
const NUMBERS = 3;
/** After them: how often a change was begun and ended; odd: one is under way. */
const COUNT_BYTE = NUMBERS * Float64Array.BYTES_PER_ELEMENT;
/** The host's timers come up to so much too early, real ms. */
const EARLY_MS = 1;

interface Timer {
  due_ms: number;
  fn: () => void;
  handle: unknown;
}

/** `shared`: of the clock of another thread; absent: a new time that begins at `start_ms`. */
export function createFastClock({
  shared,
  base = steadyClock,
  start_ms = Date.now(),
}: {
  shared?: SharedArrayBuffer;
  base?: Clock;
  start_ms?: number;
} = {}): FastClock {
  const memory = shared ?? new SharedArrayBuffer(COUNT_BYTE + Int32Array.BYTES_PER_ELEMENT);
  const numbers = new Float64Array(memory, 0, NUMBERS);
  const count = new Int32Array(memory, COUNT_BYTE, 1);
  const timers = new Set<Timer>();

  function set(now_ms: number, times: number): void {
    Atomics.add(count, 0, 1);
    numbers.set([now_ms, base.now(), times]);
    Atomics.add(count, 0, 1);
  }
  if (!shared) set(start_ms, 1);

  /** The three as they were at one time. */
  function read(): [changed_ms: number, base_ms: number, times: number] {
    for (;;) {
      const before = Atomics.load(count, 0);
      const [changed_ms = 0, base_ms = 0, times = 1] = numbers;
      if (before % 2 === 0 && Atomics.load(count, 0) === before) return [changed_ms, base_ms, times];
    }
  }

  function now(): number {
    const [changed_ms, base_ms, times] = read();
    return changed_ms + (base.now() - base_ms) * times;
  }

  function arm(timer: Timer): void {
    const left_ms = (timer.due_ms - now()) / read()[2];
    timer.handle = base.setTimeout(() => fire(timer), Math.max(0, Math.ceil(left_ms)));
  }

  function fire(timer: Timer): void {
    // It was set while time ran faster.
    if ((timer.due_ms - now()) / read()[2] >= EARLY_MS) arm(timer);
    else {
      timers.delete(timer);
      timer.fn();
    }
  }

  const clock: FastClock = {
    now,
    setTimeout(fn, ms) {
      const timer: Timer = { due_ms: now() + ms, fn, handle: undefined };
      timers.add(timer);
      arm(timer);
      return timer;
    },
    clearTimeout(handle) {
      const timer = handle as Timer | undefined;
      if (timer && timers.delete(timer)) base.clearTimeout(timer.handle);
    },
    shared: memory,
    get times() {
      return read()[2];
    },
    run(times) {
      set(now(), times);
      clock.changed();
    },
    changed() {
      for (const timer of timers) {
        base.clearTimeout(timer.handle);
        arm(timer);
      }
    },
  };
  return clock;
}
