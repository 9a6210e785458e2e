/** `npm run flash`: builds the firmware for the board on a port, writes it and the settings, and starts it. */
import { type BoardName, entryOf } from "./boards.ts";
import { choicesOf } from "./build/boards.ts";
import { readChoices } from "./build/features.ts";
import { count } from "./build/report.ts";
import { type Device, DeviceError } from "./device/device.ts";
import type { OpenTimes } from "./device/open.ts";
import { findAddress } from "./device/options.ts";
import { pretokenise } from "./device/pretokenise.ts";
import { type Certifier, openCertifier } from "./flash/certify.ts";
import { askOnTerminal, consentTo } from "./flash/consent.ts";
import { buildFirmware, type Firmware } from "./flash/firmware.ts";
import { type HoldTimes, openHolding } from "./flash/hold.ts";
import { boardOf, refuseOld } from "./flash/interpreter.ts";
import {
  awaitCtrlC,
  COMPACTING,
  HELD,
  INTERRUPTED,
  type Interruption,
  notWhole,
  type Signals,
  STARTING,
  STOPPED,
} from "./flash/interruption.ts";
import { type FlashOptions, flashCommand, readOptions } from "./flash/options.ts";
import { roundingNote, wantedBytes } from "./flash/outbox-file.ts";
import { describeOutcome } from "./flash/outcome.ts";
import { isDone, makeRoom, planFor, type Wanted } from "./flash/plan.ts";
import { type Output, showProgress, waitFor } from "./flash/progress.ts";
import type { RelayTimes } from "./flash/relay.ts";
import { buildRelay } from "./flash/relay-program.ts";
import { type Memory, startApp, stopApp } from "./flash/restart.ts";
import { SETTINGS_FILE, settingsOf, storedCertificates, storedFault, withBytes } from "./flash/settings.ts";
import { erase, eraseOrphans, type NewFile } from "./flash/storage.ts";
import { EXIT, runCommand, withFaultsTold } from "./run-command.ts";

/** What the command stands on; the process's own when not told. */
export interface Surroundings {
  say(line: string): void;
  complain(line: string): void;
  /** Where the progress is shown. */
  output: Output;
  firmware(board: BoardName, features: readonly string[]): Promise<Firmware>;
  /** Of `buildRelay`. */
  relay(board: BoardName): Promise<string>;
  /** Puts a question to the user; undefined: nobody is there. */
  ask: ((question: string) => Promise<boolean>) | undefined;
  signals: Signals;
  times: HoldTimes & OpenTimes & RelayTimes & { version_ms?: number; boot_ms?: number; pause_ms?: number };
}

const PROCESS: Surroundings = {
  say: (line) => console.log(line),
  complain: (line) => console.error(line),
  output: process.stdout,
  firmware: buildFirmware,
  relay: buildRelay,
  ask: askOnTerminal(),
  signals: process,
  times: {},
};

/** As long as a board may take to say its line, and to start the tracker. */
const STARTS_MS = 13_500;
/** The Storage file that runs at the start. */
const CODE_FILE = ".bootcde";

/** Returns the exit code. */
export async function flash(args: string[], given: Partial<Surroundings> = {}): Promise<number> {
  const around = { ...PROCESS, ...given };
  const interruption = awaitCtrlC(around.signals);
  const told = (line: string): void =>
    around.complain(interruption.signal.aborted ? `Interrupted: ${interruption.state}` : line);
  try {
    const code = await withFaultsTold(() => run(args, around, interruption), told);
    return interruption.signal.aborted && code ? INTERRUPTED : code;
  } finally {
    interruption.end();
  }
}

async function run(args: string[], around: Surroundings, interruption: Interruption): Promise<number> {
  const options = readOptions(args);
  if (!options) {
    around.say(flashCommand().helpInformation());
    return EXIT.OK;
  }
  const address = await findAddress(options);
  const device = await openHolding(address, { ...around, signal: interruption.signal }, around.times);
  // What is under way on it ends then, at once.
  const close = (): void => void device.close();
  interruption.signal.addEventListener("abort", close);
  if (interruption.signal.aborted) close();
  try {
    await flashDevice(device, { ...options, ...address }, around, interruption);
  } finally {
    interruption.signal.removeEventListener("abort", close);
    await device.close();
  }
  return EXIT.OK;
}

