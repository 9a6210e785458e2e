import { integer, quoted } from "./command.ts";
import type { Core } from "./core.ts";
import type { Commands, Handler } from "./interpreter.ts";
import type { RegistrationCommand, Technology } from "./options.ts";
import type { Radio } from "./radio.ts";
import type { Sim } from "./sim.ts";

export interface Network {
  commands: Commands;
  /** RDY: the schedule of the coverage begins. `registered`: no search, as after PSM. */
  start(registered: boolean): void;
  stop(): void;
  /** Registered at once and without a word, for a modem that was running before. */
  resume(): void;
  /** Tells the world when what it sees of the network has changed. */
  refresh(): void;
  /** Of the network that there is. */
  readonly technology: Technology;
  /** AT+CFUN: 0 minimum, 1 full, 4 flight mode. */
  readonly functionality: number;
  readonly registered: boolean;
  /** Since when it looks for a network; undefined: it does not. */
  readonly searchingSince_ms: number | undefined;
}

const TAC = "1A2B";
const CELL = "01C3D4E5";
const OPERATOR = "Simnet";
const OPERATOR_NUMBER = "26201";
const all: RegistrationCommand[] = ["CREG", "CGREG", "CEREG"];

/** Radio, registration and signal. */
export function createNetwork(core: Core, sim: Sim, radio: Radio): Network {
  const { model, faults } = core;
  const coverage = core.options.coverage ?? {};
  const reportedBy = coverage.reportedBy ?? (model.family === "BG9x" ? ["CEREG"] : all);
  const search_ms = coverage.search_ms ?? 3000;
  const resume_ms = coverage.resume_ms ?? 1000;
  const byModel = model.family === "BG9x" ? "CAT-M" : "LTE";
  const technology = reportedBy.includes("CEREG") ? (coverage.technology ?? byModel) : "GSM";
  const lte = technology !== "GSM";
  // NB-IoT: 9 (AT 6.2)
  const accessTechnology = !lte ? 0 : technology === "CAT-NB" ? 9 : model.accessTechnology;
  const made_ms = core.clock.now();
  let functionality = 0;
  let searching = true;
  let stat = coverage.stat ?? 1;
  let operatorFormat = 0;
  let wasRegistered = false;
  let kept = false;
  let searchTimer: unknown;
  let searchingSince_ms: number | undefined;
  const announced: Record<RegistrationCommand, number> = { CREG: 0, CGREG: 0, CEREG: 0 };

  function current(): number {
    if (functionality !== 1 || !sim.ready) return 0;
    return searching || faults.coverageHole || inHole() ? 2 : stat;
  }

  function inHole(): boolean {
    const at_ms = core.clock.now() - made_ms;
    return (coverage.holes ?? []).some(({ from_ms, to_ms }) => at_ms >= from_ms && at_ms < to_ms);
  }

  const registered = (): boolean => current() === 1 || current() === 5;

  function statOf(command: RegistrationCommand): number {
    if (faults.cgreg4 && command !== "CEREG" && current() !== 0) return 4;
    return reportedBy.includes(command) || !registered() ? current() : (coverage.others ?? 0);
  }

  function cell(command: RegistrationCommand): string {
    const there = statOf(command) === 1 || statOf(command) === 5;
    const location = there ? `,"${TAC}","${CELL}",${accessTechnology}` : "";
    if (core.profile[command] < 2) return "";
    return core.profile[command] === 4 ? `${location || ",,,"},,,"00000000","00000000"` : location;
  }

  function refresh(): void {
    for (const command of all) {
      const now = statOf(command);
      if (announced[command] === now) continue;
      announced[command] = now;
      if (core.profile[command] > 0) core.urc(`+${command}: ${now}${cell(command)}`);
    }
    searchingSince_ms = current() === 2 ? (searchingSince_ms ?? core.clock.now()) : undefined;
    if (registered() !== wasRegistered) {
      wasRegistered = registered();
      core.events.emit(wasRegistered ? "registered" : "unregistered");
      core.tell({ what: wasRegistered ? "registered" : "unregistered" });
    }
    core.events.emit("searching");
  }

  function search(wait_ms = search_ms): void {
    searching = true;
    refresh();
    core.cancel(searchTimer);
    searchTimer = core.after(wait_ms, () => {
      if (core.receiverTaken()) return search(wait_ms);
      searching = false;
      refresh();
    });
  }

  function follow(schedule: typeof coverage.schedule): void {
    for (const change of schedule ?? [])
      core.after(change.after_ms, () => {
        stat = change.stat;
        refresh();
      });
  }

  core.events.on("simReady", () => {
    if (functionality === 1) search(faults.lateReady_ms > 0 ? 0 : kept ? resume_ms : search_ms);
    kept = false;
  });

  function setFunctionality(value: number): void {
    const before = functionality;
    functionality = value;
    if (before === 1) core.tell({ what: "radio off" });
    if (value === 0) sim.stop();
    else if (before === 0) sim.start(500);
    else if (value === 1 && before === 4 && sim.ready) search();
    refresh();
  }

  const registration = (command: RegistrationCommand): Handler => {
    const most = command === "CEREG" && model.family === "BG9x" ? 4 : 2;
    return (request, reply) => {
      if (request.kind === "read")
        reply.info(`+${command}: ${core.profile[command]},${statOf(command)}${cell(command)}`);
      else if (request.kind === "test") reply.info(`+${command}: (0-${most})`);
      else {
        const value = integer(request, 0, 0, most);
        if (value === undefined || value === 3) return reply.error(50);
        core.profile[command] = value;
      }
      reply.ok();
    };
  };

  const commands: Commands = {
    "+CREG": registration("CREG"),
    "+CGREG": registration("CGREG"),
    "+CEREG": registration("CEREG"),
    "+CFUN": (command, reply) => {
      if (command.kind === "read") {
        reply.info(`+CFUN: ${functionality}`);
        return reply.ok();
      }
      const value = integer(command, 0, 0, 4);
      const restart = integer(command, 1, 0, 1, 0);
      if (value === undefined || restart === undefined || ![0, 1, 4].includes(value)) return reply.error(50);
      if (restart === 1) {
        reply.ok();
        core.events.emit("restart");
        return;
      }
      core.after(core.times.functionality_ms, () => {
        if (value !== functionality) setFunctionality(value);
        reply.ok();
      });
    },
    "+CSQ": (_command, reply) => {
      reply.info(`+CSQ: ${registered() ? (coverage.csq ?? 20) : 99},99`);
      reply.ok();
    },
    "+QCSQ": (_command, reply) => {
      if (!registered()) reply.info('+QCSQ: "NOSERVICE"');
      else reply.info(lte ? `+QCSQ: "${model.qcsqName}",-65,-92,195,-10` : '+QCSQ: "GSM",-73');
      reply.ok();
    },
    "+QNWINFO": (_command, reply) => {
      if (!registered()) reply.info('+QNWINFO: "NONE"');
      else if (lte) reply.info(`+QNWINFO: "${model.networkName}","${OPERATOR_NUMBER}","${model.band}",6300`);
      else reply.info(`+QNWINFO: "EDGE","${OPERATOR_NUMBER}","GSM 900",73`);
      reply.ok();
    },
    // QuecCell 2.1
    "+QENG": (command, reply) => {
      if (quoted(command, 0) !== "servingcell") return reply.error();
      if (!registered() && current() !== 3) reply.info('+QENG: "servingcell","SEARCH"');
      else {
        const state = !registered() ? "LIMSRV" : radio.connected ? "CONNECT" : "NOCONN";
        const cell = lte
          ? `"FDD",262,01,1C3D4E5,30,6300,20,3,3,${TAC},-92,-10,-65,17,29`
          : `262,01,${TAC},4E5F,52,123,1,-73,5,14,64,30,28,0,-,-,-,-,-,-,-,-,-,"-"`;
        reply.info(`+QENG: "servingcell","${state}","${technology}",${cell}`);
      }
      reply.ok();
    },
    "+COPS": (command, reply) => {
      if (command.kind === "read") {
        const name = operatorFormat === 2 ? OPERATOR_NUMBER : OPERATOR;
        reply.info(registered() ? `+COPS: 0,${operatorFormat},"${name}",${accessTechnology}` : "+COPS: 0");
        return reply.ok();
      }
      if (command.kind === "test") {
        core.after(30_000, () => {
          reply.info(
            `+COPS: (2,"${OPERATOR}","${OPERATOR}","${OPERATOR_NUMBER}",${accessTechnology}),,(0-4),(0-2)`,
          );
          reply.ok();
        });
        return;
      }
      const mode = integer(command, 0, 0, 4);
      const format = integer(command, 1, 0, 2, operatorFormat);
      if (mode === undefined || format === undefined) return reply.error(50);
      operatorFormat = format;
      if (mode === 3) return reply.ok();
      // Even an unchanged mode makes the module select anew
      search();
      core.after(search_ms + 100, () => (registered() ? reply.ok() : reply.error(30)));
    },
  };

  return {
    commands,
    refresh,
    technology,
    start(registered) {
      functionality = 1;
      searching = true;
      kept = registered;
      follow(coverage.schedule);
    },
    stop() {
      functionality = 0;
      stat = coverage.stat ?? 1;
      wasRegistered = false;
      searchingSince_ms = undefined;
      for (const command of all) announced[command] = 0;
    },
    resume() {
      functionality = 1;
      searching = false;
      for (const command of all) announced[command] = statOf(command);
      wasRegistered = registered();
      follow(coverage.schedule);
    },
    get functionality() {
      return functionality;
    },
    get registered() {
      return registered();
    },
    get searchingSince_ms() {
      return searchingSince_ms;
    },
  };
}
