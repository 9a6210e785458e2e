/** `npm run flash`: builds the firmware for the board on a port, writes it and the settings, and starts it. */
import type { BoardName } from "./boards.ts";
import { choicesOf } from "./build/boards.ts";
import { readChoices } from "./build/features.ts";
import { count } from "./build/report.ts";
import { type Device, DeviceError } from "./device/device.ts";
import type { OpenTimes } from "./device/open.ts";
import { findAddress } from "./device/options.ts";
import { pretokenise } from "./device/pretokenise.ts";
import { buildFirmware, type Firmware } from "./flash/firmware.ts";
import { type HoldTimes, openHolding } from "./flash/hold.ts";
import { boardOf, refuseOld } from "./flash/interpreter.ts";
import { type FlashOptions, flashCommand, readOptions } from "./flash/options.ts";
import { wantedBytes } from "./flash/outbox-file.ts";
import { describeOutcome } from "./flash/outcome.ts";
import { isDone, makeRoom, planFor } from "./flash/plan.ts";
import { showProgress } from "./flash/progress.ts";
import { type Memory, startApp, stopApp } from "./flash/restart.ts";
import { SETTINGS_FILE, settingsOf, storedFault } from "./flash/settings.ts";
import { erase, eraseOrphans, type NewFile } from "./flash/storage.ts";
import { runCommand, withFaultsTold } from "./run-command.ts";

/** What the command stands on; the process's own when not told. */
export interface Surroundings {
  say(line: string): void;
  complain(line: string): void;
  /** Where the progress is shown. */
  output: NodeJS.WritableStream & { isTTY?: boolean };
  firmware(board: BoardName, features: readonly string[]): Promise<Firmware>;
  times: HoldTimes & OpenTimes & { version_ms?: number; boot_ms?: number };
}

const PROCESS: Surroundings = {
  say: (line) => console.log(line),
  complain: (line) => console.error(line),
  output: process.stdout,
  firmware: buildFirmware,
  times: {},
};

/** The Storage file that runs at the start. */
const CODE_FILE = ".bootcde";

/** Returns the exit code. */
export async function flash(args: string[], given: Partial<Surroundings> = {}): Promise<number> {
  const around = { ...PROCESS, ...given };
  return withFaultsTold(async () => {
    const options = readOptions(args);
    if (!options) {
      around.say(flashCommand().helpInformation());
      return 0;
    }
    const address = await findAddress(options);
    const device = await openHolding(address, around.say, around.times);
    try {
      await flashDevice(device, options, around);
    } finally {
      await device.close();
    }
    return 0;
  }, around.complain);
}

async function flashDevice(device: Device, options: FlashOptions, around: Surroundings): Promise<void> {
  const { say, times } = around;
  say(`${device.name}: ${device.env.BOARD} with Espruino ${device.env.VERSION}`);

  // All that can be wrong is found out before anything on the board is changed.
  const board = boardFor(device, options);
  const { config, features = [] } = options;
  const built = choicesOf(board, readChoices(features));
  const settings = config === undefined ? undefined : settingsOf(config, board, built);
  const fault = settings === undefined ? await storedFault(device, board, built) : "";
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
  const isThere = isDone(await planFor(device, wanted));

  let idle: Memory | undefined;
  if (isThere) say("All of it is on the board already");
  else {
    idle = await stopApp(device);
    let files: NewFile[] = [];
    try {
      await eraseOrphans(device);
      // What the app wrote meanwhile counts.
      const plan = await planFor(device, wanted);
      await makeRoom(device, plan, say);
      files = plan.files;
    } catch (error) {
      // What is on the board still is whole: it goes on.
      await device.evaluate("load()").catch(() => {});
      throw error;
    }
    for (const file of files) await write(device, file, around);
  }

  const start = await startApp(device, firmware.version, times.version_ms, times.boot_ms);
  for (const line of describeOutcome({ device, board, firmware, start, idle, fault })) say(line);
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
async function write(device: Device, { name, bytes }: NewFile, { say, output }: Surroundings): Promise<void> {
  const progress = showProgress(name, bytes.length, output);
  try {
    await device.upload(name, bytes, progress.update);
  } catch (error) {
    progress.stop();
    if (!(error instanceof DeviceError)) throw error;
    // Some of it may be there, but not as sent: nobody knows what it would do. Of no use when the board is gone.
    await erase(device, name).catch(() => {});
    throw new DeviceError(
      `${error.message} ${name} is not whole on the board, so it may start without the tracker: run the same again`,
    );
  }
  say(`${progress.stop()}, checksum right`);
}

// A board is not left half written because nobody reads how far it is.
await runCommand(import.meta.url, (args) => flash(args), { unread: () => {} });
