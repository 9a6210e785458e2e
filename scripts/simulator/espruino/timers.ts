import type { Clock } from "../clock.ts";

interface Timer {
  id: number;
  due_ms: number;
  interval_ms: number | undefined;
  callback: unknown;
  args: unknown[];
}

/** The interpreter's timers: numbered by their place in one list, and looked at in that order, not by their time. */
export interface Timers {
  add(callback: unknown, ms: number, args: unknown[], repeat: boolean): number;
  /** Without an id all go. */
  remove(id?: unknown): void;
  change(id: number, ms: number): boolean;
  /** Runs what is due, one a step. An interval whose `call` says false is removed. */
  runDue(
    call: (callback: unknown, args: unknown[]) => boolean,
    removed: (message: string) => void,
  ): Generator<"timer">;
  /** When the next is due, as the clock counts. */
  next_ms(): number | undefined;
  /** All that is held, for the estimate of memory. */
  list(): readonly Timer[];
}

const MINIMUM_MS = 0.1;

export function createTimers(clock: Clock): Timers {
  let timers: Timer[] = [];
  let changed = false;
  const clamp = (ms: number): number => Math.max(ms || 0, MINIMUM_MS);
  return {
    add(callback, ms, args, repeat) {
      const wait_ms = clamp(Number(ms));
      // The number after the last one's: numbers come back into use.
      const id = (timers.at(-1)?.id ?? 0) + 1;
      const interval_ms = repeat ? wait_ms : undefined;
      timers.push({ id, due_ms: clock.now() + wait_ms, interval_ms, callback, args });
      changed = true;
      return id;
    },
    remove(id) {
      timers = id === undefined ? [] : timers.filter((timer) => timer.id !== id);
      changed = true;
    },
    change(id, ms) {
      const timer = timers.find((candidate) => candidate.id === id);
      if (!timer) return false;
      timer.interval_ms = clamp(ms);
      timer.due_ms = clock.now() + timer.interval_ms;
      changed = true;
      return true;
    },
    *runDue(call, removed) {
      const now_ms = clock.now();
      do {
        changed = false;
        for (const timer of [...timers]) {
          if (timer.due_ms > now_ms) continue;
          const done = call(timer.callback, timer.args);
          const lost = !done && timer.interval_ms !== undefined;
          if (lost) removed("Ctrl-C while processing interval - removing it.");
          if (lost || timer.interval_ms === undefined) timers = timers.filter((other) => other !== timer);
          else if (timer.due_ms <= now_ms) timer.due_ms += timer.interval_ms;
          yield "timer";
          if (changed) break;
        }
      } while (changed);
    },
    next_ms() {
      return timers.length ? Math.min(...timers.map((timer) => timer.due_ms)) : undefined;
    },
    list: () => timers,
  };
}
