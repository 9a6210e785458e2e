import { integer } from "./command.ts";
import type { Core } from "./core.ts";
import type { Handler } from "./interpreter.ts";

interface Surroundings {
  engineOn(): boolean;
  /** The radio connection is up, or there is no eDRX: LTE has use for it. */
  lteBusy(): boolean;
  /** From now on it is LTE's: the satellites must be found anew. */
  interrupt(): void;
}

/**
 * The one receiver that a BG95 has for GNSS and LTE: AT+QGPSCFG="priority". GNSS first: it has it as long as the engine is on, and
 * the radio stands still. LTE first: GNSS has it while no radio connection is up, and with eDRX alone (manual.mikrotik.com, BG77
 * modem AT commands).
 */
export function createSharedReceiver(core: Core, { engineOn, lteBusy, interrupt }: Surroundings) {
  const isShared = core.model.sharedReceiver;
  let first: "GNSS" | "LTE" = "GNSS";

  core.receiverTaken = () => isShared && engineOn() && first === "GNSS";

  /** `"priority",1,0`: LTE, and that is not kept. */
  const set: Handler = (command, reply) => {
    const value = integer(command, 1, 0, 1);
    if (command.args.length === 1)
      reply.info(`+QGPSCFG: "priority",${first === "LTE" ? 1 : 0},${engineOn() ? 4 : 0}`);
    else if (value === undefined) return reply.error();
    else {
      first = value === 1 ? "LTE" : "GNSS";
      if (integer(command, 2, 0, 1, 1) === 1) core.nv.set("gnss priority", first);
      if (engineOn() && first === "LTE") interrupt();
    }
    reply.ok();
  };

  return {
    set: isShared ? set : undefined,
    isLtes: (): boolean => isShared && first === "LTE" && lteBusy(),
    /** RDY. */
    start(): void {
      first = core.nv.get("gnss priority") === "LTE" ? "LTE" : "GNSS";
    },
  };
}
