import type { Core } from "./core.ts";

/**
 * The radio connection (RRC): the network keeps it while something passes and some time after, then releases it. Only from
 * there on count the active time (T3324) and the time to the next tracking area update (T3412).
 */
export interface Radio {
  readonly connected: boolean;
  /** Signalling alone: an attach, a tracking area update. The network releases that at once. */
  signal(): void;
  /** Power-off, PSM, or no coverage. */
  reset(): void;
}

/** After signalling alone. */
const SIGNALLING_MS = 1000;

export function createRadio(core: Core): Radio {
  const release_ms = core.options.coverage?.release_ms ?? 10_000;
  let until_ms = Number.NEGATIVE_INFINITY;
  let timer: unknown;

  function release(): void {
    timer = undefined;
    const left_ms = until_ms - core.clock.now();
    if (left_ms > 0) timer = core.after(left_ms, release);
    else core.events.emit("released");
  }

  function hold(ms: number): void {
    until_ms = Math.max(until_ms, core.clock.now() + ms);
    if (timer !== undefined) return;
    timer = core.after(ms, release);
    core.events.emit("connected");
  }

  core.events.on("traffic", () => hold(release_ms));
  core.events.on("unregistered", reset);

  function reset(): void {
    core.cancel(timer);
    timer = undefined;
    until_ms = Number.NEGATIVE_INFINITY;
  }

  return {
    get connected() {
      return timer !== undefined;
    },
    signal: () => hold(SIGNALLING_MS),
    reset,
  };
}
