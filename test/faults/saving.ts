/**
 * Lives in `power` "save": which seeds have one, on what settings, and what a tracker promises by them. They are lived by a RAK5010's
 * blob on its simulated board, whose modem has a key and DTR; but its clock outlasts a power cut, as that of the other lives' board
 * does, so that the verdict knows the time of each record.
 */
import { readFileSync } from "node:fs";
import { type BoardSpec, boardSpecs } from "../../scripts/simulator/espruino/specs.ts";
import { checksumOf, readEpochs, TIME_FIELD, timeOfDay } from "../../scripts/simulator/gnss-log.ts";
import { seededRandom } from "../../scripts/simulator/modem/options.ts";
import { TRACK } from "../blob/peers.ts";

export interface Saving {
  /** Of POLICIES, by number: lives of one policy rest alike. */
  policy: number;
  config: Record<string, unknown>;
  /** Shared attributes, from the start on. */
  shared: Record<string, unknown>;
  /** No fault of it is the modem's: then nothing of the way back is for the modem, either. */
  mild: boolean;
}

/** From upload to upload, and from round to round, s: at most, while nothing is wrong. */
export interface Promise_s {
  upload_s: number;
  longest_s: number;
}

export const SAVING_SPEC: BoardSpec = { ...boardSpecs.rak5010, hostClock: true };

/** Of the generators of a seed (scene.ts) one that no other part has. */
const PART = 5;
const SHARE = 1 / 3;

/** A place that the track leads through, and the whole of its first third. */
const ZONES = {
  midway: { latitude: 52.5168, longitude: 13.3773, radius: 300 },
  east: [
    [52.55, 13.39],
    [52.55, 13.45],
    [52.5, 13.45],
    [52.5, 13.39],
  ],
};

/** None asks for `why`: a word with each fix is one that some of the faults refuse. */
const POLICIES: Pick<Saving, "config" | "shared">[] = [
  { config: { interval_s: 300 }, shared: {} },
  { config: { interval_s: 120, upload_s: 1800, window_s: 5, extras: "battery,signal_dbm" }, shared: {} },
  {
    config: {
      interval_s: 300,
      watch_s: 90,
      heartbeat_s: 600,
      upload_s: 3600,
      turn_deg: 60,
      overspeed_kmh: 30,
      motion: "medium",
    },
    shared: { zones: ZONES },
  },
  {
    config: { interval_s: 600, heartbeat_s: 900, motion: "high", cell: 1, hdop_max: 2 },
    shared: { zones: ZONES },
  },
  // Too short for the modem to sleep, but the server is left.
  { config: { interval_s: 60, upload_s: 600 }, shared: {} },
];

/** What FAULT_POWER says of all lives; undefined: nothing. */
function forced(): boolean | undefined {
  const { FAULT_POWER } = process.env;
  if (!FAULT_POWER) return undefined;
  if (FAULT_POWER !== "on" && FAULT_POWER !== "save") throw new Error("FAULT_POWER: use on or save");
  return FAULT_POWER === "save";
}

/** How a seed's life saves power: one in three does, unless FAULT_POWER says otherwise; undefined: it is connected always. */
export function savingOf(seed: number): Saving | undefined {
  const random = seededRandom(seed * 16 + PART);
  const drawn = random() < SHARE;
  const policy = Math.floor(random() * POLICIES.length);
  const mild = random() < SHARE;
  return (forced() ?? drawn) ? savingBy(policy, mild) : undefined;
}

export function savingBy(policy: number, mild = false): Saving {
  const { config, shared } = POLICIES[policy] as (typeof POLICIES)[number];
  return { policy, config: { power: "save", ...config }, shared, mild };
}

export function promiseOf({ config }: Saving): Promise_s {
  const [interval_s, heartbeat_s, upload_s] = ["interval_s", "heartbeat_s", "upload_s"].map((name) =>
    Number(config[name] ?? 0),
  ) as [number, number, number];
  return { upload_s, longest_s: Math.max(interval_s, heartbeat_s) };
}

/** Healthy time at the end: some rounds, and two uploads. */
export function calm_s(saving: Saving): number {
  const { upload_s, longest_s } = promiseOf(saving);
  return 2 * upload_s + 6 * longest_s;
}

const PARKED_S = 2400;
let track = "";

/** The receiver's track, which then stands where it ended for a while, before it is at its start again. */
export function trackWithStop(): string {
  if (track) return track;
  const log = readFileSync(TRACK, "latin1").trimEnd();
  const last = readEpochs(log).at(-1);
  const from_ms = last && timeOfDay(last);
  if (!last || from_ms === undefined) throw new Error("the track has no times");
  const parked = Array.from({ length: PARKED_S }, (_, i) => {
    const time = new Date(from_ms + (i + 1) * 1000).toISOString().slice(11, 19).replaceAll(":", "");
    return last.sentences.map((sentence) => at(sentence, `${time}.00`)).join("\r\n");
  });
  track = [log, ...parked].join("\r\n");
  return track;
}

/** The same sentence at another time of the day. */
function at(sentence: string, time: string): string {
  const fields = sentence.slice(1).split("*")[0]?.split(",") ?? [];
  const field = TIME_FIELD[fields[0]?.slice(2) ?? ""];
  if (field !== undefined) fields[field] = time;
  const text = fields.join(",");
  return `$${text}*${checksumOf(text).toString(16).toUpperCase().padStart(2, "0")}`;
}
