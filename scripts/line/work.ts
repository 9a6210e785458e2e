/** One board's way along the line: who it is, whether it works, its firmware and settings, and the row about it. */
import { type BoardName, entryOf } from "../boards.ts";
import { choicesOf } from "../build/boards.ts";
import { type Choices, readChoices } from "../build/features.ts";
import { textOf } from "../config/document.ts";
import type { Base } from "../config/fleet.ts";
import type { Settings } from "../config/settings.ts";
import { type Address, type Device, DeviceError } from "../device/device.ts";
import type { OpenTimes } from "../device/open.ts";
import { Fault } from "../fault.ts";
import { modemPort } from "../flash/certify.ts";
import { type FlashTools, flashBoard } from "../flash/flash-board.ts";
import { type HoldTimes, openHolding } from "../flash/hold.ts";
import { boardOf, refuseOld } from "../flash/interpreter.ts";
import { type Interruption, interruptionBy, NOTHING_DONE } from "../flash/interruption.ts";
import { describeOutcome } from "../flash/outcome.ts";
import { openRelay } from "../flash/relay.ts";
import { stopApp } from "../flash/restart.ts";
import type { Allotment } from "./allotment.ts";
import type { LineOptions } from "./options.ts";
import { nameOf } from "./places.ts";
import { FAILED, type Identity, PASSED, type Result, type Results } from "./results.ts";
import { identify, type SelfTest, test } from "./self-test.ts";

export interface WorkTools extends Omit<FlashTools, "say" | "ask"> {
  times: FlashTools["times"] & HoldTimes & OpenTimes;
  sleep(ms: number): Promise<void>;
  now(): Date;
  /** Said of a board whatever was asked for: what a person must do now. */
  prompt(line: string): void;
  /** Each step of each board. */
  step(line: string): void;
}

/** What all boards share. */
export interface Job {
  options: LineOptions;
  base: Base;
  /** Absent: all get the same settings. */
  allotment: Allotment | undefined;
  results: Results;
  /** Boards under way, by chip or modem, and where: one may be at two ports, by USB and by its UART. */
  underWay: Map<string, string>;
}

/** What came of a board: its row, and whether that is new. "before": it had passed already, and nothing was changed. */
export interface Done {
  result: Result;
  before: boolean;
}

/** A chip whose maker gave it no number says this: Espruino's own for Linux. */
const NO_NUMBER = /addeadde-addeadde$/;

/** It has passed already. */
class Before extends Error {
  constructor(readonly result: Result) {
    super();
  }
}

/**
 * Never throws for what is wrong with a board: the row tells it. `signal`: what is under way ends at once, and the row tells in
 * which state the board is.
 */
export async function workOn(
  address: Address,
  job: Job,
  tools: WorkTools,
  signal: AbortSignal,
): Promise<Done> {
  const where = nameOf(address);
  const row: Result = {
    ...{ time: "", port: where, name: "", imei: "", iccid: "", chip: "", board: "", firmware: "" },
    ...{ outcome: FAILED, reason: "" },
  };
  const interruption = interruptionBy(signal);
  const ended = (outcome: string, reason: string): Done => ({
    result: { ...row, time: tools.now().toISOString(), outcome, reason: reason.replaceAll("\n", "; ") },
    before: false,
  });
  try {
    await visit(address, row, job, tools, interruption);
    const { skip = [] } = job.options;
    return ended(PASSED, skip.length ? `not tested: ${skip.join(", ")}` : "");
  } catch (error) {
    if (error instanceof Before) return { result: { ...error.result, port: where }, before: true };
    if (signal.aborted) return ended(FAILED, `interrupted: ${interruption.state}`);
    if (!(error instanceof Fault)) throw error;
    return ended(FAILED, remedied(error.message, interruption.state));
  } finally {
    for (const [key, port] of job.underWay) if (port === where) job.underWay.delete(key);
  }
}

/** A board that was lost in the middle: what is true of it, where the message does not say so. */
const remedied = (message: string, state: string): string =>
  message.includes("connection lost") && !message.includes(state)
    ? `${message} ${state === NOTHING_DONE ? `${state}: ` : `${state}; `}plug it in again, and it is done anew`
    : message;

