import { integer, quoted } from "./command.ts";
import type { Core } from "./core.ts";
import { createEdrx } from "./edrx.ts";
import type { PsmGrant, PsmTimes } from "./faults.ts";
import type { Commands, Handler } from "./interpreter.ts";
import type { Technology } from "./options.ts";
import type { Radio } from "./radio.ts";

export interface PowerSaving {
  commands: Commands;
  /** Once a second: PSM, when the time for it has come. */
  tick(): void;
  /** Seconds until T3412 wakes a module that goes to PSM now; undefined: the network grants no PSM. */
  sleep_s(): number | undefined;
  /** The cycle of eDRX that the network grants, seconds; undefined: none. */
  readonly edrx_s: number | undefined;
  /** AT+QSCLK=1 or 2: with DTR high the UART sleeps. */
  readonly sleepAllowed: boolean;
  reset(): void;
}

/** What PSM depends on. */
interface Surroundings {
  registered(): boolean;
  technology: Technology;
  /** Undefined: it does not look for a network. */
  searchingSince_ms(): number | undefined;
  /** The GNSS engine is on: no PSM. */
  gnssOn(): boolean;
  enter(sleep_s: number): void;
}

const DEFAULT_T3412 = "00100011";
const DEFAULT_T3324 = "00100001";
/** Units of T3412 and of T3324 by their three high bits (PSM 3.1). */
const UNITS_T3412_S = [600, 3600, 36_000, 2, 30, 60, 1_152_000];
const UNITS_T3324_S = [2, 60, 360];
/** AT+QPSMCFG (PSM 3.3): the shortest PSM, and what kinds of it there may be. */
const MOST = 4_294_967_295;
const FACTORY_PSMCFG = [60, 4];
const WITHOUT_NETWORK = 1;
/** AT+QPSMEXTCFG (PSM 3.4): mask, scans, sleep out of service, random window, time out of service, early wake-up. */
const FACTORY_EXTENDED = [14, 2, 120, 5, 120, 3];
const EXTENDED_LIMITS: [number, number][] = [
  [0, 15],
  [1, 100],
  [120, MOST],
  [1, 1000],
  [1, 65_535],
  [1, 1000],
];
const OUT_OF_SERVICE = 2;
/** Sleep, PSM (BG96 PSM Application Note V1.0), eDRX, and the supply's measurement. */
export function createPowerSaving(core: Core, radio: Radio, surroundings: Surroundings): PowerSaving {
  const { clock, nv, faults } = core;
  /** PSM is of LTE-M and NB-IoT. */
  const usual: PsmGrant = core.model.family === "EC2x" ? "refused" : "as asked";
  let sleep = 0;
  /** What the network said at the last tracking area update. */
  let granted: PsmTimes | undefined;
  const edrx = createEdrx(core, radio, surroundings.technology, updateArea);
  /** When the network released the radio connection: T3324 and T3412 run from there. */
  let released_ms: number | undefined;
  let update: unknown;

  const numbers = (name: string, factory: number[]): number[] =>
    nv.get(name)?.split(",").map(Number) ?? factory;
  const psmcfg = (): number[] => numbers("psmcfg", FACTORY_PSMCFG);
  const extended = (): number[] => numbers("psmextcfg", FACTORY_EXTENDED);
  const switchedOn = (key: string): boolean => nv.get(`+QCFG ${key}`) === "1";

  function asked(): PsmTimes | undefined {
    if (nv.get("cpsms") !== "1") return undefined;
    const active_s = timerSeconds(nv.get("t3324") ?? DEFAULT_T3324, UNITS_T3324_S);
    const tau_s = timerSeconds(nv.get("t3412") ?? DEFAULT_T3412, UNITS_T3412_S);
    return active_s === undefined || tau_s === undefined ? undefined : { active_s, tau_s };
  }

  /** What the network makes of it. */
  function grantedOf(wish: PsmTimes | undefined): PsmTimes | undefined {
    const grant: PsmGrant = faults.psmGrant ?? core.options.psm?.granted ?? usual;
    if (grant === "refused" || !wish) return undefined;
    return grant === "as asked" ? wish : grant;
  }

  /** A tracking area update: asks the network anew for PSM and eDRX. */
  function updateArea(): void {
    core.cancel(update);
    if (!surroundings.registered()) return;
    granted = grantedOf(asked());
    edrx.grant();
    released_ms = undefined;
    radio.signal();
  }

  function released(): void {
    released_ms = clock.now();
    core.cancel(update);
    if (!granted) return;
    update = core.after(granted.tau_s * 1000, updateArea);
    if (sleepFor() === undefined) return;
    // PSM 3.5. Without the active time there may be no time for it, either
    if (switchedOn("psm/urc") && !(switchedOn("psm/enter") && core.chance(0.5)))
      core.urc(`+QPSMTIMER: ${granted.tau_s},${granted.active_s}`);
  }

  core.events.on("registered", updateArea);
  core.events.on("connected", () => {
    released_ms = undefined;
    core.cancel(update);
  });
  core.events.on("released", released);

  /** As long as PSM would last; undefined: it is not granted, or shorter than the least that is worth it (PSM 3.3, 3.4). */
  function sleepFor(): number | undefined {
    if (!granted || nv.get("cpsms") !== "1") return undefined;
    const [least_s = 60] = psmcfg();
    const early_s = extended()[5] ?? 0;
    const active_s = switchedOn("psm/enter") ? 0 : granted.active_s;
    return granted.tau_s - active_s < least_s ? undefined : granted.tau_s - active_s - early_s;
  }

  function sleep_s(): number | undefined {
    const long_s = sleepFor();
    if (long_s === undefined || !granted) return undefined;
    const waited_s = (clock.now() - (released_ms ?? clock.now())) / 1000;
    return Math.max(0, granted.tau_s - (extended()[5] ?? 0) - waited_s);
  }

  function tick(): void {
    if (surroundings.gnssOn()) return;
    const since_ms = surroundings.searchingSince_ms();
    if (since_ms !== undefined) {
      // Out of service: given up for a while, by those settings alone that allow it
      const [mask = 0, , outOfService_s = 120, , patience_s = 120] = extended();
      const [, kinds = 0] = psmcfg();
      const allowed = nv.get("cpsms") === "1" && mask & OUT_OF_SERVICE && kinds & WITHOUT_NETWORK;
      if (allowed && clock.now() - since_ms >= patience_s * 1000) surroundings.enter(outOfService_s);
      return;
    }
    const asleep_s = sleep_s();
    if (released_ms === undefined || asleep_s === undefined || !granted) return;
    const active_s = switchedOn("psm/enter") ? 0 : granted.active_s;
    if (clock.now() - released_ms >= active_s * 1000) surroundings.enter(asleep_s);
  }

  /** AT+CPSMS, and AT+QPSMS to write: the setting is kept, and the network asked if it is another (PSM 3.1, 3.2). */
  const set: Handler = (command, reply) => {
    const before = JSON.stringify(asked());
    const mode = integer(command, 0, 0, 1, 0);
    const timers = [
      quoted(command, 3) ?? nv.get("t3412") ?? DEFAULT_T3412,
      quoted(command, 4) ?? nv.get("t3324") ?? DEFAULT_T3324,
    ];
    if (mode === undefined || !timers.every((timer) => /^[01]{8}$/.test(timer))) return reply.error(50);
    // Without any parameter they are the factory's again
    const values = command.args.every(({ text }) => text === "") ? [DEFAULT_T3412, DEFAULT_T3324] : timers;
    nv.set("cpsms", String(mode));
    nv.set("t3412", values[0] ?? "");
    nv.set("t3324", values[1] ?? "");
    if (mode === 0) granted = undefined;
    if (JSON.stringify(asked()) !== before) updateArea();
    reply.ok();
  };

  /** A row of numbers that is kept over power-off, those left out as they were. */
  function row(name: string, key: string, factory: number[], limits: [number, number][]): Handler {
    return (command, reply) => {
      const old = numbers(key, factory);
      if (command.kind === "read") reply.info(`${name}: ${old.join(",")}`);
      else if (command.kind === "test")
        reply.info(`${name}: ${limits.map(([least, most]) => `(${least}-${most})`).join(",")}`);
      else {
        const values = limits.map(([least, most], i) => integer(command, i, least, most, old[i]));
        if (values.includes(undefined) || command.args.length > limits.length) return reply.error();
        nv.set(key, values.join(","));
      }
      reply.ok();
    };
  }

  return {
    tick,
    sleep_s,
    get edrx_s() {
      return edrx.cycle_s;
    },
    get sleepAllowed() {
      return sleep > 0;
    },
    reset() {
      sleep = 0;
      granted = undefined;
      edrx.reset();
      released_ms = undefined;
      core.cancel(update);
      radio.reset();
    },
    commands: {
      "+QSCLK": (command, reply) => {
        if (command.kind === "read") reply.info(`+QSCLK: ${sleep}`);
        else {
          const value = integer(command, 0, 0, 2);
          if (value === undefined) return reply.error();
          sleep = value;
          core.events.emit("asleep");
        }
        reply.ok();
      },
      "+CPSMS": (command, reply) => {
        if (command.kind !== "read") return set(command, reply);
        const t3412 = nv.get("t3412") ?? DEFAULT_T3412;
        const t3324 = nv.get("t3324") ?? DEFAULT_T3324;
        reply.info(`+CPSMS: ${nv.get("cpsms") ?? 0},,,"${t3412}","${t3324}"`);
        reply.ok();
      },
      // Read, it tells what the network granted, seconds (PSM 3.2)
      "+QPSMS": (command, reply) => {
        if (command.kind !== "read") return set(command, reply);
        const times = granted && `"${granted.tau_s}","${granted.active_s}"`;
        reply.info(`+QPSMS: ${nv.get("cpsms") ?? 0},,,${times ?? ","}`);
        reply.ok();
      },
      "+QPSMCFG": row("+QPSMCFG", "psmcfg", FACTORY_PSMCFG, [
        [60, MOST],
        [0, 15],
      ]),
      "+QPSMEXTCFG": row("+QPSMEXTCFG", "psmextcfg", FACTORY_EXTENDED, EXTENDED_LIMITS),
      ...edrx.commands,
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
