/**
 * How a modem slept that saves power: woken for a reason alone, not mended because it slept, and not left awake. Judged by what
 * the world saw of it.
 */
import type { Seen } from "./harm.ts";
import type { Life } from "./life.ts";
import { some, time } from "./naming.ts";
import { promiseOf, type Saving } from "./saving.ts";

/** What sleep.ts wakes it for. */
const REASONS = ["a fix", "an upload", "another try"];

/** Bounds, s. */
const AWAKE = {
  /** From its key to the sleep after that, while all is well: start, search, connection, window, and what the network takes to let go of it. */
  stretch_s: 150,
  /** A sleep that is shorter costs more than it saves. */
  worth_s: 60,
};

/** From a record to its arrival, beside the time to the next upload: search, connection, and the packets before it. */
const LATE_S = 120;

export function wakes(life: Life): string[] {
  const { saving, seen, calm } = life;
  if (!saving || !calm) return [];
  return [
    ...some("woken for nothing", forNothing(seen)),
    ...some("woken for no known reason", unknown(seen)),
    ...(saving.mild ? some("the way back in a life whose modem works", mended(life)) : []),
    ...some("awake for too long", tooLong(life, saving)),
    ...some("late", late(life, saving)),
  ];
}

/** Put to sleep, and its key was pressed though nobody said why, nor started anew. */
function forNothing(seen: Seen[]): string[] {
  let reason = true;
  return seen.flatMap(({ at_ms, ...event }) => {
    if (event.what === "wakes" || event.what === "started") reason = true;
    else if (event.what === "sleeps") reason = false;
    else if (event.what === "woken" && event.by === "key" && !reason) return [time(at_ms)];
    return [];
  });
}

function unknown(seen: Seen[]): string[] {
  return seen.flatMap((event) =>
    event.what === "wakes" && !REASONS.includes(event.what_for)
      ? [`${JSON.stringify(event.what_for)} at ${time(event.at_ms)}`]
      : [],
  );
}

/** What was done to a modem that works, but that it was put to sleep. */
function mended({ seen, taken }: Life): string[] {
  let asleep = false;
  const done = seen.flatMap((event) => {
    if (event.what === "sleeps") asleep = true;
    else if (event.what === "wakes" || event.what === "started") asleep = false;
    else if (event.what === "radio off") return [`the radio off at ${time(event.at_ms)}`];
    else if (event.what === "restart" && !(asleep && event.by === "power"))
      return [`${event.by} at ${time(event.at_ms)}`];
    return [];
  });
  const told = taken.flatMap(({ ts, values }) =>
    ["radio_resets", "modem_resets", "power_cycles"]
      .filter((name) => values[name] !== undefined)
      .map((name) => `${name} ${values[name]} of ${time(ts)}`),
  );
  return [...done, ...told];
}

/** In the healthy time at the end. */
function tooLong({ seen, calm }: Life, saving: Saving): string[] {
  if (!calm || roundsTooShort(saving)) return [];
  const stretches = awake(seen, calm.to_ms).filter(
    ({ from_ms, to_ms }) => from_ms >= calm.from_ms && to_ms <= calm.to_ms,
  );
  const long = stretches.filter(({ from_ms, to_ms }) => to_ms - from_ms > AWAKE.stretch_s * 1000);
  const none = stretches.length ? [] : [`never asleep from ${time(calm.from_ms)} on`];
  return [
    ...none,
    ...long.map(({ from_ms, to_ms }) => `${Math.round((to_ms - from_ms) / 1000)} s from ${time(from_ms)}`),
  ];
}

/** From round to round is so short that the modem stays awake. */
const roundsTooShort = ({ config }: Saving): boolean =>
  Number(config.watch_s ?? config.interval_s) <= AWAKE.worth_s;

interface Stretch {
  from_ms: number;
  to_ms: number;
}

/** When it was neither off nor in PSM. */
function awake(seen: Seen[], end_ms: number): Stretch[] {
  const found: Stretch[] = [];
  let from_ms: number | undefined = seen[0]?.at_ms;
  for (const event of seen) {
    if (event.what === "running") from_ms ??= event.at_ms;
    else if (event.what === "psm" || (event.what === "restart" && event.by === "power")) {
      if (from_ms !== undefined) found.push({ from_ms, to_ms: event.at_ms });
      from_ms = undefined;
    }
  }
  if (from_ms !== undefined) found.push({ from_ms, to_ms: end_ms });
  return found;
}

/** What is taken in the healthy time at the end, whose last upload is not due yet. */
function late({ taken, received, calm }: Life, saving: Saving): string[] {
  if (!calm) return [];
  const { upload_s, longest_s } = promiseOf(saving);
  const arrived = new Map<number, number>();
  for (const { points, received_ms } of received)
    for (const { ts } of points) if (!arrived.has(ts)) arrived.set(ts, received_ms);
  return taken.flatMap(({ at_ms, ts, values }) => {
    const may_wait_s = isEvent(values) ? 0 : upload_s && upload_s + longest_s;
    const due_ms = at_ms + (may_wait_s + LATE_S) * 1000;
    if (at_ms < calm.from_ms || due_ms > calm.to_ms || (arrived.get(ts) ?? due_ms + 1) <= due_ms) return [];
    const came_ms = arrived.get(ts);
    return [`${time(ts)}, which came ${came_ms ? `after ${(came_ms - at_ms) / 1000} s` : "not yet"}`];
  });
}

const EVENTS = ["start", "stop", "turn", "overspeed", "enter", "exit", "battery"];
const isEvent = ({ why }: Record<string, unknown>): boolean => EVENTS.includes(String(why));

/** Each event has its fix, but that the battery is low, which may be where there is none. */
export function events(taken: Life["taken"]): string[] {
  return some(
    "an event without a fix",
    taken.flatMap(({ ts, values }) =>
      isEvent(values) && values.why !== "battery" && values.Latitude === undefined ? [time(ts)] : [],
    ),
  );
}
