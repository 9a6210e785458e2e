import type { Clock } from "../clock.ts";
import type { Watchdog } from "./globals.ts";

/** The chip's watchdog: once on, it bites unless it is kicked. In automatic mode the interpreter's idle loop kicks it. */
export function createWatchdog(clock: Clock, bite: () => void): Watchdog & { stop(): void } {
  let timeout_ms = 0;
  let timer: unknown;
  const arm = (): void => {
    clock.clearTimeout(timer);
    timer = timeout_ms ? clock.setTimeout(bite, timeout_ms) : undefined;
  };
  return {
    enable(seconds, automatic) {
      timeout_ms = automatic ? 0 : seconds * 1000;
      arm();
    },
    kick: arm,
    stop() {
      timeout_ms = 0;
      arm();
    },
  };
}
