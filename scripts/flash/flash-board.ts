/** Firmware, settings and certificates onto one board that is open: found right, brought, and started. */
import { type BoardName, entryOf } from "../boards.ts";
import { choicesOf } from "../build/boards.ts";
import { readChoices } from "../build/features.ts";
import { count } from "../build/report.ts";
import { type Address, type Device, DeviceError } from "../device/device.ts";
import { pretokenise } from "../device/pretokenise.ts";
import type { Certificate } from "./certificates.ts";
import { type Certifier, openCertifier } from "./certify.ts";
import { consentTo } from "./consent.ts";
import type { Firmware } from "./firmware.ts";
import { boardOf, refuseOld } from "./interpreter.ts";
import { COMPACTING, HELD, type Interruption, notWhole, STARTING, STOPPED } from "./interruption.ts";
import { writeLead } from "./lead.ts";
import { OUTBOX_FILE, wantedBytes } from "./outbox-file.ts";
import type { Outcome } from "./outcome.ts";
import { isDone, makeRoom, type Plan, planFor, type Wanted } from "./plan.ts";
import { type Output, type Progress, showProgress, waitFor } from "./progress.ts";
import type { RelayTimes } from "./relay.ts";
import { type Memory, startApp, stopApp } from "./restart.ts";
import { type SettingsText, settingsOf, storedCertificates, storedFault, withBytes } from "./settings.ts";
import { retire } from "./slots.ts";
import { erase, eraseOrphans } from "./storage.ts";

/** What it stands on. */
export interface FlashTools {
  say(line: string): void;
  /** Where the progress is shown. */
  output: Output;
  firmware(board: BoardName, features: readonly string[]): Promise<Firmware>;
  /** Of `buildRelay`. */
  relay(board: BoardName): Promise<string>;
  /** Puts a question to the user; undefined: nobody is there. */
  ask: ((question: string) => Promise<boolean>) | undefined;
  times: RelayTimes & { version_ms?: number; boot_ms?: number; pause_ms?: number };
}

/** What is wanted on the board. */
export interface FlashWishes {
  /** Where it is. */
  address: Address;
  /** Refuse any other; undefined: what the board says it is. */
  board?: BoardName | undefined;
  /** Undefined: the settings on the board stay. */
  config?: SettingsText | undefined;
  /** See `FlashOptions`. */
  features?: readonly string[] | undefined;
  force?: boolean | undefined;
  compact?: boolean | undefined;
}

/** As long as a board may take to say its line, and to start the tracker. */
const STARTS_MS = 13_500;

/**
 * Gives what came of it, for `describeOutcome`. `interruption` is told what is true of the board meanwhile. Throws `DeviceError`,
 * and `Fault` for settings that are wrong, before anything on the board is changed.
 */
export async function flashBoard(
  device: Device,
  wishes: FlashWishes,
  around: FlashTools,
  interruption: Interruption,
): Promise<Outcome> {
  const { say, output, times } = around;
  say(`${device.name}: ${device.env.BOARD} with Espruino ${device.env.VERSION}`);

  // All that can be wrong is found out before anything on the board is changed.
  const board = boardFor(device, wishes);
  if (entryOf(board).cedes_console) interruption.at(HELD);
  const { config, features = [] } = wishes;
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
    force: wishes.force ?? false,
  };
  const consent = consentTo({ given: wishes.compact ?? false, ask: around.ask });
  const first = await planFor(device, wanted);
  if (first.way !== "write") await consent();
  const isThere = isDone(first);

  const seesModem = certificates.length + stored.length > 0;
  if (isThere) say("All of it is on the board already");
  const idle =
    isThere && !seesModem
      ? undefined
      : await bring({
          ...{ device, address: wishes.address, wanted, isThere, settings, around, interruption, consent },
          certificates: seesModem ? certificates : undefined,
        });

  interruption.at(STARTING);
  const { version_ms, boot_ms } = times;
  const start = await waitFor("Starting", STARTS_MS, output, () =>
    startApp(device, firmware.version, version_ms, boot_ms),
  );
  return { device, board, firmware, start, idle, fault };
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
  around: FlashTools;
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
function boardFor({ name, env }: Device, { board: wanted }: FlashWishes): BoardName {
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
  around: FlashTools,
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
  { say, output }: FlashTools,
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
