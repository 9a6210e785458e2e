import { integer, quoted } from "./command.ts";
import type { Core } from "./core.ts";
import type { Commands } from "./interpreter.ts";

export interface PowerSaving {
  commands: Commands;
  /** Seconds without traffic after which the module goes to PSM, and seconds it stays there; undefined: PSM is off. */
  psm(): { active_s: number; sleep_s: number } | undefined;
  /** AT+QSCLK=1 or 2: with DTR high the UART sleeps. */
  readonly sleepAllowed: boolean;
  reset(): void;
}

const DEFAULT_T3412 = "00100011";
const DEFAULT_T3324 = "00100001";

/** Sleep, PSM, eDRX, and the supply's measurement. */
export function createPowerSaving(core: Core): PowerSaving {
  let sleep = 0;

  function psm() {
    if (core.nv.get("cpsms") !== "1") return undefined;
    const active_s = timerSeconds(core.nv.get("t3324") ?? DEFAULT_T3324, [2, 60, 360]);
    const sleep_s = timerSeconds(core.nv.get("t3412") ?? DEFAULT_T3412, [600, 3600, 36_000, 2, 30, 60]);
    return active_s === undefined || sleep_s === undefined ? undefined : { active_s, sleep_s };
  }

  return {
    psm,
    get sleepAllowed() {
      return sleep > 0;
    },
    reset() {
      sleep = 0;
    },
    commands: {
      "+QSCLK": (command, reply) => {
        if (command.kind === "read") reply.info(`+QSCLK: ${sleep}`);
        else {
          const value = integer(command, 0, 0, 2);
          if (value === undefined) return reply.error();
          sleep = value;
        }
        reply.ok();
      },
      "+CPSMS": (command, reply) => {
        const t3412 = core.nv.get("t3412") ?? DEFAULT_T3412;
        const t3324 = core.nv.get("t3324") ?? DEFAULT_T3324;
        if (command.kind === "read") {
          reply.info(`+CPSMS: ${core.nv.get("cpsms") ?? 0},,,"${t3412}","${t3324}"`);
          return reply.ok();
        }
        const mode = integer(command, 0, 0, 2);
        const timers = [quoted(command, 3) ?? t3412, quoted(command, 4) ?? t3324];
        if (mode === undefined || !timers.every((timer) => /^[01]{8}$/.test(timer))) return reply.error(50);
        core.nv.set("cpsms", String(mode));
        core.nv.set("t3412", timers[0] ?? t3412);
        core.nv.set("t3324", timers[1] ?? t3324);
        reply.ok();
      },
      "+QPSMS": (_command, reply) => {
        const granted = psm();
        reply.info(granted ? `+QPSMS: 1,,,"${granted.sleep_s}","${granted.active_s}"` : "+QPSMS: 0");
        reply.ok();
      },
      "+CEDRXS": (command, reply) => {
        if (command.kind === "read") {
          const value = core.nv.get("cedrxs");
          if (value) reply.info(`+CEDRXS: ${value}`);
          return reply.ok();
        }
        const mode = integer(command, 0, 0, 3);
        const technology = integer(command, 1, 0, 5, 4);
        const value = quoted(command, 2) ?? "0010";
        if (mode === undefined || technology === undefined || !/^[01]{4}$/.test(value))
          return reply.error(50);
        core.nv.set("cedrxs", mode === 1 || mode === 2 ? `${technology},"${value}"` : "");
        reply.ok();
      },
      "+CEDRXRDP": (_command, reply) => {
        const value = core.nv.get("cedrxs");
        reply.info(value ? `+CEDRXRDP: ${value},${value.slice(2)},"0011"` : "+CEDRXRDP: 0");
        reply.ok();
      },
      "+CBC": (_command, reply) => {
        // The share is the modem's own guess; nobody should believe it.
        reply.info(`+CBC: 0,75,${Math.round(1000 * (core.options.supply_v?.() ?? 3.856))}`);
        reply.ok();
      },
      "+QTEMP": (_command, reply) => {
        reply.info("+QTEMP: 31,30,29");
        reply.ok();
      },
    },
  };
}

/** The three high bits choose the unit, the five low ones count; undefined: the timer is off. */
function timerSeconds(bits: string, units_s: number[]): number | undefined {
  const value = Number.parseInt(bits, 2);
  const unit_s = units_s[value >> 5];
  return unit_s === undefined ? undefined : unit_s * (value & 31);
}