async function visit(
  address: Address,
  row: Result,
  job: Job,
  tools: WorkTools,
  interruption: Interruption,
): Promise<void> {
  const { signal } = interruption;
  const named = (line: string): string => (line.startsWith(`${row.port}: `) ? line : `${row.port}: ${line}`);
  const say = (line: string): void => tools.step(named(line));
  const holder = {
    say: (line: string) => tools.prompt(named(line)),
    output: tools.output,
    signal,
  };
  const device = await openHolding(address, holder, tools.times);
  const close = (): void => void device.close();
  signal.addEventListener("abort", close);
  if (signal.aborted) close();
  try {
    const settings = await admit(device, address, row, job, { ...tools, step: say });
    say("flashing");
    const { features, compact } = job.options;
    const outcome = await flashBoard(
      device,
      { address, config: settings, features, compact },
      { ...tools, say, ask: undefined },
      interruption,
    );
    row.firmware = /\d\S*/.exec(outcome.firmware.version)?.[0] ?? outcome.firmware.version;
    describeOutcome(outcome).forEach(say);
  } finally {
    signal.removeEventListener("abort", close);
    await device.close();
  }
}

/** Finds out who it is and whether it works; gives the settings that it is to get. Throws `Fault`, and `Before`. */
async function admit(device: Device, address: Address, row: Result, job: Job, tools: WorkTools) {
  const { options, base, allotment } = job;
  const { env } = device;
  row.board = env.BOARD;
  row.chip = NO_NUMBER.test(env.SERIAL ?? "") ? "" : (env.SERIAL ?? "");
  tools.step(`${env.BOARD} with Espruino ${env.VERSION}`);
  if (row.chip) claim(row, job);
  const board = boardOf(env.BOARD);
  refuseOld(board, env.VERSION);
  const chosen: Choices = choicesOf(board, readChoices(options.features ?? []));

  await stopApp(device);
  try {
    const relay = await openRelay(device, {
      program: await tools.relay(board),
      path: await modemPort(device, board, JSON.stringify(base.settings)),
      giveBack: entryOf(board).cedes_console?.(address.baud) ?? "",
      times: tools.times,
    });
    const { skip = [], wait: wait_s } = options;
    const its: SelfTest = {
      ...{ device, board, relay, skip, wait_s, sleep: tools.sleep, step: tools.step },
      hasEngine: chosen.gnss === "modem",
    };
    const modem = await identify(its);
    Object.assign(row, { imei: modem.imei, iccid: modem.iccid });
    if (!row.chip) claim(row, job);
    const faults = await test(its, modem, allotment?.known(row)?.settings ?? base.settings);
    row.iccid = modem.iccid;
    if (faults.length) throw new DeviceError(faults.join("\n"));
    return settingsFor(board, row, base, allotment);
  } catch (error) {
    // What is on the board goes on, be it for the next look at it.
    await device.evaluate("load()").catch(() => {});
    throw error;
  }
}

/** Throws `Before` where it has passed, and `DeviceError` where it is under way at another port. */
function claim(board: Identity & { port: string }, { results, underWay }: Job): void {
  const result = results.passed(board);
  if (result) throw new Before(result);
  const key = board.chip || board.imei;
  const other = underWay.get(key);
  if (other !== undefined && other !== board.port)
    throw new DeviceError(`this board is under way at ${other} already: use one port of it`);
  if (key) underWay.set(key, board.port);
}

/** Of the table's row for it, which is its own from now on; or those of all. */
function settingsFor(board: BoardName, row: Result, base: Base, allotment: Allotment | undefined) {
  let settings: Settings = base.settings;
  if (allotment) {
    if (!row.chip && !row.imei)
      throw new DeviceError(
        "neither chip nor modem says its number, so nobody would know which row of the table it got: set it aside",
      );
    const its = allotment.take(row, board);
    row.name = its.board.name;
    settings = its.settings;
  }
  return { path: base.path, text: textOf({ ...settings, board: settings.board ?? board }, base.path) };
}
