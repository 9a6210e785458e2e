/** Settings by shared attributes: written, and what the tracker made of them, as it tells by client attributes. */
import type { Clock } from "../simulator/clock.ts";
import type { ThingsBoard } from "../simulator/thingsboard/thingsboard.ts";
import type { SettingsAnswer } from "./page/events.ts";

/** Real time: one that is connected answers in a second or two, at any speed of the world. */
const LOOK_MS = 100;
const LONGEST_MS = 15_000;
const NOT_YET = "the tracker has not answered yet: it takes it, or refuses it, when it is connected next";
const ALL_OR_NONE = "not taken: settings are taken all together or not at all";

const same = (one: unknown, other: unknown): boolean => JSON.stringify(one) === JSON.stringify(other);

/** What it tells of zones is their names. */
const asTold = (value: unknown): unknown =>
  typeof value === "object" && value !== null ? Object.keys(value) : value;

export type Told = { settings?: Record<string, unknown>; settings_refused?: Record<string, string> };

/**
 * Writes them, `null`: takes what is there away; and waits for the tracker's answer, as long as it may be connected. They are
 * taken all together or not at all; what was refused is taken back, or it would keep each further change from being taken.
 */
export async function changeSettings(
  thingsboard: ThingsBoard,
  device: string,
  settings: Record<string, unknown>,
  clock: Clock,
): Promise<SettingsAnswer> {
  const { store } = thingsboard.tenant.device(device);
  const before = store.values("SHARED_SCOPE");
  const shared_ms = clock.now();
  const entries = Object.entries(settings);
  const share = (pick: (name: string) => unknown): void =>
    thingsboard.share(device, Object.fromEntries(entries.map(([name]) => [name, pick(name)])));
  share((name) => settings[name] ?? undefined);

  const told = (): Told => thingsboard.attributes(device) as Told;
  const refusedNow = (): Record<string, string> =>
    (store.attributes.CLIENT_SCOPE.get("settings_refused")?.updated_ms ?? 0) >= shared_ms
      ? (told().settings_refused ?? {})
      : {};
  const wasTold = (): boolean =>
    (store.attributes.CLIENT_SCOPE.get("settings")?.updated_ms ?? 0) >= shared_ms;
  const isInForce = ([name, value]: [string, unknown]): boolean =>
    value === null ? wasTold() : same(told().settings?.[name], asTold(value));
  const isRefused = (): boolean => Object.keys(refusedNow()).length > 0;

  for (let waited_ms = 0; waited_ms < LONGEST_MS; waited_ms += LOOK_MS) {
    if (isRefused() || entries.every(isInForce)) break;
    await new Promise((resolve) => setTimeout(resolve, LOOK_MS));
  }
  const refused = refusedNow();
  if (isRefused()) {
    share((name) => before[name]);
    const others = entries.map(([name]) => [name, ALL_OR_NONE]);
    return { taken: {}, refused: { ...Object.fromEntries(others), ...refused } };
  }
  const late = entries.filter((entry) => !isInForce(entry));
  return {
    taken: Object.fromEntries(entries.filter(isInForce)),
    refused: Object.fromEntries(late.map(([name]) => [name, NOT_YET])),
  };
}
