import type { Core } from "./core.ts";
import type { Radio } from "./radio.ts";

/**
 * What comes for the module: at once over a radio connection, and where the network granted no eDRX (DRX of 1.28 s is not
 * simulated); else with the next time that the module listens, a multiple of its cycle, or once it sends something itself.
 */
export function createPaging(
  core: Core,
  radio: Radio,
  cycle_s: () => number | undefined,
): { reach(take: () => void): void } {
  const waiting: (() => void)[] = [];
  let timer: unknown;

  function handOver(): void {
    core.cancel(timer);
    timer = undefined;
    // Taking one may bring the connection up, and lead here again.
    while (waiting.length > 0) waiting.shift()?.();
  }

  core.events.on("connected", handOver);
  // It waits in the air, as all that comes then.
  core.events.on("unregistered", handOver);

  return {
    reach(take) {
      const cycle_ms = 1000 * (cycle_s() ?? 0);
      if (waiting.length === 0 && (radio.connected || cycle_ms === 0)) return take();
      waiting.push(take);
      timer ??= core.after(cycle_ms - (core.clock.now() % cycle_ms), handOver);
    },
  };
}
