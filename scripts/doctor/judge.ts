/** From the facts to what to tell: for each area whether it works, what is wrong, or that it cannot be known yet. */
import type { Tls } from "../config/fields.ts";
import type { TrackerStatus } from "./evidence.ts";
import type { Facts } from "./facts.ts";
import type { Area, Finding, Words } from "./finding.ts";
import { FINDINGS, NEEDS } from "./findings.ts";
import { saysDenied, saysNoContext, saysNoNetwork, saysNoSource } from "./words.ts";

export interface FaultVerdict {
  kind: "fault";
  area: Area | "console";
  id: string;
  finding: string;
  cause: string;
  remedy: string;
}

export type Verdict = { kind: "ok"; area: Area; line: string } | FaultVerdict;

/** What says that an area works; undefined: nothing does. */
const WORKS: Record<Area, (facts: Facts) => string | undefined> = {
  interpreter: ({ env }) => `Espruino ${env.VERSION} on a ${env.BOARD}`,
  memory: ({ variables }) => `${count(variables.free)} of ${count(variables.total)} variables free`,
  flash: ({ storageFree, env }) =>
    `${count(storageFree)}${env.STORAGE ? ` of ${count(env.STORAGE)}` : ""} bytes of Storage free`,
  firmware: ({ code, status }) =>
    `espruino-thingsboard ${code?.version} runs${status ? counted(status) : ""}`,
  settings: ({ host, port }) => `settings for ${host}:${port}`,
  modem: ({ status, answers, modemReason }) =>
    status?.modem.state === "up" || Object.keys(answers).length || modemReason
      ? `the modem answers${status?.modem.imei ? `, IMEI ${status.modem.imei}` : ""}`
      : undefined,
  sim: ({ sim, iccid, status, modemReason }) =>
    status?.modem.state === "up" || sim.word === "READY" || iccid || isOfNetwork(modemReason)
      ? `the SIM is ready${iccid ? `, ICCID ${iccid}` : ""}`
      : undefined,
  network: ({ isRegistered, status, modemReason }) => {
    const signal_dbm = status?.modem.signal_dbm;
    const signal =
      typeof signal_dbm === "number" ? `, ${signal_dbm} dBm${signal_dbm < WEAK_DBM ? ": weak" : ""}` : "";
    return status?.modem.state === "up" || isRegistered || saysNoContext(modemReason)
      ? `registered in the network${signal}`
      : undefined;
  },
  context: ({ hasContext, status, apn }) =>
    hasContext || status?.modem.state === "up" ? `PDP context open${apn ? `, APN "${apn}"` : ""}` : undefined,
  server: ({ status, host, tls }) =>
    status?.state === "online"
      ? `connected to ${host}${protection(status, tls)}: ${count(status.sent)} samples sent since the start`
      : undefined,
  outbox: ({ status, places }) =>
    status &&
    `${count(status.waiting)} of ${count(places)} places in the outbox taken${
      status.dropped
        ? `; so far ${count(status.dropped)} samples were dropped because it was full (outbox_bytes) or the time not known (no_time)`
        : ""
    }`,
  fix: ({ status, fixReason }) =>
    saysNoSource(fixReason)
      ? "no fixes: the firmware was built without GNSS"
      : status?.fix
        ? `a fix: ${status.fix.latitude.toFixed(5)}, ${status.fix.longitude.toFixed(5)}${
            status.fix.satellites === undefined ? "" : `, ${status.fix.satellites} satellites`
          }`
        : undefined,
};

/** How the connection is protected, or that it is not. */
const protection = ({ encryption }: TrackerStatus, tls: Tls): string =>
  tls ? ` (${encryption})` : " in plain text (the token and all places can be read on the way)";

/** What the tracker counts of its recoveries. */
const COUNTERS: [keyof TrackerStatus, string][] = [
  ["reboots", "reboots"],
  ["modem_resets", "modem restarts"],
  ["reconnects", "connections"],
];

/** Of those that happened: " (reboots: 2, connections: 1)". */
function counted(status: TrackerStatus): string {
  const words = COUNTERS.filter(([name]) => status[name]).map(([name, word]) => `${word}: ${status[name]}`);
  return words.length ? ` (${words.join(", ")})` : "";
}

/** What comes after the SIM is why it stands. */
const isOfNetwork = (reason: string): boolean =>
  saysDenied(reason) || saysNoNetwork(reason) || saysNoContext(reason);

/** From here on connections drop. */
const WEAK_DBM = -110;

/** Where the firmware's own words are all there is, because they fit no finding. */
const REASON_OF: Partial<Record<Area, (facts: Facts) => string>> = {
  modem: ({ modemReason }) => modemReason,
  sim: ({ modemReason }) => modemReason,
  network: ({ modemReason }) => modemReason,
  context: ({ modemReason }) => modemReason,
  server: ({ serverReason }) => serverReason,
  fix: ({ fixReason }) => fixReason,
};

const NAMES: Partial<Record<Area, string>> = {
  modem: "the modem's answer",
  sim: "the SIM",
  network: "the network",
  context: "the PDP context",
  server: "the server's answer",
  fix: "a fix",
};

const PENDING = "-pending";

const count = (value: number): string => value.toLocaleString("en-US");
const words = (text: Words, facts: Facts): string => (typeof text === "string" ? text : text(facts));

/** A finding that was seen, in the words for these facts. */
export function told(finding: Omit<Finding, "seen">, facts: Facts): FaultVerdict {
  return {
    kind: "fault",
    area: finding.area,
    id: finding.id,
    finding: words(finding.finding, facts),
    cause: words(finding.cause, facts),
    remedy: words(finding.remedy, facts),
  };
}

/**
 * The verdicts in the order of the areas. What hangs on something that does not work is left out, and so is what is
 * only still awaited when something else is wrong.
 */
export function judge(facts: Facts): Verdict[] {
  const verdicts: Verdict[] = [];
  const working = new Set<Area>();
  for (const area of Object.keys(NEEDS) as Area[]) {
    if (!NEEDS[area].every((needed) => working.has(needed))) continue;
    const seen = FINDINGS.find((finding) => finding.area === area && finding.seen(facts));
    const works = WORKS[area](facts);
    if (seen) verdicts.push(told(seen, facts));
    else if (works !== undefined) {
      working.add(area);
      verdicts.push({ kind: "ok", area, line: works });
    } else verdicts.push(told(unsettled(area, REASON_OF[area]?.(facts) ?? ""), facts));
  }
  const isPending = (verdict: Verdict) => verdict.kind === "fault" && verdict.id.endsWith(PENDING);
  const wrong = verdicts.some((verdict) => verdict.kind === "fault" && !isPending(verdict));
  return wrong ? verdicts.filter((verdict) => !isPending(verdict)) : verdicts;
}

/** No finding fits and nothing says that it works: the firmware's reason, if it has one, or there is none yet. */
function unsettled(area: Area, reason: string): Omit<Finding, "seen"> {
  return {
    id: reason ? `${area}-other` : area + PENDING,
    area,
    finding: reason ? `not working: ${reason}` : `still waiting for ${NAMES[area] ?? area}`,
    cause: reason ? "the tracker says no more than this" : "it takes its time, or the board was just started",
    remedy: reason
      ? "npm run repl, then .at on shows what the modem says"
      : "run npm run doctor again, or wait longer: --wait 300",
  };
}
