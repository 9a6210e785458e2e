/** How far the trackers are with their firmware, by what they and the server say of it. */
import { Refused, type Server } from "./server.ts";
import { Unreachable } from "./unreachable.ts";

/** A device, as far as it is watched. */
export interface Tracker {
  id: string;
  name: string;
}

/** Where the progress is shown, and by which clock it is looked at. */
export interface Watching {
  say(line: string): void;
  /** What is being waited for, where that can be shown. */
  waitFor(what: string): void;
  now(): number;
  sleep(ms: number): Promise<void>;
}

/** A value of telemetry, with its time, ms since 1970. */
interface Point {
  ts: number;
  value: unknown;
}

const KEYS = ["fw_state", "fw_error", "target_fw_version", "current_fw_version"] as const;
type Telemetry = Partial<Record<(typeof KEYS)[number], Point[]>>;

const EACH_MS = 2000;
/** Of so many at once each is asked in its turn: a fleet's look is no flood. */
const AT_ONCE = 8;
/** A status from here on is the server's own trouble. */
const LEAST_SERVERS_OWN = 500;

/** "" : nothing was heard of this assignment yet. */
type State =
  | ""
  | "QUEUED"
  | "INITIATED"
  | "DOWNLOADING"
  | "DOWNLOADED"
  | "VERIFIED"
  | "UPDATING"
  | "UPDATED"
  | "FAILED";

/** True when all run it; says each step of each of them, and at the end what is left. */
export async function watch(
  server: Server,
  trackers: readonly Tracker[],
  { version }: { version: string },
  wait_s: number,
  { say, waitFor, now, sleep }: Watching,
): Promise<boolean> {
  const until_ms = now() + wait_s * 1000;
  const states = new Map<Tracker, State>(trackers.map((one) => [one, ""]));
  const count = (...wanted: State[]): number =>
    [...states.values()].filter((state) => wanted.includes(state)).length;

  async function lookAtAll(): Promise<void> {
    for (let at = 0; at < trackers.length; at += AT_ONCE)
      await Promise.all(
        trackers.slice(at, at + AT_ONCE).map(async (tracker) => {
          if (isOver(states.get(tracker))) return;
          const [state, error] = stateOf(await lookAt(server, tracker), version);
          if (state === states.get(tracker)) return;
          states.set(tracker, state);
          say(`${tracker.name}: ${state}${state === "FAILED" && error ? `, ${error}` : ""}`);
        }),
      );
  }

  /** Why the last look failed. */
  let trouble = "";
  for (;;) {
    try {
      await lookAtAll();
      trouble = "";
    } catch (error) {
      if (!mayPass(error)) throw error;
      if (!trouble) say(`${error.message}; asked again`);
      trouble = error.message;
    }
    const [updated, failed] = [count("UPDATED"), count("FAILED")];
    const sum = `${updated} of ${trackers.length} updated${failed ? `, ${failed} failed` : ""}`;
    if (updated + failed === trackers.length) {
      say(sum);
      return !failed;
    }
    if (now() >= until_ms) {
      for (const [{ name }, state] of states)
        if (!isOver(state)) say(`${name}: not done, ${state || "nothing heard of it"}`);
      say(`${sum}, the others not within ${wait_s} s: they go on without this command; run it again to look`);
      return false;
    }
    waitFor(sum);
    await sleep(Math.min(EACH_MS, until_ms - now()));
  }
}

/** A server that restarts, or a network that is away for a moment: in a quarter of an hour one look of hundreds may fail. */
const mayPass = (error: unknown): error is Error =>
  error instanceof Unreachable || (error instanceof Refused && error.status >= LEAST_SERVERS_OWN);

const isOver = (state: State | undefined): boolean => state === "UPDATED" || state === "FAILED";

const lookAt = (server: Server, { id }: Tracker): Promise<Telemetry> =>
  server.get(`/api/plugins/telemetry/DEVICE/${id}/values/timeseries?keys=${KEYS.join(",")}`);

/** Of this assignment: what was said before it is of an earlier one. */
function stateOf(telemetry: Telemetry, version: string): [State, error: string] {
  const point = (key: (typeof KEYS)[number]): Point | undefined => {
    const [newest] = telemetry[key] ?? [];
    return newest?.value === null ? undefined : newest;
  };
  const [wanted, state] = [point("target_fw_version"), point("fw_state")];
  if (wanted?.value !== version || !state || state.ts < wanted.ts) return ["", ""];
  return [state.value as State, String(point("fw_error")?.value ?? "")];
}
