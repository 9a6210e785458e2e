import type { Fix } from "../../../firmware/gnss/fix.ts";
import { createTape } from "../gnss-tape.ts";
import { integer, quoted } from "./command.ts";
import type { Core } from "./core.ts";
import type { GnssState } from "./events.ts";
import type { LocationField } from "./faults.ts";
import type { FileStore } from "./files.ts";
import { queryOrStore } from "./general.ts";
import type { Commands, Handler, Reply } from "./interpreter.ts";
import type { GnssOptions, GnssStarts } from "./options.ts";
import { createSharedReceiver } from "./shared-receiver.ts";
import { createXtra } from "./xtra.ts";

/** As data sheets have them for open sky. An ephemeris holds for two hours, and more in parts. */
export const REAL_STARTS: GnssStarts = {
  cold_ms: [28_000, 34_000],
  warm_ms: [27_000, 32_000],
  hot_ms: [2000, 5000],
  ephemeris_ms: 2 * 3_600_000,
  assisted_ms: [10_000, 14_000],
};

export interface Gnss {
  commands: Commands;
  /** RDY. */
  start(): void;
  stop(): void;
  /** VBAT was off, and with it the engine's memory. */
  powerLost(): void;
  readonly on: boolean;
  readonly state: GnssState;
  /** What QGPSLOC would tell now. */
  readonly fix: Fix | undefined;
}

/** A place takes three; a log may not tell how many there were, or have 00 on good fixes. */
const LEAST_SATELLITES = 3;
const INVALID = 501;
const BUSY = 503;
const ONGOING = 504;
const NOT_ACTIVE = 505;
const NOT_ENABLED = 507;
const NOT_FIXED = 516;

