/** Looks at a board until it is plain whether the tracker works, or what keeps it from working. */

import { portOf, type Settings, tlsOf, valueAt } from "../config/settings.ts";
import type { Device } from "../device/device.ts";
import { certificatesOf } from "../flash/certificates.ts";
import { withBytes } from "../flash/settings.ts";
import type { Report, Target } from "../probe/probe.ts";
import {
  askModem,
  type Evidence,
  noEvidence,
  readBasics,
  readStatus,
  storeQuestion,
  type TrackerStatus,
} from "./evidence.ts";
import { tooOld } from "./facts.ts";
import { saysAwaited, saysNothing, saysSilent } from "./words.ts";

export interface ExamineOptions {
  /** How long to wait for the tracker to get somewhere. */
  wait_s: number;
  sleep(ms: number): Promise<void>;
  /** Told what is being waited for. */
  progress?(line: string): void;
  /** Looks at a server from this computer; absent: that is not to be done. */
  look?(target: Target): Promise<Report>;
}

/** The firmware lets a user in for three seconds before it starts. */
const BOOT_MS = 5000;
const LOOK_MS = 2000;
/** For each connection to the server, from here. */
const PROBE_MS = 5000;
/** A reason that stands so long is no passing one: a SIM takes 20 s to wake up. */
const STANDING_MS = 30_000;
/** What the modem can say better than the firmware's one line. */
const QUESTIONS = ["AT+CPIN?", 'AT+QPINC="SC"', "AT+CEREG?;+CGREG?;+CREG?", "AT+CSQ", "AT+QIACT?"];

export async function examine(device: Device, options: ExamineOptions): Promise<Evidence> {
  // One that lacks what the firmware needs may lack what is asked here.
  if (tooOld(device.env)) return noEvidence(device.env);
  let evidence = await readBasics(device);
  if (evidence.code && !evidence.booted) {
    // It may be about to.
    await options.sleep(BOOT_MS);
    evidence = await readBasics(device);
  }
  evidence.status = await settle(device, evidence.status, options);
  const { status } = evidence;
  if (
    status &&
    !status.safe_mode &&
    status.state !== "online" &&
    status.modem.state !== "up" &&
    mayBeAsked(status)
  )
    for (const question of QUESTIONS) {
      const answer = await askModem(device, question, options.sleep);
      // One that does not answer now would hold the tracker up with the next one, too.
      if (!answer) break;
      evidence.answers[question] = answer;
    }
  if (status?.modem.state === "up" && status.state !== "online" && !status.safe_mode && evidence.settings)
    await lookIntoServer(device, evidence, evidence.settings, options);
  return evidence;
}

/** Why there is no session, as far as the modem's store and this computer can tell. */
async function lookIntoServer(
  device: Device,
  evidence: Evidence,
  settings: Settings,
  { sleep, look, progress = () => {} }: ExamineOptions,
): Promise<void> {
  const files = certificatesOf(settings);
  for (const { name } of files) {
    const answer = await askModem(device, storeQuestion(name), sleep);
    if (!answer) break;
    evidence.answers[storeQuestion(name)] = answer;
  }
  const host = valueAt(settings, "server.host");
  if (!look || typeof host !== "string") return;
  const target: Target = { host, port: portOf(settings), tls: tlsOf(settings), timeout_ms: PROBE_MS };
  progress(`looking at ${host}:${target.port} from this computer`);
  for (const { field, bytes } of withBytes(files))
    if (bytes !== undefined) target[field.replace("server.", "") as "ca" | "cert" | "key"] = bytes;
  const { cause, detail } = await look(target);
  // Without the files of the settings that says nothing.
  const isUnknown =
    (cause === "unknown-authority" && target.ca === undefined) ||
    (cause === "certificate-missing" && target.tls === 2);
  if (!isUnknown) evidence.seen = { cause, detail };
}

/** The channel is open, and what is asked will not wait for a modem that is silent. */
function mayBeAsked({ modem }: TrackerStatus): boolean {
  return !saysNothing(modem.reason) && !saysSilent(modem.reason);
}

/** Reads the status again and again until nothing more is to be expected of it. */
async function settle(
  device: Device,
  first: TrackerStatus | undefined,
  { wait_s, sleep, progress = () => {} }: ExamineOptions,
): Promise<TrackerStatus | undefined> {
  let status = first;
  let reason: string | undefined;
  let standing_ms = 0;
  let said = "";
  for (let waited_ms = 0; status && waited_ms < wait_s * 1000; waited_ms += LOOK_MS) {
    if (status.safe_mode) return status;
    const now = status.modem.state === "up" ? "" : status.modem.reason;
    standing_ms = !saysNothing(now) && now === reason ? standing_ms + LOOK_MS : 0;
    reason = now;
    const found = Boolean(status.fix) || (status.gnss !== "" && !saysAwaited(status.gnss));
    if (standing_ms >= STANDING_MS || (found && (status.state === "online" || status.state === "waiting")))
      return status;
    // Without the network the receiver's turn comes late; that it cannot connect is plain by then.
    if (status.state === "waiting" && status.modem.state !== "up") return status;
    const line = waitsFor(status);
    if (line !== said) progress(line);
    said = line;
    await sleep(LOOK_MS);
    // It may have rebooted meanwhile.
    status = (await readStatus(device)) ?? status;
  }
  return status;
}

function waitsFor({ state, reason, modem }: TrackerStatus): string {
  if (state === "online") return "waiting for a fix";
  if (state === "server") return "waiting for the server";
  if (state === "waiting") return `waiting for a fix (the server: ${reason})`;
  return `waiting for the modem${saysNothing(modem.reason) ? "" : ` (${modem.reason})`}`;
}
