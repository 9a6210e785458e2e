import type { Core } from "./core.ts";
import type { Activity } from "./events.ts";
import type { PowerState } from "./power.ts";

interface Inputs {
  power(): PowerState;
  searching(): boolean;
  connected(): boolean;
  /** QSCLK and DTR allow it. */
  sleepAllowed(): boolean;
}

export interface ActivityWatch {
  readonly now: Activity;
  /** Tells the world when it is another one than before. */
  refresh(): void;
}

export function watchActivity(core: Core, inputs: Inputs): ActivityWatch {
  let told: Activity = current();

  function current(): Activity {
    const power = inputs.power();
    if (power === "stopping") return "off";
    if (power !== "running") return power;
    if (inputs.searching()) return "searching";
    if (inputs.connected()) return "connected";
    return inputs.sleepAllowed() ? "asleep" : "idle";
  }

  function refresh(): void {
    const now = current();
    if (now === told) return;
    told = now;
    core.measure({ what: "activity", activity: now });
  }

  for (const event of ["connected", "released", "searching", "asleep", "power"] as const)
    core.events.on(event, refresh);
  return {
    get now() {
      return current();
    },
    refresh,
  };
}
