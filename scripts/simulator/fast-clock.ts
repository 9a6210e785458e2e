/**
 * The world's time, when it is to run faster than ours. All its threads have the same; it never jumps; and it runs no faster
 * than the computer can: while a thread of the world does not get its turn, time stands still for all of them.
 */
import { type Clock, realClock } from "./clock.ts";

/** A clock whose time runs so many times faster than ours. */
export interface FastClock extends Clock {
  readonly times: number;
  /** From now on, for the clocks of all threads; each is to be told: `changed`. */
  run(times: number): void;
  /** To be called in another thread whenever `run` was called in the one that made the time. */
  changed(): void;
  /** For the clock of another thread; to be given back when that has ended. */
  lend(): SharedTime;
  giveBack(lent: SharedTime): void;
}

/** What another thread makes its clock of. */
export interface SharedTime {
  memory: SharedArrayBuffer;
  /** Which of the threads it is. */
  thread: number;
}

/** Nothing sets it, and all threads count the same. */
const steadyClock: Clock = { ...realClock, now: () => Number(process.hrtime.bigint()) / 1e6 };

/** Each thread says so often that it lives, real ms, while time is fast. */
const BEAT_MS = 10;
/** So long after that time goes on, real ms: at 60 times less than 2 s, in which no command is given up. */
const SLACK_MS = 30;
/** One that is silent for longer runs a program that does not return: time goes on without it. */
const SILENT_MS = 1000;
/** The host's timers come up to so much too early, real ms, and none comes before that time is over. */
const LEAST_MS = 1;
const MOST_THREADS = 64;

/** Numbers that the threads share: how the time ran since it was changed last, then when each thread lived, on the base. */
enum Shared {
  /** The world's time then, and the base's. */
  Own,
  Base,
  Times,
  /** Of the thread that made the time; 0: it need not be waited for. */
  Threads,
}
/** After them: how often a change was begun and ended; odd: one is under way. Only the thread that made it changes it. */
const COUNT_BYTE = (Shared.Threads + MOST_THREADS) * Float64Array.BYTES_PER_ELEMENT;

interface Timer {
  due_ms: number;
  fn: () => void;
  stop: () => void;
}

/** `lent`: of the clock of another thread; absent: a new time that begins at `start_ms`. */
export function createFastClock({
  lent,
  base = steadyClock,
  start_ms = Date.now(),
}: {
  lent?: SharedTime;
  base?: Clock;
  start_ms?: number;
} = {}): FastClock {
  const memory = lent?.memory ?? new SharedArrayBuffer(COUNT_BYTE + Int32Array.BYTES_PER_ELEMENT);
  const thread = lent?.thread ?? 0;
  const numbers = new Float64Array(memory, 0, Shared.Threads + MOST_THREADS);
  const lives = numbers.subarray(Shared.Threads);
  const changes = new Int32Array(memory, COUNT_BYTE, 1);
  const timers = new Set<Timer>();
  const taken = new Set([0]);
  let beating: unknown;

  function set(own_ms: number, times: number): void {
    Atomics.add(changes, 0, 1);
    numbers.set([own_ms, base.now(), times]);
    Atomics.add(changes, 0, 1);
  }
  if (!lent) set(start_ms, 1);

  /** Since the last change, as it was at one time. */
  function read(): [own_ms: number, base_ms: number, times: number] {
    for (;;) {
      const before = Atomics.load(changes, 0);
      const [own_ms = 0, base_ms = 0, times = 1] = numbers;
      if (before % 2 === 0 && Atomics.load(changes, 0) === before) return [own_ms, base_ms, times];
    }
  }

  /** Until when time may go on, on the base. */
  function limit_ms(): number {
    let least = Number.POSITIVE_INFINITY;
    for (const lived_ms of lives) if (lived_ms > 0 && lived_ms < least) least = lived_ms;
    return least + SLACK_MS;
  }

  function now(): number {
    const [own_ms, base_ms, times] = read();
    const to_ms = times > 1 ? Math.min(base.now(), limit_ms()) : base.now();
    return own_ms + Math.max(0, to_ms - base_ms) * times;
  }

  /** What stood still is not caught up with. */
  function settle(): void {
    if (base.now() <= limit_ms()) return;
    set(now(), read()[2]);
    lives.forEach((lived_ms, i) => {
      if (i > 0 && lived_ms > 0 && lived_ms < base.now() - SILENT_MS) lives[i] = 0;
    });
  }

  function beat(): void {
    const is_fast = read()[2] > 1;
    if (!lent && is_fast) settle();
    lives[thread] = is_fast ? base.now() : 0;
    beating = is_fast ? base.setTimeout(beat, BEAT_MS) : undefined;
    // It keeps no process alive whose world is over.
    if (base === steadyClock) (beating as NodeJS.Timeout | undefined)?.unref();
  }

  /** What is sooner than a timer of the host's can be is looked at again in the next turn. */
  function wait(ms: number, fn: () => void): () => void {
    if (ms >= LEAST_MS || base !== steadyClock) {
      const handle = base.setTimeout(fn, Math.max(0, Math.ceil(ms)));
      return () => base.clearTimeout(handle);
    }
    const turn = setImmediate(fn);
    return () => clearImmediate(turn);
  }

  function arm(timer: Timer): void {
    const left_ms = (timer.due_ms - now()) / read()[2];
    const stands_still = read()[2] > 1 && base.now() > limit_ms();
    timer.stop = wait(stands_still ? Math.max(left_ms, LEAST_MS) : left_ms, () => fire(timer));
  }

  function fire(timer: Timer): void {
    // Time ran faster when it was set, or stood still.
    if (now() < timer.due_ms) arm(timer);
    else {
      timers.delete(timer);
      timer.fn();
    }
  }

  const clock: FastClock = {
    now,
    setTimeout(fn, ms) {
      const timer: Timer = { due_ms: now() + ms, fn, stop() {} };
      timers.add(timer);
      arm(timer);
      return timer;
    },
    clearTimeout(handle) {
      const timer = handle as Timer | undefined;
      if (timer && timers.delete(timer)) timer.stop();
    },
    get times() {
      return read()[2];
    },
    run(times) {
      set(now(), times);
      clock.changed();
    },
    changed() {
      base.clearTimeout(beating);
      beat();
      for (const timer of timers) {
        timer.stop();
        arm(timer);
      }
    },
    lend() {
      const free = lives.findIndex((_lived, i) => !taken.has(i));
      if (free < 0) throw new Error(`more than ${MOST_THREADS} threads`);
      taken.add(free);
      return { memory, thread: free };
    },
    giveBack({ thread: its }) {
      taken.delete(its);
      lives[its] = 0;
    },
  };
  if (lent) beat();
  return clock;
}