async function flashDevice(
  device: Device,
  options: FlashOptions,
  around: Surroundings,
  interruption: Interruption,
): Promise<void> {
  const { say, output, times } = around;
  say(`${device.name}: ${device.env.BOARD} with Espruino ${device.env.VERSION}`);

  // All that can be wrong is found out before anything on the board is changed.
  const board = boardFor(device, options);
  if (entryOf(board).cedes_console) interruption.at(HELD);
  const { config, features = [] } = options;
  const built = choicesOf(board, readChoices(features));
  const given = config === undefined ? undefined : settingsOf(config, board, built);
  const settings = given?.json;
  const fault = given ? "" : await storedFault(device, board, built);
  const stored = await storedCertificates(device);
  const certificates = given?.certificates ?? withBytes(stored);
  const note = roundingNote(settings);
  if (note) say(note);
  const firmware = await around.firmware(board, features);
  if (boardOf(firmware.board) !== board)
    throw new DeviceError(`the firmware is for ${firmware.board}, the board is a ${device.env.BOARD}`);
  const code = pretokenise(firmware.code, device.env.VERSION);
  if (code !== firmware.code)
    say(`Pretokenised: ${count(code.length)} instead of ${count(firmware.code.length)} bytes`);
  const wanted = {
    board,
    files: [
      ...(settings === undefined ? [] : [{ name: SETTINGS_FILE, bytes: settings }]),
      { name: CODE_FILE, bytes: code },
    ],
    outbox_bytes: await wantedBytes(device, board, settings),
    force: options.force ?? false,
  };
  const consent = consentTo({ given: options.compact ?? false, ask: around.ask });
  const plan = await planFor(device, wanted);
  if (plan.way !== "write") await consent();
  const isThere = isDone(plan);

  const seesModem = certificates.length + stored.length > 0;
  let idle: Memory | undefined;
  if (isThere) say("All of it is on the board already");
  if (!isThere || seesModem) {
    interruption.at(STOPPED);
    idle = await stopApp(device);
    let certifier: Certifier | undefined;
    let files: NewFile[] = [];
    try {
      // First, so that settings never name what is not there.
      if (seesModem)
        certifier = await openCertifier({
          ...{ device, board, address: options, settings, certificates, say, output },
          ...{ program: around.relay, times },
        });
      await certifier?.put();
      if (!isThere) files = await makeReady(device, wanted, around, interruption, consent);
    } catch (error) {
      // What is on the board still is whole: it goes on.
      await device.evaluate("load()").catch(() => {});
      throw error;
    }
    for (const file of files) await write(device, file, around, interruption);
    interruption.at(STARTING);
    await certifier?.tidy();
  }

  interruption.at(STARTING);
  const { version_ms, boot_ms } = times;
  const start = await waitFor("Starting", STARTS_MS, output, () =>
    startApp(device, firmware.version, version_ms, boot_ms),
  );
  for (const line of describeOutcome({ device, board, firmware, start, idle, fault })) say(line);
}

/** Makes room for what is to be written, and gives that. What the app wrote meanwhile counts. */
async function makeReady(
  device: Device,
  wanted: Wanted,
  around: Surroundings,
  interruption: Interruption,
  consent: () => Promise<void>,
): Promise<NewFile[]> {
  await eraseOrphans(device);
  const plan = await planFor(device, wanted);
  if (plan.way !== "write") {
    await consent();
    interruption.at(COMPACTING);
  }
  await makeRoom(device, plan, around);
  return plan.files;
}

/** The blob's name. Throws `DeviceError` when there is none for this board, or not on this interpreter. */
function boardFor({ name, env }: Device, { board: wanted }: FlashOptions): BoardName {
  const board = boardOf(env.BOARD);
  if (wanted && wanted !== board)
    throw new DeviceError(
      `--board ${wanted}: the board on ${name} is a ${env.BOARD}; leave --board out, or choose another port`,
    );
  refuseOld(board, env.VERSION);
  return board;
}

/**
 * Writes a file over the old one, which Storage deletes with the new one's first word. At whatever byte this ends, the
 * board boots the plain interpreter: `upload` leaves the first word open until the rest is there, and what is missing reads
 * as 0xFF, the end of the code for Espruino's lexer. The next run writes the file anew.
 */
async function write(
  device: Device,
  { name, bytes }: NewFile,
  { say, output }: Surroundings,
  interruption: Interruption,
): Promise<void> {
  interruption.at(notWhole(name));
  const progress = showProgress(name, bytes.length, output);
  try {
    await device.upload(name, bytes, progress.update);
  } catch (error) {
    progress.stop();
    if (!(error instanceof DeviceError)) throw error;
    // Some of it may be there, but not as sent: nobody knows what it would do. Of no use when the board is gone.
    await erase(device, name).catch(() => {});
    throw new DeviceError(`${error.message} ${notWhole(name)}`);
  }
  say(`${progress.stop()}, checksum right`);
}

// A board is not left half written because nobody reads how far it is.
await runCommand(import.meta.url, (args) => flash(args), { unread: () => {} });
