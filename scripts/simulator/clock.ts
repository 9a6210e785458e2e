import type { Clock as FakeClock } from "@sinonjs/fake-timers";

/** The simulated world's only source of time: the real one for `npm start`, a fake one in tests. */
export interface Clock {
  /** Milliseconds since 1970. */
  now(): number;
  setTimeout(fn: () => void, ms: number): unknown;
  clearTimeout(handle: unknown): void;
}

export const realClock: Clock = {
  now: () => Date.now(),
  setTimeout: (fn, ms) => setTimeout(fn, ms),
  clearTimeout: (handle) => clearTimeout(handle as NodeJS.Timeout),
};

/** A clock of `createClock()` or `install()` of @sinonjs/fake-timers as the world's clock. */
export function fromFakeTimers(clock: Pick<FakeClock, "now" | "setTimeout" | "clearTimeout">): Clock {
  return {
    now: () => clock.now,
    setTimeout: (fn, ms) => clock.setTimeout(fn, ms),
    clearTimeout: (handle) => clock.clearTimeout(handle as ReturnType<FakeClock["setTimeout"]>),
  };
}
