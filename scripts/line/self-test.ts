/**
 * Whether a board works, found out before its firmware is written: by the interpreter itself, and by its modem, to which the
 * board passes on what is asked (firmware/relay). So it is the same on all boards, also where the firmware takes the console
 * away, and a board that is broken fails within seconds.
 */
import { Reason } from "../../firmware/reason.ts";
import { words } from "../../firmware/words.ts";
import { type BoardName, entryOf } from "../boards.ts";
import { type Settings, valueAt } from "../config/settings.ts";
import type { Device } from "../device/device.ts";
import { type Evidence, readBasics } from "../doctor/evidence.ts";
import { type Facts, factsOf } from "../doctor/facts.ts";
import type { Area } from "../doctor/finding.ts";
import { FINDINGS } from "../doctor/findings.ts";
import { told } from "../doctor/judge.ts";
import type { Relay } from "../flash/relay.ts";
import { type Answers, askAll, found } from "./modem-answers.ts";
import type { Skippable } from "./options.ts";
import { accelerometerFault, batteryFault, gnssFault } from "./parts.ts";

export interface SelfTest {
  device: Device;
  board: BoardName;
  relay: Relay;
  /** Its modem's GNSS engine is used. */
  hasEngine: boolean;
  skip: readonly Skippable[];
  /** How long it has to register. */
  wait_s: number;
  sleep(ms: number): Promise<void>;
  /** Told what is being done. */
  step(what: string): void;
}

/** What the modem says of itself. */
export interface Modem {
  imei: string;
  iccid: string;
  answers: Answers;
  /** The SIM refused the PIN. */
  refused?: true;
}

const CPIN = "AT+CPIN?";
const TRIES = 'AT+QPINC="SC"';
/** Without echo, and with numbers for errors; the radio on, which a tracker that slept may have left off: that may take 15 s. */
const READY = ["ATE0", "AT+CMEE=1", "AT+CFUN=1"];
const FIRST = ["AT+CGSN", CPIN, TRIES, "AT+QCCID"];
const NETWORK = ["AT+CEREG?;+CGREG?;+CREG?", "AT+CSQ"];
/** "SIM busy" (AT 12.5), as for some seconds after the power-on, and how long that may last. */
const SIM_BUSY = 14;
const SIM_MS = 30_000;
const LOOK_MS = 3000;
/** The network refuses a SIM for so long: it means it. */
const DENIED = 3;
const DENIED_MS = 30_000;
/** A PIN is tried once, and not where that could block the SIM: the firmware does the same. */
const LEAST_TRIES = 2;

/** Asks the modem who it is, and whether its SIM is ready. */
export async function identify({ relay, sleep, step }: SelfTest): Promise<Modem> {
  step("asking the modem");
  await askAll(relay, READY);
  let answers = await askAll(relay, FIRST);
  for (let waited_ms = 0; answers[CPIN]?.reason === SIM_BUSY && waited_ms < SIM_MS; waited_ms += LOOK_MS) {
    await sleep(LOOK_MS);
    answers = await askAll(relay, FIRST);
  }
  return {
    imei: found(answers, "AT+CGSN", /^(\d{15})$/),
    iccid: iccidIn(answers),
    answers,
  };
}

const iccidIn = (answers: Answers): string => found(answers, "AT+QCCID", /^\+QCCID: (\d+)/);

/** What is wrong, and what to do, a line each; none: the board works. `settings`: what it is to get. */
export async function test(its: SelfTest, modem: Modem, settings: Settings): Promise<string[]> {
  const { device, relay, skip, step } = its;
  const basics = await readBasics(device);
  const faults = faultsIn(factsFrom(basics, modem, settings), ["interpreter", "memory"]);
  const silent = faultsIn(factsFrom(basics, modem, settings), ["modem"]);
  faults.push(...silent);
  if (!silent.length && !skip.includes("sim")) {
    await enterPin(relay, modem, settings);
    const sim = simFaults(factsFrom(basics, modem, settings));
    faults.push(...sim);
    if (!sim.length && !skip.includes("registration")) {
      step("waiting for the network");
      await awaitNetwork(its, modem);
      faults.push(...networkFaults(factsFrom(basics, modem, settings)));
    }
  }
  step("testing its parts");
  if (!silent.length && its.hasEngine && !skip.includes("gnss")) faults.push(...(await gnssFault(relay)));
  const { accelerometer, battery } = entryOf(its.board);
  if (accelerometer && !skip.includes("accelerometer"))
    faults.push(...(await accelerometerFault(device, accelerometer)));
  if (battery && !skip.includes("battery") && !(battery === "modem" && silent.length))
    faults.push(...(await batteryFault(battery, device, relay)));
  return faults;
}

