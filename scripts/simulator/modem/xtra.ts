import { quoted } from "./command.ts";
import type { Core } from "./core.ts";
import type { FileStore } from "./files.ts";
import type { Commands } from "./interpreter.ts";
import type { HttpAnswer } from "./options.ts";

/** gpsOneXTRA: assistance data from a file (GNSS 1.3, 2.7 to 2.9). */
export interface Xtra {
  commands: Commands;
  /** Its data are valid now, and the engine knows the time for them. */
  readonly helps: boolean;
  /** RDY: AT+QGPSXTRA takes effect at a start. */
  start(): void;
  /** VBAT was off: the time is gone, the data are not. */
  powerLost(): void;
  /** The engine has its own time. */
  timeKnown(): void;
  /** AT+QGPSDEL=3 */
  forget(): void;
}

const INVALID = 501;
const ONGOING = 504;
const TIME_ERROR = 508;
const NOT_ENABLED = 509;
const INTERNAL = 513;
const VALID_MINUTES = 10_080;
const VALID_MS = VALID_MINUTES * 60_000;
/** A time that is farther off helps nobody. */
const TIME_TOLERANCE_MS = 3_600_000;
const NO_DATA = '0,"1980/01/05,19:00:00"';
const MARK = "XTRA2 ";
const FILE_BYTES = 38_000;
const EXAMPLE = "2026/05/17,00:00:00";

/** `yyyy/MM/dd,hh:mm:ss` */
const dateOf = (time_ms: number): string =>
  new Date(time_ms).toISOString().slice(0, 19).replaceAll("-", "/").replace("T", ",");

/** Milliseconds since 1970 of such a date; undefined: it is none. */
function timeOf(date: string): number | undefined {
  const [day = "", clock = ""] = date.split(",");
  const time_ms = Date.parse(`${day.replaceAll("/", "-")}T${clock}Z`);
  return Number.isNaN(time_ms) || dateOf(time_ms) !== date ? undefined : time_ms;
}

/** A file as the servers have it, made at this time. Ours says only when. */
export const xtraFile = (time_ms: number): string => (MARK + dateOf(time_ms)).padEnd(FILE_BYTES, "\x00");

/** The servers of GNSS 1.3: for `ModemOptions.http`. They make a file each hour. */
export const xtraServers =
  (now: () => number) =>
  (url: string): HttpAnswer | undefined => {
    if (!/^http:\/\/xtrapath[1-4]\.izatcloud\.net\//.test(url)) return undefined;
    return /\/xtra(2|3grc)\.bin$/.test(url)
      ? { status: 200, body: xtraFile(Math.floor(now() / 3_600_000) * 3_600_000) }
      : { status: 404, body: "not found" };
  };

/** `engineOn`: data go in while it is off. */
export function createXtra(core: Core, store: FileStore, engineOn: () => boolean): Xtra {
  const { clock, nv } = core;
  if (core.options.gnss?.xtra) nv.set("xtra", "1");
  /** As of the last start. */
  let enabled = nv.get("xtra") === "1";
  /** When the data begin to hold. */
  let from_ms: number | undefined;
  let timeKnown = false;

  const left_ms = (): number => (from_ms === undefined ? 0 : from_ms + VALID_MS - clock.now());

  return {
    get helps() {
      return enabled && timeKnown && left_ms() > 0;
    },
    start() {
      enabled = nv.get("xtra") === "1";
    },
    powerLost() {
      timeKnown = false;
    },
    timeKnown() {
      timeKnown = true;
    },
    forget() {
      from_ms = undefined;
    },
    commands: {
      "+QGPSXTRA": (command, reply) => {
        if (command.kind === "read") reply.info(`+QGPSXTRA: ${nv.get("xtra") ?? 0}`);
        else if (command.kind === "test") reply.info("+QGPSXTRA: (0,1)");
        else {
          const value = command.args[0]?.text ?? "";
          if (value !== "0" && value !== "1") return reply.error(INVALID);
          nv.set("xtra", value);
        }
        reply.ok();
      },
      "+QGPSXTRATIME": (command, reply) => {
        const date = quoted(command, 1) ?? "";
        const time_ms = timeOf(date);
        if (command.args[0]?.text !== "0" || date.length !== EXAMPLE.length) return reply.error(INVALID);
        if (!enabled) return reply.error(NOT_ENABLED);
        if (time_ms === undefined) return reply.error(TIME_ERROR);
        timeKnown = Math.abs(time_ms - clock.now()) <= TIME_TOLERANCE_MS;
        reply.ok();
      },
      "+QGPSXTRADATA": (command, reply) => {
        if (!enabled) return reply.error(NOT_ENABLED);
        if (command.kind === "read") {
          // Those that are overdue count as none
          const data = from_ms !== undefined && left_ms() > 0 && `${VALID_MINUTES},"${dateOf(from_ms)}"`;
          reply.info(`+QGPSXTRADATA: ${data || NO_DATA}`);
          return reply.ok();
        }
        if (engineOn()) return reply.error(ONGOING);
        const name = quoted(command, 0)?.replace(/^UFS:/, "");
        const file = store.files.get(name ?? "");
        if (file === undefined) return reply.error(INVALID);
        const made_ms = file.startsWith(MARK)
          ? timeOf(file.slice(MARK.length, MARK.length + EXAMPLE.length))
          : undefined;
        if (made_ms === undefined) return reply.error(INTERNAL);
        from_ms = made_ms;
        reply.ok();
      },
    },
  };
}
