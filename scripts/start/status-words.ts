/** `tracker.status()` in words: a line for each part. */
import type { TrackerState } from "./page/events.ts";

/** As far as it is read here; the firmware's own names (firmware/tracker/tracker.ts). */
export interface TrackerStatus {
  state?: TrackerState;
  reason?: string;
  safe_mode?: number;
  fix?: { satellites?: number; hdop?: number; speed_kmh?: number };
  gnss?: string;
  modem?: { state?: string; reason?: string; signal_dbm?: number };
  sleep?: { hindrance?: string; wakes?: number; woken_for?: string };
  server?: string;
  encryption?: string;
  battery?: number;
  battery_v?: number;
  motion?: unknown;
  memory?: { usage: number; total: number };
  dropped?: number;
  lost?: string;
  waiting?: number;
}

/** What was done to come back, by the firmware's names, which are its words. */
const TIMES = ["reconnects", "contexts", "radio_resets", "modem_resets", "power_cycles", "reboots"] as const;

const withReason = (word = "", reason = ""): string => (reason ? `${word}: ${reason}` : word);
const count = (number: number): string => number.toLocaleString("en-US");

function gnssWords({ gnss, fix }: TrackerStatus): string {
  if (gnss) return gnss;
  if (!fix) return "";
  const { satellites, hdop } = fix;
  return [
    "a fix",
    ...(satellites === undefined ? [] : [`${satellites} satellites`]),
    ...(hdop === undefined ? [] : [`HDOP ${hdop}`]),
  ].join(", ");
}

function sleepWords({ sleep, modem }: TrackerStatus): string {
  if (!sleep) return "";
  const { hindrance, wakes = 0, woken_for } = sleep;
  const woken = wakes ? `; woken ${count(wakes)} times` : "";
  if (modem?.state === "asleep") return `asleep${woken}`;
  return `awake for ${hindrance || woken_for || "nothing: it may sleep"}${woken}`;
}

/** Part by part; what there is nothing to say of is left out. */
export function partsOf(status: TrackerStatus): Record<string, string> {
  const { modem, memory, battery, battery_v } = status;
  const signal = modem?.signal_dbm === undefined ? "" : `, ${modem.signal_dbm} dBm`;
  const done = TIMES.flatMap((name) => {
    const times = (status as Record<string, unknown>)[name];
    return typeof times === "number" && times > 0 ? [`${name.replace("_", " ")} ${count(times)}`] : [];
  });
  const parts: Record<string, string> = {
    state: status.state ?? "",
    reason: status.reason ?? "",
    "safe mode": status.safe_mode ? "the last starts were short: it only waits for firmware" : "",
    gnss: gnssWords(status),
    modem: withReason(modem?.state, modem?.reason) + signal,
    sleep: sleepWords(status),
    server: status.server || (status.state === "online" ? "connected" : ""),
    encryption: status.encryption ?? "",
    battery: [
      ...(battery === undefined ? [] : [`${battery} %`]),
      ...(battery_v === undefined ? [] : [`${battery_v} V`]),
    ].join(", "),
    motion: status.motion === undefined ? "" : String(status.motion),
    memory: memory ? `${count(memory.usage)} of ${count(memory.total)} variables` : "",
    history: [...done, ...(status.lost ? [`lost last: ${status.lost}`] : [])].join(", "),
  };
  return Object.fromEntries(Object.entries(parts).filter(([, words]) => words));
}
