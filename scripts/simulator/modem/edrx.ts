/** eDRX (BG96 AT Commands Manual V2.2, 6.13): the network may page the module only so often. */
import { integer, quoted } from "./command.ts";
import type { Core } from "./core.ts";
import type { Commands, Handler } from "./interpreter.ts";
import type { Technology } from "./options.ts";
import type { Radio } from "./radio.ts";

interface Edrx {
  commands: Commands;
  /** A tracking area update: the network is asked anew. */
  grant(): void;
  /** Seconds; undefined: none is granted. */
  readonly cycle_s: number | undefined;
  reset(): void;
}

/** Kinds of networks, by their numbers, and those that have it. */
const TYPES = [0, 1, 2, 3, 4, 5];
const WITH_EDRX: Partial<Record<Technology, number>> = { "CAT-M": 4, "CAT-NB": 5 };
/** The cycle by its four bits, seconds (3GPP TS 24.008, 10.5.5.32; LTE-M). */
const CYCLES_S = [5.12, 10.24, 20.48, 40.96, 61.44, 81.92, 102.4, 122.88, 143.36, 163.84];
const LONG_CYCLES_S = [327.68, 655.36, 1310.72, 2621.44, 5242.88, 10_485.76];

/** `updateArea`: has the network asked anew. From now on what comes for the module waits until it listens: `core.reach`. */
export function createEdrx(core: Core, radio: Radio, technology: Technology, updateArea: () => void): Edrx {
  const { nv } = core;
  const type = WITH_EDRX[technology];
  /** Four bits. */
  let granted: string | undefined;
  const wishOf = (its_type: number | undefined): string | undefined => nv.get(`cedrxs ${its_type}`);

  function cycle_s(): number | undefined {
    if (granted === undefined) return undefined;
    const code = Number.parseInt(granted, 2);
    return CYCLES_S[code] ?? LONG_CYCLES_S[code - CYCLES_S.length];
  }

  core.reach = pageEach(cycle_s, core, radio);

  /** Kept for each kind of network. Mode 2: what is granted is told. */
  const set: Handler = (command, reply) => {
    if (command.kind === "read") {
      for (const one of TYPES) if (wishOf(one)) reply.info(`+CEDRXS: ${one},"${wishOf(one)}"`);
      return reply.ok();
    }
    const before = wishOf(type);
    const mode = integer(command, 0, 0, 3);
    const which = integer(command, 1, 0, TYPES.length - 1, -1);
    const value = quoted(command, 2) ?? "0010";
    const on = mode === 1 || mode === 2;
    if (mode === undefined || which === undefined || (on && which < 0) || !/^[01]{4}$/.test(value))
      return reply.error(50);
    // Without a kind it is switched off for all.
    for (const one of TYPES) if (which < 0 || which === one) nv.set(`cedrxs ${one}`, on ? value : "");
    nv.set("cedrxp", String(mode));
    reply.ok();
    if (wishOf(type) !== before) core.after(core.times.answer_ms + 10, updateArea);
  };

  const read: Handler = (_command, reply) => {
    reply.info(granted ? `+CEDRXRDP: ${type},"${wishOf(type)}","${granted}","0011"` : "+CEDRXRDP: 0");
    reply.ok();
  };

  const unknown: Handler = (_command, reply) => reply.error();
  const isKnown = core.model.family !== "EC2x";
  return {
    commands: { "+CEDRXS": isKnown ? set : unknown, "+CEDRXRDP": isKnown ? read : unknown },
    grant() {
      const answer = core.options.edrx?.granted ?? "as asked";
      const before = granted;
      const wish = wishOf(type);
      granted = wish && answer !== "refused" ? (answer === "as asked" ? wish : answer) : undefined;
      if (granted && granted !== before && nv.get("cedrxp") === "2")
        core.urc(`+CEDRXP: ${type},"${wish}","${granted}","0011"`);
    },
    get cycle_s() {
      return cycle_s();
    },
    reset() {
      granted = undefined;
    },
  };
}

/**
 * What comes for the module: at once over a radio connection, and without eDRX (DRX of 1.28 s is not simulated); else with the
 * next time that it listens, a multiple of its cycle, or once it sends something itself.
 */
function pageEach(cycle_s: () => number | undefined, core: Core, radio: Radio): Core["reach"] {
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
  return (take) => {
    const cycle_ms = 1000 * (cycle_s() ?? 0);
    if (waiting.length === 0 && (radio.connected || cycle_ms === 0)) return take();
    waiting.push(take);
    timer ??= core.after(cycle_ms - (core.clock.now() % cycle_ms), handOver);
  };
}
