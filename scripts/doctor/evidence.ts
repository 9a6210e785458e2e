/** What a board says about itself, gathered without changing anything on it. */

import type { BoardEnv, Device } from "../device/device.ts";
import { roomOf } from "../flash/storage.ts";
import type { Report } from "../probe/probe.ts";
import { toText } from "../repl/console-lines.ts";

/** `tracker.status()`, as far as we look at it. */
export interface TrackerStatus {
  state: string;
  /** The last fault, also while the tracker tries again. */
  reason: string;
  /** Absent until there is one. */
  fix?: { latitude: number; longitude: number; satellites?: number } | null;
  gnss: string;
  /** What is not known yet is absent. */
  modem: { state: string; reason: string; imei?: string; iccid?: string; signal_dbm?: number | null };
  server: string;
  /** How the connection is protected, in words; absent in firmware that has plain text alone. */
  encryption?: string;
  /** Places in the outbox that are taken: by a fix one. */
  waiting: number;
  /** Since the start. */
  sent: number;
  /** Since ever. */
  dropped: number;
  reconnects?: number;
  modem_resets?: number;
  reboots?: number;
  /** It crashed too often shortly after its start. 1: it keeps fixes and sends none; 2: it takes none. */
  safe_mode?: number;
}

/** What stands in for parts that do not run. */
const RESTING = { gnss: "", server: "", modem: { state: "down", reason: "" } };

/** How the modem answered a command: firmware/reason.ts, 0 for OK; and its lines. */
export interface Answer {
  reason: number;
  lines: string[];
}

export interface Evidence {
  env: BoardEnv;
  variables: { usage: number; free: number; total: number };
  /** The interpreter's error flags since somebody last looked. */
  flags: string[];
  storageFree: number;
  /** Bytes of Storage that deleted files and files of somebody else's take. */
  storageSpare: number;
  /** The code that was flashed and boots: its length, and our version line in it. */
  code:
    | { bytes: number; version: string | undefined; board: string | undefined; isCutShort: boolean }
    | undefined;
  /** `tb.json`; undefined: there is none, null: it is no JSON. Holds secrets: not to be shown. */
  settings: Record<string, unknown> | null | undefined;
  /** The firmware got as far as its own check of the settings. */
  booted: boolean;
  status: TrackerStatus | undefined;
  /** What the modem said when asked directly, by command; not asked: absent. */
  answers: Record<string, Answer>;
  /** What is wrong with the server as this computer sees it; absent: it was not looked at, or that tells nothing. */
  seen?: Pick<Report, "cause" | "detail">;
}

/** Our name in the code, and what is around it. */
const VERSION_LINE = /espruino-thingsboard (\S+) for (\w+)/;

const BASICS = `(function(S){
var l=S.read(".bootcde"),f=S.read("tb.js"),c=f||l,t=S.read("tb.json"),b=S.read("tb.box"),i=c?c.lastIndexOf("espruino-thingsboard"):-1;
function L(f){return f?f.length:0}
function B(i){return c.charCodeAt(i)==255}
return [process.memory(),E.getErrorFlags(),S.getFree(),L(c),i<0?"":c.substr(i,60),c&&(!l||B(1)||B(c.length-1))?1:0,t===undefined?0:S.readJSON("tb.json",true)||1,typeof TBDeviceMQTTClient=="undefined"?0:1,[L(t),L(b),f?L(l):0,L(S.read("tb.app"))]]
})(require("Storage"))`.replace(/\n/g, "");

/** Nothing but the interpreter's name. */
export const noEvidence = (env: BoardEnv): Evidence => ({
  env,
  variables: { usage: 0, free: 0, total: 0 },
  flags: [],
  storageFree: 0,
  storageSpare: 0,
  code: undefined,
  settings: undefined,
  booted: false,
  status: undefined,
  answers: {},
});

/** All but the modem's answers. */
export async function readBasics(device: Device): Promise<Evidence> {
  const [variables, flags, storageFree, bytes, line, cut, settings, booted, others] = (await device.evaluate(
    BASICS,
  )) as [
    Evidence["variables"],
    string[],
    number,
    number,
    string,
    0 | 1,
    0 | 1 | Record<string, unknown>,
    0 | 1,
    number[],
  ];
  const version = VERSION_LINE.exec(line);
  return {
    env: device.env,
    variables,
    flags,
    storageFree,
    storageSpare:
      (device.env.STORAGE ?? storageFree) - storageFree - roomOf([bytes, ...others].filter(Boolean)),
    code: bytes ? { bytes, version: version?.[1], board: version?.[2], isCutShort: cut === 1 } : undefined,
    settings: settings === 0 ? undefined : typeof settings === "object" ? settings : null,
    booted: booted === 1,
    status: await readStatus(device),
    answers: {},
  };
}

/** Undefined: no tracker runs. */
export async function readStatus(device: Device): Promise<TrackerStatus | undefined> {
  const status = await device.evaluate('typeof tracker=="object"?tracker.status():0');
  return status ? { ...RESTING, ...(status as TrackerStatus) } : undefined;
}

/** Long enough for the command before it, which may be the firmware's own. */
const ANSWER_MS = 15_000;
const LOOK_MS = 200;

/** Asks the modem through the firmware's own channel; undefined: it does not say. */
export async function askModem(
  device: Device,
  command: string,
  sleep: (ms: number) => Promise<void>,
): Promise<Answer | undefined> {
  // Kept for us, and not printed: somebody else may watch the console.
  const taken = await device.evaluate(
    `(modem.told=0,modem.at(${JSON.stringify(command)},function(e,l,r){modem.told=[r,l]}))`,
  );
  for (let waited_ms = 0; taken && waited_ms < ANSWER_MS; waited_ms += LOOK_MS) {
    await sleep(LOOK_MS);
    const told = (await device.evaluate("modem.told")) as [number, string[]] | 0;
    if (!told) continue;
    await device.evaluate("delete modem.told");
    return { reason: told[0], lines: told[1].map(toText) };
  }
  return undefined;
}

/** Whether the modem's store has a file (Quectel FILE 2.2). */
export const storeQuestion = (name: string): string => `AT+QFLST="${name}"`;
