/**
 * What the page of `npm start` is told by server-sent events (`GET /simulator/events`), each named as here with its JSON,
 * and what it may ask for. Both sides import these types.
 */
import type { BoardName } from "../../boards.ts";
import type { Reading } from "../../simulator/energy/reading.ts";

/** One event a name. */
export interface PageEvents {
  /** First, and again whenever the world was made anew (another board, another policy): everything before is void. */
  hello: Hello;
  /** A sample that the server has stored. */
  sample: SampleTold;
  /** What a tracker is doing, about once a second of real time. */
  status: StatusTold;
  /** What was used since the start, of the tracker that is metered. */
  energy: Reading;
  /** A line of AT or MQTT between board and modem. */
  trace: TraceTold;
  /** A line that a board's console printed, or that `npm start` said. */
  line: { tracker: string; text: string };
  /** A fault was switched on or off, by whomever; the names of the trackers that it is on for now. */
  fault: { name: string; on: readonly string[] };
  /** The speed at which the world's time runs was changed. */
  speed: { times: number; time_ms: number };
  /** Values in force of the first tracker changed, by whomever. */
  settings: readonly SettingOffered[];
}

export interface Hello {
  version: string;
  board: BoardName;
  /** Those to choose from. */
  boards: readonly BoardName[];
  /** Names of the fleet's trackers; the first one is metered, traced and takes the sensors' values. */
  trackers: readonly string[];
  /** The world's time, ms since 1970, and how much faster than ours it runs. */
  time_ms: number;
  speed: number;
  /** The last of what came before, oldest first. */
  samples: readonly SampleTold[];
  traces: readonly TraceTold[];
  statuses: readonly StatusTold[];
  energy: Reading;
  faults: readonly FaultOffered[];
  policies: readonly PolicyOffered[];
  policy: string;
  /** What the board measures and can be played with: motion, battery, temperature. */
  toys: readonly string[];
  /** RPC methods of this board's firmware, each with an example of its params (JSON). */
  methods: readonly { name: string; what: string; params: unknown }[];
  /** The settings that may be changed from afar, as the one table has them, with the values in force. */
  settings: readonly SettingOffered[];
  /** Where else this world is: lines for people, as `npm start` prints them. */
  hints: readonly string[];
}

export interface SampleTold {
  tracker: string;
  /** When it was taken, ms since 1970. */
  ts: number;
  /** When the server acknowledged it, in the world's time. */
  stored_ms: number;
  values: Record<string, unknown>;
}

/** What a tracker does about its way to the server, as `tracker.status()` names it; "starts": it has not told yet. */
export type TrackerState = "starts" | "waiting" | "modem" | "server" | "online" | "resting";

export interface StatusTold {
  tracker: string;
  time_ms: number;
  /** False: its power is cut. */
  is_powered: boolean;
  /** True: board and modem sleep until the next round. */
  is_asleep: boolean;
  state: TrackerState;
  /** Why it is not online, for people; "": nothing is wrong. */
  reason: string;
  /** For people alone: what each part does and why, a line each, `tracker.status()` in the words of the firmware. */
  parts: Readonly<Record<string, string>>;
  /** Samples: taken in all, and where they are: each is waiting in the outbox, on its way, acknowledged or dropped. */
  outbox: { taken: number; waiting: number; sending: number; acknowledged: number; dropped: number };
}

export interface TraceTold {
  time_ms: number;
  /** AT commands and answers, or MQTT packets in words. */
  kind: "at" | "mqtt";
  /** up: from the board to the modem. */
  way: "up" | "down";
  text: string;
}

/** A button: on and off for each tracker, or at once where it has no state. */
export interface FaultOffered {
  name: string;
  label: string;
  what: string;
  /** The names of the trackers that it is on for, all of them where it is the server's; absent: it happens at once. */
  on?: readonly string[];
}

export interface PolicyOffered {
  name: string;
  label: string;
  what: string;
}

export interface SettingOffered {
  name: string;
  what: string;
  kind: "number" | "text" | "choice" | "flag" | "json";
  unit?: string;
  least?: number;
  most?: number;
  choices?: readonly string[];
  default?: unknown;
  value?: unknown;
}

/** Paths that take a POST with a JSON object; all answer JSON, `{ error }` with status 400 and up where refused. */
export interface PageRequests {
  /** Switches a fault on or off, or lets it happen. */
  "/simulator/fault": { name: string; is_on?: boolean; tracker?: string };
  /** The world's time runs so many times faster than ours, 1 to 60. */
  "/simulator/speed": { times: number };
  /** The world is made anew. */
  "/simulator/world": { board?: BoardName; policy?: string };
  /** Calls a method of a tracker as ThingsBoard's two-way RPC does; answers its reply. */
  "/simulator/call": { tracker?: string; method: string; params?: unknown };
  /** Writes shared attributes of all trackers; answers what they took, and what one of them refused, with reasons. */
  "/simulator/settings": { settings: Record<string, unknown> };
  "/simulator/motion": { g: number; seconds: number };
  "/simulator/battery": { volts: number };
  "/simulator/temperature": { celsius: number };
}

/** What was sent as settings: what holds now, and what was refused, why. */
export interface SettingsAnswer {
  taken: Readonly<Record<string, unknown>>;
  refused: Readonly<Record<string, string>>;
}