/** The evidence as of a tracker that is about to begin, with what the modem said. */
function factsFrom(basics: Evidence, modem: Modem, settings: Settings): Facts {
  const { imei, iccid, answers, refused } = modem;
  const isSilent = Object.keys(answers).length === 0;
  const reason = words(isSilent ? Reason.ModemSilent : refused ? Reason.WrongPin : Reason.None);
  return factsOf({
    ...basics,
    // Looked at before, they are the last program's.
    flags: [],
    settings,
    status: {
      ...{ state: "modem", reason: "", gnss: "", server: "", waiting: 0, sent: 0, dropped: 0 },
      modem: { state: "starting", reason, ...(imei && { imei }), ...(iccid && { iccid }) },
    },
    answers,
  });
}

/** What the doctor finds in these areas, the first of each. */
function faultsIn(facts: Facts, areas: Area[]): string[] {
  return areas.flatMap((area) => {
    const seen = FINDINGS.find((finding) => finding.area === area && finding.seen(facts));
    if (!seen) return [];
    const { finding, cause, remedy } = told(seen, facts);
    return [`${finding} (${cause}): ${remedy}`];
  });
}

function simFaults(facts: Facts): string[] {
  const seen = faultsIn(facts, ["sim"]);
  if (seen.length || facts.sim.word === "READY") return seen;
  return [
    `the SIM is not ready (${facts.sim.word || "it does not say why"}): reseat it, then plug the board in again`,
  ];
}

function networkFaults(facts: Facts): string[] {
  if (facts.isRegistered) return [];
  const seen = faultsIn(facts, ["network"]);
  return seen.length
    ? seen
    : ["not registered (the modem does not say why): plug the board in again, or set it aside"];
}

async function enterPin(relay: Relay, modem: Modem, settings: Settings): Promise<void> {
  const pin = valueAt(settings, "pin");
  const left = Number(found(modem.answers, TRIES, /"SC",(\d+)/));
  if (typeof pin !== "string" || !pin || !(left >= LEAST_TRIES)) return;
  if (found(modem.answers, CPIN, /\+CPIN: (.*)/) !== "SIM PIN") return;
  // Together they are a text that no message about the console repeats.
  const enter = `AT+CMEE=1;+CPIN="${pin}"`;
  const { [enter]: entered, ...answers } = await askAll(relay, [enter, CPIN, TRIES, "AT+QCCID"]);
  Object.assign(modem.answers, answers);
  if (entered?.reason !== Reason.None) modem.refused = true;
  modem.iccid ||= iccidIn(answers);
}

/** Until it is registered, plainly refused, or time is up. */
async function awaitNetwork({ relay, wait_s, sleep }: SelfTest, modem: Modem): Promise<void> {
  let denied_ms = 0;
  for (let waited_ms = 0; ; waited_ms += LOOK_MS) {
    Object.assign(modem.answers, await askAll(relay, NETWORK));
    const stats = (modem.answers[NETWORK[0] as string]?.lines ?? []).map((line) =>
      Number(/: \d,(\d)/.exec(line)?.[1]),
    );
    if (stats.some((stat) => stat === 1 || stat === 5)) return;
    denied_ms = stats.includes(DENIED) ? denied_ms + LOOK_MS : 0;
    if (denied_ms >= DENIED_MS || waited_ms >= wait_s * 1000) return;
    await sleep(LOOK_MS);
  }
}