/** `lteBusy`: LTE has use for a receiver that it shares with GNSS. */
export function createGnss(core: Core, store: FileStore, lteBusy: () => boolean): Gnss {
  const { model, faults, clock } = core;
  const options = core.options.gnss ?? {};
  const tape = options.log === undefined ? undefined : createTape(options.log, clock.now());
  let on = false;
  let bootedAt_ms = 0;
  let fixedFrom_ms = 0;
  /** Nothing is known: neither time nor almanac. */
  let cold = true;
  /** When it last had the satellites' ephemeris. */
  let ephemerisAt_ms: number | undefined;
  let fixTimer: unknown;
  const starts: GnssStarts = options.starts ?? simpleStarts(options);
  const xtra = createXtra(core, store, () => on);
  /** The tape runs from the first start of the engine on, whether the engine is on or not. */
  let tapeStarted_ms: number | undefined;
  let stopTimer: unknown;

  /** LTE had the receiver: the satellites must be found anew. */
  let interrupted = false;
  const receiver = createSharedReceiver(core, {
    engineOn: () => on,
    lteBusy,
    interrupt() {
      remember();
      interrupted = true;
    },
  });
  const elapsed = (): number => clock.now() - (tapeStarted_ms ?? clock.now());

  function fixNow(): Fix | undefined {
    if (!on || receiver.isLtes()) return undefined;
    if (interrupted) fixedFrom_ms = clock.now() + timeToFix_ms();
    interrupted = false;
    if (clock.now() < fixedFrom_ms) return undefined;
    const start_ms = Math.floor((tapeStarted_ms ?? 0) / 1000) * 1000;
    return tape?.fixAt(elapsed(), options.time === "now" ? start_ms : undefined);
  }

  function state(): GnssState {
    if (!on) return "off";
    return tape && clock.now() >= fixedFrom_ms ? "tracking" : "searching";
  }

  function timeToFix_ms(): number {
    const hot = ephemerisAt_ms !== undefined && clock.now() - ephemerisAt_ms <= starts.ephemeris_ms;
    const { hot_ms, warm_ms, cold_ms, assisted_ms } = starts;
    const [least, most] = hot ? hot_ms : xtra.helps ? assisted_ms : cold ? cold_ms : warm_ms;
    return least === most ? least : least + core.random() * (most - least);
  }

  function start(): void {
    on = true;
    tapeStarted_ms ??= clock.now();
    fixedFrom_ms = clock.now() + timeToFix_ms();
    core.measure({ what: "gnss", state: "searching" });
    if (tape)
      fixTimer = core.after(fixedFrom_ms - clock.now(), () =>
        core.measure({ what: "gnss", state: "tracking" }),
      );
  }

  function remember(): void {
    if (state() !== "tracking") return;
    cold = false;
    ephemerisAt_ms = clock.now();
    xtra.timeKnown();
  }

  function stop(): void {
    if (!on) return;
    remember();
    on = interrupted = false;
    core.cancel(stopTimer);
    core.cancel(fixTimer);
    core.measure({ what: "gnss", state: "off" });
  }

  const factory: Record<string, string> = {
    outport: '"none"',
    nmeasrc: "0",
    gpsnmeatype: "31",
    glonassnmeatype: "0",
    gnssconfig: "1",
    autogps: "0",
  };

  const commands: Commands = {
    ...xtra.commands,
    "+QGPS": (command, reply) => {
      if (command.kind === "read") {
        reply.info(`+QGPS: ${on ? 1 : 0}`);
        return reply.ok();
      }
      if (command.kind !== "set") return reply.error();
      const most = model.gnssAccuracyArgument ? [4, 3, 1000, 65535] : [4, 255, 1000, 1000, 65535];
      const least = model.gnssAccuracyArgument ? [1, 1, 0, 1] : [1, 1, 1, 0, 1];
      const values = command.args.map((_arg, i) => integer(command, i, least[i] ?? 0, most[i] ?? -1));
      if (values.includes(undefined)) return reply.error(INVALID);
      if (on) return reply.error(ONGOING);
      if (clock.now() < bootedAt_ms + (options.busyAfterBoot_ms ?? 1000)) return reply.error(BUSY);
      const [count = 0, rate_s = 1] = model.gnssAccuracyArgument ? values.slice(2) : values.slice(3);
      start();
      if (count > 0) stopTimer = core.after(fixedFrom_ms - clock.now() + count * rate_s * 1000, stop);
      reply.ok();
    },
    "+QGPSEND": (_command, reply) => {
      if (!on) return reply.error(NOT_ACTIVE);
      stop();
      reply.ok();
    },
    "+QGPSLOC": (command, reply) => {
      const mode = command.kind === "read" ? 0 : integer(command, 0, 0, 2);
      if (mode === undefined) return reply.error(INVALID);
      if (!on) return reply.error(NOT_ACTIVE);
      if (faults.noFixPolls > 0) {
        faults.noFixPolls--;
        return reply.error(NOT_FIXED);
      }
      const fix = fixNow();
      if (!fix) return reply.error(NOT_FIXED);
      reply.info(`+QGPSLOC: ${location(fix, mode)}`);
      if (faults.gnssTimeOff_ms !== 0 && --faults.gnssTimeOffFixes <= 0) {
        faults.gnssTimeOff_ms = 0;
        faults.gnssTimeOffFixes = Number.POSITIVE_INFINITY;
      }
      reply.ok();
    },
    "+QGPSGNMEA": (command, reply) => {
      const type = quoted(command, 0)?.toUpperCase();
      if (type === undefined || !["GGA", "RMC", "GSV", "GSA", "VTG", "GNS"].includes(type))
        return reply.error(INVALID);
      if ((core.nv.get("+QGPSCFG nmeasrc") ?? "0") !== "1") return reply.error(NOT_ENABLED);
      if (!on) return reply.error(NOT_ACTIVE);
      for (const sentence of sentences(type)) reply.info(`+QGPSGNMEA: ${sentence}`);
      reply.ok();
    },
    "+QGPSCFG": (command, reply) => {
      if (quoted(command, 0) === "priority" && receiver.set) return receiver.set(command, reply);
      queryOrStore(core, "+QGPSCFG", factory, command, reply);
    },
    "+QGPSDEL": (command, reply) => {
      const which = integer(command, 0, 0, 3);
      if (which === undefined) return reply.error(INVALID);
      if (on) return reply.error(ONGOING);
      if (which === 0) cold = true;
      if (which === 0 || which === 2) ephemerisAt_ms = undefined;
      if (which === 3) xtra.forget();
      reply.ok();
    },
  };

  function sentences(type: string): string[] {
    if (fixNow()) return tape?.sentencesAt(elapsed(), type) ?? [];
    const empty: Record<string, string> = {
      GGA: "$GPGGA,,,,,,0,,,,,,,,*66",
      RMC: "$GPRMC,,V,,,,,,,,,,N*53",
      VTG: "$GPVTG,,T,,M,,N,,K,N*2C",
      GSA: "$GPGSA,A,1,,,,,,,,,,,,,,,*1E",
    };
    const sentence = empty[type];
    return sentence === undefined ? [] : [sentence];
  }

  function course(degrees: number): string {
    if (options.course === "empty") return "";
    if (options.course === "decimal") return degrees.toFixed(2);
    const minutes = Math.round(degrees * 60) % 21_600;
    return `${Math.floor(minutes / 60)}.${String(minutes % 60).padStart(2, "0")}`;
  }

  function location(fix: Fix, mode: number): string {
    const at = new Date((fix.time_ms ?? 0) + faults.gnssTimeOff_ms);
    const two = (value: number): string => String(value).padStart(2, "0");
    const fraction = (at.getUTCMilliseconds() / 1000).toFixed(3).slice(1, 2 + model.utcDecimals);
    const speed_kmh = fix.speed_kmh ?? 0;
    // In the order of the line.
    const fields: Record<LocationField, string> = {
      utc: two(at.getUTCHours()) + two(at.getUTCMinutes()) + two(at.getUTCSeconds()) + fraction,
      position: position(fix, mode),
      hdop: (fix.hdop ?? 1).toFixed(1),
      altitude: (fix.altitude_m ?? 0).toFixed(1),
      fix: fix.altitude_m === undefined ? "2" : "3",
      course: course(fix.course_deg ?? 0),
      speed_kmh: speed_kmh.toFixed(1),
      speed_knots: (speed_kmh / 1.852).toFixed(1),
      date: two(at.getUTCDate()) + two(at.getUTCMonth() + 1) + two(at.getUTCFullYear() % 100),
      satellites: two(Math.max(fix.satellites ?? 0, LEAST_SATELLITES)),
    };
    return Object.values({ ...fields, ...faults.location }).join(",");
  }

  function position({ latitude, longitude }: Fix, mode: number): string {
    if (mode === 2) return `${latitude.toFixed(5)},${longitude.toFixed(5)}`;
    const decimals = mode === 0 ? 4 : 6;
    // The BG96's manual joins number and letter in mode 1 as in mode 0; the others separate them
    const comma = mode === 1 && model.name !== "BG96" ? "," : "";
    const north = sexagesimal(latitude, 2, decimals) + comma + (latitude < 0 ? "S" : "N");
    return `${north},${sexagesimal(longitude, 3, decimals)}${comma}${longitude < 0 ? "W" : "E"}`;
  }

  const absent: Handler = (_command, reply: Reply) => reply.error();
  return {
    commands:
      options.receiver === false
        ? Object.fromEntries(Object.keys(commands).map((name) => [name, absent]))
        : commands,
    start() {
      bootedAt_ms = clock.now();
      receiver.start();
      xtra.start();
    },
    stop,
    powerLost() {
      if (!options.starts) return;
      cold = true;
      ephemerisAt_ms = undefined;
      xtra.powerLost();
    },
    get state() {
      return state();
    },
    get on() {
      return on;
    },
    get fix() {
      return fixNow();
    },
  };
}

/** Cold the first time, hot after that, as tests like it. */
function simpleStarts(options: GnssOptions): GnssStarts {
  const cold_ms = options.coldStart_ms ?? 5000;
  const hot_ms = options.hotStart_ms ?? 1000;
  return {
    cold_ms: [cold_ms, cold_ms],
    warm_ms: [hot_ms, hot_ms],
    hot_ms: [hot_ms, hot_ms],
    ephemeris_ms: Number.POSITIVE_INFINITY,
    assisted_ms: [hot_ms, hot_ms],
  };
}

/** Degrees as `ddmm.mmmm`, without sign. */
function sexagesimal(degrees: number, digits: number, decimals: number): string {
  const scale = 10 ** decimals;
  const parts = Math.round(Math.abs(degrees) * 60 * scale);
  const whole = Math.floor(parts / (60 * scale));
  const minutes = ((parts - whole * 60 * scale) / scale).toFixed(decimals);
  return String(whole).padStart(digits, "0") + minutes.padStart(decimals + 3, "0");
}
