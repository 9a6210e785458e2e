/** How a tracker reports, to choose from: each is a few settings by one name. */
import { BOARDS, type BoardName } from "../boards.ts";
import type { Choices } from "../build/features.ts";
import type { Settings } from "../config/settings.ts";
import { type BoardSpec, boardSpecs } from "../simulator/espruino/specs.ts";
import type { PolicyOffered } from "./page/events.ts";

export interface Policy extends PolicyOffered {
  interval_s: number;
  /** Board and modem sleep in between: what the other settings are. */
  sleeps?: Settings;
}

const SAVES = { power: "save" } as const;

const POLICIES: readonly Policy[] = [
  {
    name: "live",
    label: "Connected, every 5 s",
    what: "Always connected, a fix each 5 s. Calls and settings arrive at once.",
    interval_s: 5,
  },
  {
    name: "minute",
    label: "Connected, every minute",
    what: "Always connected, a fix each minute; the receiver may be off in between.",
    interval_s: 60,
  },
  {
    name: "hourly",
    label: "Saves power, hourly",
    what: "Board and modem sleep; a fix each hour, sent at once. Calls and settings arrive then.",
    interval_s: 3600,
    sleeps: { ...SAVES, upload_s: 0 },
  },
  {
    name: "four-a-day",
    label: "Saves power, hourly fix, four uploads a day",
    what: "Board and modem sleep; a fix each hour, and every six hours all that wait are sent together.",
    interval_s: 3600,
    sleeps: { ...SAVES, upload_s: 21_600 },
  },
];

/** By `--interval`. */
const ASKED = "asked";

export const POLICY_NAMES: readonly string[] = POLICIES.map(({ name }) => name);

/** Those to choose from; the first is what `interval_s` asks for, unless it is one of the others. */
export function policiesFor(interval_s: number): Policy[] {
  if (POLICIES.some((policy) => policy.interval_s === interval_s && !policy.sleeps)) return [...POLICIES];
  const label = `Connected, every ${interval_s} s`;
  const what = `Always connected, a fix each ${interval_s} s, as --interval says.`;
  return [{ name: ASKED, label, what, interval_s }, ...POLICIES];
}

/** The one that is connected all the time and has this interval. */
export const policyOf = (interval_s: number): Policy =>
  policiesFor(interval_s).find((policy) => policy.interval_s === interval_s && !policy.sleeps) as Policy;

/** The board can wake its modem: by a pin. A computer cannot, and is on anyway. */
const canSleep = (board: BoardName): boolean =>
  Object.keys((boardSpecs[board] as BoardSpec).modemPins).length > 0;

/** Its 40 KB have room for one of them. */
const isSmall = (board: BoardName): boolean => board === "rak8212";

/** "", or why a board cannot have it. `is_tls`: it is to have TLS. */
export function misfit(policy: Policy, board: BoardName, is_tls: boolean): string {
  if (!policy.sleeps) return "";
  const boards = BOARDS.filter((one) => canSleep(one) && !(is_tls && isSmall(one))).join(" or ");
  if (!canSleep(board)) return `policy ${policy.name}: ${board} does not sleep, use ${boards}`;
  if (is_tls && isSmall(board))
    return `policy ${policy.name}: ${board} has no room for TLS and sleep, use ${boards}`;
  return "";
}

/** What the firmware must be built with. */
export function featuresOf(policy: Policy, board: BoardName): Choices {
  if (!policy.sleeps) return {};
  return { sleep: "save", ...(isSmall(board) && { tls: "none" }) };
}

export const shown = ({ name, label, what }: Policy): PolicyOffered => ({ name, label, what });
