import type { Clock } from "../clock.ts";
import type { Watchdog } from "./globals.ts";

interface WatchdogParts {
  clock: Clock;
  /** nRF: once it runs it keeps its time, enabling it again does not kick it, and only a bite or the power stops it. */
  latched: boolean;
  /** The interpreter sleeps; in automatic mode it would wake up in time to kick. */
  asleep(): boolean;
  bite(): void;
}

/**
 * The chip's watchdog: once on, it bites unless it is kicked. In automatic mode (jsinteractive.c, JSIS_WATCHDOG_AUTO, which
 * `reset()` and `load()` leave alone) the interpreter kicks it at the end of each pass of its idle loop.
 */
export function createWatchdog({ clock, latched, asleep, bite }: WatchdogParts): Watchdog & {
  passDone(): void;
  /** It should have bitten: for a program that does not return, so that no timer's turn comes. Bites. */
  biteIfDue(): void;
  /** The chip was reset, but not by a bite. */
  chipReset(): void;
  stop(): void;
} {
  let timeout_ms = 0;
  let isAutomatic = false;
  let timer: unknown;
  let due_ms = Number.POSITIVE_INFINITY;

  function arm(): void {
    clock.clearTimeout(timer);
    due_ms = timeout_ms ? clock.now() + timeout_ms : Number.POSITIVE_INFINITY;
    timer = timeout_ms ? clock.setTimeout(end, timeout_ms) : undefined;
  }

  function end(): void {
    if (isAutomatic && asleep()) arm();
    else bite();
  }

  function stop(): void {
    timeout_ms = 0;
    isAutomatic = false;
    arm();
  }

  return {
    enable(seconds, automatic) {
      isAutomatic = automatic;
      if (timeout_ms && latched) return;
      timeout_ms = seconds * 1000;
      arm();
    },
    kick: arm,
    passDone() {
      if (isAutomatic) arm();
    },
    biteIfDue() {
      if (clock.now() >= due_ms) bite();
    },
    chipReset() {
      if (!latched) stop();
      isAutomatic = false;
    },
    stop,
  };
}
