import { integer, quoted } from "./command.ts";
import type { Core } from "./core.ts";
import type { Commands, Reply } from "./interpreter.ts";

export interface Sim {
  commands: Commands;
  /**
   * The module looks at the SIM: boot, and CFUN=1 after CFUN=0. Ready `after_ms` later, until then busy; it says so `told_ms`
   * after the start, not before it is.
   */
  start(after_ms: number, told_ms?: number): void;
  /** Ready without a word, for a modem that was running before. */
  resume(): void;
  /** CFUN=0, power-off. */
  stop(): void;
  readonly ready: boolean;
}

export function createSim(core: Core): Sim {
  const option = core.options.sim ?? "ready";
  const locked = typeof option === "object";
  /** Tries are counted by the card, over power-off. */
  let tries = locked ? (option.tries ?? 3) : option === "puk" ? 0 : 3;
  let power: "off" | "starting" | "on" = "off";
  let unlocked = !locked && option !== "puk";

  /** The `+CME ERROR` that any command needing the card gets; undefined: the card is ready. */
  function obstacle(): number | undefined {
    if (power === "off") return 13;
    if (option === "absent") return 10;
    if (power === "starting") return 14;
    if (unlocked) return undefined;
    return tries > 0 ? 11 : 12;
  }

  function announce(): void {
    if (option === "absent") core.urc("+CPIN: NOT INSERTED");
    else if (!unlocked) core.urc(tries > 0 ? "+CPIN: SIM PIN" : "+CPIN: SIM PUK");
    else {
      core.urc("+CPIN: READY");
      core.urc("+QUSIM: 1");
    }
  }

  function ready(told_ms: number): void {
    if (unlocked && option !== "absent") core.events.emit("simReady");
    if (told_ms > 0) core.after(told_ms, announce);
    else announce();
  }

  function enterPin(pin: string, reply: Reply) {
    const problem = obstacle();
    if (!locked || (problem !== undefined && problem !== 11)) return reply.error(problem ?? 3);
    if (unlocked) return reply.error(3);
    const failure = core.faults.pinErrors.shift();
    if (failure !== undefined) return reply.error(failure);
    if (pin !== option.pin) {
      tries--;
      return reply.error(tries > 0 ? 16 : 12);
    }
    tries = 3;
    unlocked = true;
    reply.ok();
    core.after(core.times.answer_ms + 100, () => ready(0));
  }

  function card(line: string): (command: unknown, reply: Reply) => void {
    return (_command, reply) => {
      const problem = obstacle();
      if (problem !== undefined) return reply.error(problem);
      reply.info(line);
      reply.ok();
    };
  }

  return {
    get ready() {
      return obstacle() === undefined;
    },
    start(after_ms, told_ms = after_ms) {
      power = "starting";
      unlocked = !locked && option !== "puk";
      core.after(after_ms, () => {
        if (power !== "starting") return;
        power = "on";
        ready(told_ms - after_ms);
      });
    },
    resume() {
      power = "on";
      unlocked = option !== "puk";
    },
    stop() {
      power = "off";
    },
    commands: {
      "+CPIN": (command, reply) => {
        if (command.kind === "set") {
          const pin = quoted(command, 0) ?? command.args[0]?.text ?? "";
          return enterPin(pin, reply);
        }
        if (command.kind !== "read") return reply.error();
        if (core.faults.simBusyPolls > 0) {
          core.faults.simBusyPolls--;
          return reply.error(14);
        }
        const problem = obstacle();
        if (problem === undefined) reply.info("+CPIN: READY");
        else if (problem === 11) reply.info("+CPIN: SIM PIN");
        else if (problem === 12) reply.info("+CPIN: SIM PUK");
        else return reply.error(problem);
        reply.ok();
      },
      "+QPINC": (command, reply) => {
        const which = quoted(command, 0)?.toUpperCase();
        if (command.kind === "set" && which !== "SC" && which !== "P2") return reply.error();
        if (option === "absent") return reply.error(10);
        if (which !== "P2") reply.info(`+QPINC: "SC",${tries},10`);
        if (which !== "SC") reply.info(`+QPINC: "P2",3,10`);
        reply.ok();
      },
      "+CIMI": card(core.options.imsi ?? "262011234567890"),
      "+QCCID": card(`+QCCID: ${core.options.iccid ?? "89490200001234567890"}`),
      "+QINISTAT": (_command, reply) => {
        const done = core.model.family === "EC2x" ? 7 : 3;
        reply.info(`+QINISTAT: ${obstacle() === undefined ? done : 0}`);
        reply.ok();
      },
      "+QSIMSTAT": (command, reply) => {
        if (command.kind === "read") reply.info(`+QSIMSTAT: 0,${option === "absent" ? 0 : 1}`);
        else if (integer(command, 0, 0, 1) === undefined) return reply.error();
        reply.ok();
      },
    },
  };
}
