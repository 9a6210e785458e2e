/**
 * One update: what is assigned is told to be done, refused, or loaded, checked and started.
 *
 *   Waiting ──the time is over──► Loading ──all is there──► Checking ──it fits──► Leaving ──► restart
 *      ▲                             │ a fault                 │ it does not
 *      └─────────────────────────────┴─────────────────────────┘
 *
 * Each step is told to the server (`fw_state`) through the outbox, so that none is lost. What is refused is not tried again;
 * README.md beside this file has the whole.
 */

import { log } from "#log";
import { type Chunks, loadChunks } from "../thingsboard/chunks.ts";
import type { Client, Values } from "../thingsboard/client.ts";
import { TITLE, VERSION } from "../title.ts";
import { jitter } from "../tracker/jitter.ts";
import { Ended, restart } from "../tracker/restart.ts";
import { report } from "../tracker/upload.ts";
import { activate, complete, lastVerdict, resumeAt, slotBytes, store, stored } from "./slots.ts";

/** Espruino's. */
declare const E: { CRC32(text: string): number; toString(bytes: ArrayBuffer): string };
declare const process: { env: { VERSION: string; MODULES?: string } };
declare function require(module: "crypto"): { SHA256(text: string): ArrayBuffer };

const enum Limit {
  /** After a download that failed; twice as long after the next; */
  First_s = 60,
  /** up to a day. */
  Longest_s = 86400,
  /** From step to step: each is told with a time of its own, as the server keeps one value a millisecond. */
  Step_ms = 1000,
  /** Characters of a fault. */
  Error = 200,
  /** From "UPDATING" to the restart, in which it can leave. */
  Restart_ms = 5000,
}

const enum Step {
  /** It failed; the next try comes after a delay. */
  Waiting,
  /** Chunks come, or the link is awaited. */
  Loading,
  /** It is held against its checksum. */
  Checking,
  /** It is what starts next. */
  Leaving,
  /** It is not for this board. */
  Refused,
}

/** What goes on, until `stop_`. */
export interface Update {
  /** There is a link; `now`: it is not waited for the next try. */
  resume_(now: boolean): void;
  /** It goes on, as far as there is a link, and does not only wait for its next try. */
  loads_(): boolean;
  /** False: the board restarts with it in a moment. */
  stop_(): boolean;
}

/** `key`: by which the slot knows it again. `anew`: it was tried and left before, and may be tried again. @seldom */
export function update(server: Client, values: Values, key: number, anew: boolean): Update | undefined {
  const version = "" + values.fw_version;
  const size = values.fw_size as number;
  const checksum = "" + values.fw_checksum;
  const is_sha = values.fw_checksum_algorithm === "SHA256";
  let step = Step.Waiting;
  let failures = 0;
  let timer: ReturnType<typeof setTimeout> | 0 = 0;
  let chunks: Chunks | undefined;

  function begin(): void {
    timer = 0;
    if (!server.status) return;
    step = Step.Loading;
    tell("DOWNLOADING", "");
    const from = resumeAt(key);
    if (from < size) chunks = loadChunks(server, key & 0xfffffff, from, size, take, loaded);
    else loaded("");
  }

  function take(bytes: string, at: number): string {
    const fault = at ? "" : packageFault(bytes, version);
    if (fault) step = Step.Refused;
    return fault || (store(at, bytes) ? "" : "flash worn");
  }

  function loaded(fault: string): void {
    chunks = undefined;
    if (fault) return failed(fault);
    step = Step.Checking;
    tell("DOWNLOADED", "");
    timer = setTimeout(verify, Limit.Step_ms);
  }

  function verify(): void {
    const text = stored(size);
    const crc = E.CRC32(text);
    // As the server writes it, the lowest byte first.
    const sum = is_sha
      ? // biome-ignore lint/style/useNodejsImportProtocol: the interpreter's own
        hexOf(E.toString(require("crypto").SHA256(text)))
      : hexOf(String.fromCharCode(crc & 255, (crc >>> 8) & 255, (crc >>> 16) & 255, crc >>> 24));
    // Of a wrong one nothing is believed any more.
    if (!complete(size, sum === checksum ? crc : ~crc)) {
      failed("fw_checksum: does not fit what came");
    } else {
      tell("VERIFIED", "");
      timer = setTimeout(leave, Limit.Step_ms);
    }
  }

  function leave(): void {
    step = Step.Leaving;
    activate();
    tell("UPDATING", "");
    timer = setTimeout(restart, Limit.Restart_ms, Ended.Wanted, "update to " + version);
  }

  function failed(fault: string): void {
    tell("FAILED", fault);
    if (step === Step.Refused) return;
    step = Step.Waiting;
    const wait_s = Math.min(Limit.First_s * Math.pow(2, failures++), Limit.Longest_s);
    // A fleet whose server failed does not come back at one blow.
    timer = setTimeout(begin, Math.round(wait_s * (1 + jitter() / 4)) * 1000);
  }

  const fault = refusal(values, key, anew);
  if (fault !== undefined) {
    if (fault) tell("FAILED", fault);
    else tell("UPDATED", "");
    return undefined;
  }
  begin();
  return {
    resume_: function (now: boolean): void {
      if (step === Step.Loading && chunks) chunks.resume_();
      else if (step === Step.Waiting && (now || !timer)) {
        if (timer) clearTimeout(timer);
        begin();
      }
    },
    loads_: function (): boolean {
      return step !== Step.Waiting && step !== Step.Refused;
    },
    stop_: function (): boolean {
      if (step === Step.Leaving) return false;
      if (timer) clearTimeout(timer);
      if (chunks) chunks.stop_();
      return true;
    },
  };
}

