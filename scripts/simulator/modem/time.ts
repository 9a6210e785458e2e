import { integer, quoted } from "./command.ts";
import type { Core } from "./core.ts";
import type { Commands } from "./interpreter.ts";
import type { PdpContexts } from "./pdp.ts";

export interface TimeKeeping {
  commands: Commands;
  /** What its clock says, the zone apart. */
  now(): number;
  /** VBAT was off: the clock starts anew in 1980. */
  powerLost(): void;
  /** The network gave its time before, for a modem that was running. */
  resume(): void;
  /** Boot: what the network told is forgotten, the clock goes on. */
  reset(): void;
}

const UNSET_MS = Date.UTC(1980, 0, 6);
/** Two digits from here on are of the last century. */
const FIRST_YEAR = 80;
const MINUTE_MS = 60_000;

/** The real-time clock, and the time the network gives. */
export function createTimeKeeping(core: Core, pdp: PdpContexts, flowing: () => boolean): TimeKeeping {
  const { clock, model, faults } = core;
  /** The time as the network has it. */
  const network_ms = (): number => clock.now() + faults.networkTimeOff_ms;
  const quarters = core.options.zone_quarters ?? 8;
  const zone = `${quarters < 0 ? "-" : "+"}${two(Math.abs(quarters))}`;
  const zone_ms = quarters * 15 * MINUTE_MS;
  /** The clock's time less the true one. */
  let offset_ms = 0;
  let clockZone = "+00";
  /** When the network last gave its time. */
  let synchronised_ms: number | undefined;

  const update = (): number => Number(core.nv.get("ctzu") ?? "0");

  core.events.on("registered", () => {
    if (core.options.networkTime === false) return;
    synchronised_ms = clock.now();
    if (update() > 0) {
      offset_ms = faults.networkTimeOff_ms + (update() === 3 ? zone_ms : 0);
      clockZone = zone;
    }
    if (core.profile.ctzr === 1) core.urc(`+CTZV: "${zone}"`);
    if (core.profile.ctzr === 2) core.urc(`+CTZE: "${zone}",0,"${longDate(network_ms())}"`);
  });

  const commands: Commands = {
    "+CCLK": (command, reply) => {
      if (command.kind === "read") {
        if (faults.clockError) return reply.error(3);
        const [time_ms, its_zone] = faults.localClock
          ? [network_ms() + zone_ms, zone]
          : [clock.now() + offset_ms, clockZone];
        reply.info(`+CCLK: "${longDate(time_ms).slice(2)}${its_zone}"`);
        return reply.ok();
      }
      const text = quoted(command, 0) ?? "";
      const match = /^(\d\d)\/(\d\d)\/(\d\d),(\d\d):(\d\d):(\d\d)([+-]\d\d)$/.exec(text);
      if (!match) return reply.error(50);
      const [year, month, day, hour, minute, second] = match.slice(1, 7).map(Number) as Six;
      const time_ms = Date.UTC(
        year < FIRST_YEAR ? 2000 + year : 1900 + year,
        month - 1,
        day,
        hour,
        minute,
        second,
      );
      if (longDate(time_ms).slice(2) !== text.slice(0, -3)) return reply.error(50);
      offset_ms = time_ms - clock.now();
      clockZone = match[7] ?? "+00";
      reply.ok();
    },
    "+CTZU": (command, reply) => {
      if (command.kind === "test") reply.info(`+CTZU: (0,1${model.localTimeUpdate ? ",3" : ""})`);
      else if (command.kind === "read") reply.info(`+CTZU: ${update()}`);
      else {
        const value = integer(command, 0, 0, model.localTimeUpdate ? 3 : 1);
        if (value === undefined || value === 2) return reply.error(50);
        core.nv.set("ctzu", String(value));
      }
      reply.ok();
    },
    "+CTZR": (command, reply) => {
      if (command.kind === "read") reply.info(`+CTZR: ${core.profile.ctzr}`);
      else {
        const value = integer(command, 0, 0, 2);
        if (value === undefined) return reply.error(50);
        core.profile.ctzr = value;
      }
      reply.ok();
    },
    "+QLTS": (command, reply) => {
      const mode = command.kind === "set" ? integer(command, 0, 0, 2) : 0;
      if (mode === undefined) return reply.error(50);
      if (synchronised_ms === undefined || faults.noNetworkTime) reply.info('+QLTS: ""');
      else {
        const time = (mode === 0 ? synchronised_ms : clock.now()) + faults.networkTimeOff_ms;
        reply.info(`+QLTS: "${longDate(time + (mode === 2 ? zone_ms : 0))}${zone},0"`);
      }
      reply.ok();
    },
    "+QNTP": (command, reply) => {
      const context = integer(command, 0, 1, 16);
      const server = quoted(command, 1);
      const set = integer(command, 3, 0, 1, 1);
      if (context === undefined || !server || !pdp.isActive(context)) return reply.error();
      reply.ok();
      if (faults.ntpError === "silent") return;
      core.after(300, () => {
        if (faults.ntpError !== 0) return core.report(`+QNTP: ${faults.ntpError}`);
        if (!flowing()) {
          core.after(125_000, () => core.report("+QNTP: 569"));
          return;
        }
        if (set === 1) {
          offset_ms = 0;
          clockZone = "+00";
        }
        core.report(`+QNTP: 0,"${longDate(clock.now())}+00"`);
      });
    },
  };

  function powerLost(): void {
    offset_ms = UNSET_MS - clock.now();
    clockZone = "+00";
  }

  powerLost();
  return {
    commands,
    now: () => clock.now() + offset_ms,
    powerLost,
    resume() {
      if (core.options.networkTime !== false) synchronised_ms = clock.now();
    },
    reset() {
      synchronised_ms = undefined;
    },
  };
}

type Six = [number, number, number, number, number, number];

function two(value: number): string {
  return String(value).padStart(2, "0");
}

/** `yyyy/MM/dd,hh:mm:ss` */
function longDate(time_ms: number): string {
  const at = new Date(time_ms);
  const day = `${at.getUTCFullYear()}/${two(at.getUTCMonth() + 1)}/${two(at.getUTCDate())}`;
  return `${day},${two(at.getUTCHours())}:${two(at.getUTCMinutes())}:${two(at.getUTCSeconds())}`;
}
