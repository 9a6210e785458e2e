/** `npm run flash`: builds the firmware for the board on a port, writes it and the settings, and starts it. */
import { type BoardName, entryOf } from "./boards.ts";
import { choicesOf } from "./build/boards.ts";
import { readChoices } from "./build/features.ts";
import { count } from "./build/report.ts";
import { type Address, type Device, DeviceError } from "./device/device.ts";
import type { OpenTimes } from "./device/open.ts";
import { findAddress } from "./device/options.ts";
import { pretokenise } from "./device/pretokenise.ts";
import type { Certificate } from "./flash/certificates.ts";
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
import { writeLead } from "./flash/lead.ts";
import { type FlashOptions, flashCommand, readOptions } from "./flash/options.ts";
import { OUTBOX_FILE, wantedBytes } from "./flash/outbox-file.ts";
import { describeOutcome } from "./flash/outcome.ts";
import { isDone, makeRoom, type Plan, planFor, type Wanted } from "./flash/plan.ts";
import { type Output, type Progress, showProgress, waitFor } from "./flash/progress.ts";
import type { RelayTimes } from "./flash/relay.ts";
import { buildRelay } from "./flash/relay-program.ts";
import { type Memory, startApp, stopApp } from "./flash/restart.ts";
import { settingsOf, storedCertificates, storedFault, withBytes } from "./flash/settings.ts";
import { retire } from "./flash/slots.ts";
import { erase, eraseOrphans } from "./flash/storage.ts";
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
  const firmware = await around.firmware(board, features);
  if (boardOf(firmware.board) !== board)
    throw new DeviceError(`the firmware is for ${firmware.board}, the board is a ${device.env.BOARD}`);
  const tokenise = (text: string): string => pretokenise(text, device.env.VERSION);
  const code = tokenise(firmware.code);
  if (code !== firmware.code)
    say(`Pretokenised: ${count(code.length)} instead of ${count(firmware.code.length)} bytes`);
  const wanted = {
    board,
    settings,
    code: firmware.code,
    tokenise,
    loader: firmware.loader,
    outbox_bytes: await wantedBytes(device, board, settings),
    force: options.force ?? false,
  };
  const consent = consentTo({ given: options.compact ?? false, ask: around.ask });
  const first = await planFor(device, wanted);
  if (first.way !== "write") await consent();
  const isThere = isDone(first);

  const seesModem = certificates.length + stored.length > 0;
  if (isThere) say("All of it is on the board already");
  const idle =
    isThere && !seesModem
      ? undefined
      : await bring({
          ...{ device, address: options, wanted, isThere, settings, around, interruption, consent },
          certificates: seesModem ? certificates : undefined,
        });

  interruption.at(STARTING);
  const { version_ms, boot_ms } = times;
  const start = await waitFor("Starting", STARTS_MS, output, () =>
    startApp(device, firmware.version, version_ms, boot_ms),
  );
  for (const line of describeOutcome({ device, board, firmware, start, idle, fault })) say(line);
}

/** What is to be brought to the board. */
interface Load {
  device: Device;
  address: Address;
  wanted: Wanted;
  /** The board has all of `wanted`. */
  isThere: boolean;
  /** Of `wanted`; undefined: those on the board stay. */
  settings: string | undefined;
  /** For the modem; undefined: it is left alone. */
  certificates: Certificate[] | undefined;
  around: Surroundings;
  interruption: Interruption;
  consent(): Promise<void>;
}

/**
 * Stops the app, and brings what is missing: first the certificates, so that settings never name what is not there. Gives the
 * memory without any program.
 */
async function bring(load: Load): Promise<Memory> {
  const { device, address, wanted, settings, certificates, around, interruption } = load;
  interruption.at(STOPPED);
  const idle = await stopApp(device);
  let certifier: Certifier | undefined;
  let plan: Plan | undefined;
  try {
    if (certificates) {
      const { say, output, relay: program, times } = around;
      const { board } = wanted;
      certifier = await openCertifier({
        device,
        board,
        address,
        settings,
        certificates,
        say,
        output,
        program,
        times,
      });
    }
    await certifier?.put();
    if (!load.isThere) plan = await makeReady(load);
  } catch (error) {
    // What is on the board still is whole: it goes on.
    await device.evaluate("load()").catch(() => {});
    throw error;
  }
  if (plan) await writeAll(device, wanted.board, plan, around, interruption);
  interruption.at(STARTING);
  await certifier?.tidy();
  return idle;
}

/** Makes room for what is to be written, and tells what that is. What the app wrote meanwhile counts. */
async function makeReady({ device, wanted, around, interruption, consent }: Load): Promise<Plan> {
  await eraseOrphans(device);
  const plan = await planFor(device, wanted);
  if (plan.way !== "write") {
    await consent();
    interruption.at(COMPACTING);
  }
  await makeRoom(device, plan, around);
  return plan;
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

/** The code comes last: until it is whole nothing of it runs. */
async function writeAll(
  device: Device,
  board: BoardName,
  { lead, files, retire: live, stale }: Plan,
  around: Surroundings,
  interruption: Interruption,
): Promise<void> {
  if (lead) {
    const what = `the code's first part, in ${OUTBOX_FILE},`;
    interruption.at(notWhole(what));
    await write(what, lead.length, around, (update) => writeLead(device, board, lead, update));
  }
  for (const { name, bytes } of files) {
    interruption.at(notWhole(name));
    await write(name, bytes.length, around, (update) => upload(device, name, bytes, update));
  }
  await retire(device, live, stale);
}

/**
 * Writes a file over the old one, which Storage deletes with the new one's first word. At whatever byte this ends, the
 * board boots the plain interpreter: `upload` leaves the first word open until the rest is there, and what is missing reads
 * as 0xFF, the end of the code for Espruino's lexer. The next run writes the file anew.
 */
async function upload(
  device: Device,
  name: string,
  bytes: string,
  update: Progress["update"],
): Promise<void> {
  try {
    await device.upload(name, bytes, update);
  } catch (error) {
    // Some of it may be there, but not as sent: nobody knows what it would do. Of no use when the board is gone.
    if (error instanceof DeviceError) await erase(device, name).catch(() => {});
    throw error;
  }
}

/** Shows how far it is, and what came of it. */
async function write(
  what: string,
  length: number,
  { say, output }: Surroundings,
  action: (update: Progress["update"]) => Promise<void>,
): Promise<void> {
  const progress = showProgress(what, length, output);
  try {
    await action(progress.update);
  } catch (error) {
    progress.stop();
    if (!(error instanceof DeviceError)) throw error;
    throw new DeviceError(`${error.message} ${notWhole(what)}`);
  }
  say(`${progress.stop()}, checksum right`);
}

// A board is not left half written because nobody reads how far it is.
await runCommand(import.meta.url, (args) => flash(args), { unread: () => {} });