function tell(state: string, error: string): void {
  log("ota: " + state + (error && ", " + error));
  report({
    current_fw_title: TITLE,
    current_fw_version: VERSION,
    fw_state: state,
    // The server's own words may be long, and a report that is too large would be none.
    fw_error: error.substr(0, Limit.Error) || undefined,
  });
}

/** Why it is not to be loaded; "": since it runs already; undefined: it is to be loaded. */
function refusal(values: Values, key: number, anew: boolean): string | undefined {
  const verdict = lastVerdict();
  const most = slotBytes();
  const size = values.fw_size as number;
  const algorithm = values.fw_checksum_algorithm;
  const has_sha = ("," + process.env.MODULES + ",").lastIndexOf(",crypto,") >= 0;
  const tag = "" + (values.fw_tag || "");
  if (values.fw_title !== TITLE) return "fw_title: must be " + TITLE;
  if (values.fw_version === VERSION) return "";
  if (verdict && (verdict.key | 0) === key && !anew) return verdict.why;
  if (!most) return "updated by cable: npm run flash makes room for more";
  if (values.fw_url) return "fw_url: upload the package itself";
  if (typeof size !== "number" || !(size > 0 && size <= most && size % 1 === 0))
    return "fw_size: must be whole, 1 to " + most;
  if (algorithm !== "CRC32" && !(algorithm === "SHA256" && has_sha))
    return "fw_checksum_algorithm: must be CRC32" + (has_sha ? " or SHA256" : "");
  // What `npm run package` says; of another tag nobody knows what it means.
  return (
    (tag.split(" ")[0] === TITLE.split(" ")[0] && lineFault(tag, "" + values.fw_version, "fw_tag: ")) ||
    undefined
  );
}

/** Why the package that begins so is none for this board; "": it is. */
function packageFault(bytes: string, version: string): string {
  const line = bytes.substr(0, bytes.indexOf("\n"));
  if (line.substr(0, 2) !== "//") return "package: not made by npm run package";
  return lineFault(line.substr(2), version, "package: ");
}

/** The same of "title board version interpreter", where the last ones may be missing. `whose`: to be said before it. */
function lineFault(line: string, version: string, whose: string): string {
  const said = line.split(" ");
  if (said[0] + " " + said[1] !== TITLE) return whose + "must be for " + TITLE;
  if (said[2] !== version) return whose + "must be of version " + version;
  if (said[3] && releaseOf(said[3]) > releaseOf(process.env.VERSION))
    return whose + "needs Espruino " + said[3];
  return "";
}

/** "2v20.48" as a number that grows. */
function releaseOf(version: string): number {
  const parts = version.split("v");
  const minor = (parts[1] || "").split(".");
  return (
    (parseInt(parts[0] as string, 10) * 1000 + (parseInt(minor[0] as string, 10) || 0)) * 10000 +
    (parseInt(minor[1] as string, 10) || 0)
  );
}

function hexOf(bytes: string): string {
  let hex = "";
  for (let i = 0; i < bytes.length; i++) hex += (256 + bytes.charCodeAt(i)).toString(16).substr(1);
  return hex;
}
