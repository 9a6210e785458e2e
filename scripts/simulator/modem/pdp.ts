import { integer, quoted } from "./command.ts";
import type { Core } from "./core.ts";
import type { Commands } from "./interpreter.ts";
import type { Network } from "./network.ts";

export interface PdpContexts {
  commands: Commands;
  isActive(context: number): boolean;
  /** Active at once, for a modem that was running before. */
  resume(context: number): void;
  /** The network takes the context away. */
  deactivate(context: number): void;
  /** Power-off: all contexts are gone, with their settings. */
  reset(): void;
  readonly active: number[];
  /** The socket error that QIACT left for QIGETERROR. */
  onError: (code: number) => void;
}

interface Context {
  apn: string;
  user: string;
  password: string;
  authentication: number;
  type: number;
  /** `lost`: the network took it; needs QIDEACT before QIACT. */
  state: "inactive" | "active" | "lost";
}

const MOST_ACTIVE = 3;
/** AT+QIACT is answered after this at the latest (TCP 2.1.2). */
const LONGEST_MS = 150_000;

export function createPdpContexts(core: Core, network: Network): PdpContexts {
  const contexts = new Map<number, Context>();
  let dropTimer: unknown;
  let lifeTimer: unknown;

  const active = (): [number, Context][] => [...contexts].filter(([, context]) => context.state === "active");

  function lose(id: number, announce: boolean): void {
    const context = contexts.get(id);
    if (context?.state !== "active") return;
    context.state = announce ? "lost" : "inactive";
    core.events.emit("contextDown", id);
    core.tell({ what: "deactivated", by: announce ? "network" : "host" });
    if (announce) core.urc(`+QIURC: "pdpdeact",${id}`);
  }

  core.events.on("registered", () => core.cancel(dropTimer));
  core.events.on("unregistered", () => {
    const wait_ms = network.functionality === 1 ? (core.options.coverage?.loseContext_ms ?? 30_000) : 0;
    dropTimer = core.after(wait_ms, () => {
      for (const [id] of active()) lose(id, true);
    });
  });

  function activated(id: number, context: Context): void {
    context.state = "active";
    core.faults.deadData = false;
    core.faults.contextOpenError = 0;
    core.tell({ what: "activated" });
    core.cancel(lifeTimer);
    const life_ms = core.faults.contextLife_s * 1000;
    if (life_ms > 0) lifeTimer = core.after(life_ms, () => core.faults.contextLife_s > 0 && lose(id, true));
  }

  /** undefined: the network grants it. */
  function refusal(context: Context): number | undefined {
    if (!network.registered) return 561;
    if (context.apn === "") return 573;
    const { apn } = core.options;
    if (apn !== undefined && context.apn.toLowerCase() !== apn.toLowerCase()) return 561;
    return active().length >= MOST_ACTIVE ? 561 : undefined;
  }

  const address = (id: number): string => `10.64.0.${id}`;

  const commands: Commands = {
    "+QICSGP": (command, reply) => {
      const id = integer(command, 0, 1, 16);
      if (command.kind !== "set" || id === undefined) return reply.error();
      const context = contexts.get(id);
      if (command.args.length === 1) {
        const { type, apn, user, password, authentication } = context ?? blank();
        reply.info(`+QICSGP: ${type},"${apn}","${user}","${password}",${authentication}`);
        return reply.ok();
      }
      const type = integer(command, 1, 1, 3);
      const apn = quoted(command, 2);
      const authentication = integer(command, 5, 0, 3, 0);
      if (type === undefined || apn === undefined || authentication === undefined) return reply.error();
      if (context?.state === "active" && context.apn !== apn) return reply.error();
      const user = quoted(command, 3) ?? "";
      const password = quoted(command, 4) ?? "";
      contexts.set(id, { type, apn, user, password, authentication, state: context?.state ?? "inactive" });
      reply.ok();
    },
    "+QIACT": (command, reply) => {
      if (command.kind === "read") {
        for (const [id, { type }] of active()) reply.info(`+QIACT: ${id},1,${type},"${address(id)}"`);
        return reply.ok();
      }
      const id = integer(command, 0, 1, 16);
      if (command.kind !== "set" || id === undefined) return reply.error();
      const context = contexts.get(id) ?? blank();
      contexts.set(id, context);
      if (context.state === "active") {
        if (!core.model.activateTwiceFails) return reply.ok();
        pdp.onError(561);
        return reply.error();
      }
      const until_ms = core.clock.now() + LONGEST_MS;
      const activate = () => {
        const unheard = core.receiverTaken();
        if (unheard && core.clock.now() < until_ms) return core.after(core.times.activate_ms, activate);
        const error = unheard || context.state === "lost" ? 561 : refusal(context);
        if (error !== undefined) {
          core.tell({ what: "activation failed" });
          pdp.onError(error);
          return reply.error();
        }
        activated(id, context);
        reply.ok();
      };
      core.after(core.times.activate_ms, activate);
    },
    "+QIDEACT": (command, reply) => {
      const id = integer(command, 0, 1, 16);
      if (command.kind !== "set" || id === undefined) return reply.error();
      core.after(core.times.deactivate_ms, () => {
        lose(id, false);
        const context = contexts.get(id);
        if (context) context.state = "inactive";
        reply.ok();
      });
    },
    "+CGATT": (command, reply) => {
      if (command.kind === "read") {
        reply.info(`+CGATT: ${network.registered ? 1 : 0}`);
        return reply.ok();
      }
      const value = integer(command, 0, 0, 1);
      if (value === undefined) return reply.error(50);
      core.after(core.times.activate_ms, () => {
        if (value === 1) return network.registered ? reply.ok() : reply.error(30);
        for (const [id] of active()) lose(id, true);
        reply.ok();
      });
    },
    "+QIDNSCFG": (command, reply) => {
      const id = integer(command, 0, 1, 16);
      if (id === undefined || contexts.get(id)?.state !== "active") return reply.error();
      if (command.args.length === 1) reply.info(`+QIDNSCFG: ${id},"10.64.0.53","10.64.0.54"`);
      reply.ok();
    },
    "+CGACT": (_command, reply) => {
      if (!core.model.cgactHangs) return reply.ok();
      core.transcript.note("AT+CGACT: this firmware hangs until it is reset");
      reply.silent(true);
    },
  };

  const pdp: PdpContexts = {
    commands,
    onError: () => {},
    isActive: (id) => contexts.get(id)?.state === "active",
    resume(id) {
      contexts.set(id, { ...blank(), apn: core.options.apn ?? "internet", state: "active" });
    },
    deactivate: (id) => lose(id, true),
    reset() {
      for (const [id] of active()) core.events.emit("contextDown", id);
      contexts.clear();
    },
    get active() {
      return active().map(([id]) => id);
    },
  };
  return pdp;
}

function blank(): Context {
  return { apn: "", user: "", password: "", authentication: 0, type: 1, state: "inactive" };
}
