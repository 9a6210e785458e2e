/** `npm run flash`: builds the firmware for the board on a port, writes it and the settings, and starts it. */
import type { OpenTimes } from "./device/open.ts";
import { findAddress } from "./device/options.ts";
import { askOnTerminal } from "./flash/consent.ts";
import { buildFirmware } from "./flash/firmware.ts";
import { type FlashTools, flashBoard } from "./flash/flash-board.ts";
import { type HoldTimes, openHolding } from "./flash/hold.ts";
import { awaitCtrlC, INTERRUPTED, type Interruption, type Signals } from "./flash/interruption.ts";
import { flashCommand, readOptions } from "./flash/options.ts";
import { describeOutcome } from "./flash/outcome.ts";
import { buildRelay } from "./flash/relay-program.ts";
import { readSettings } from "./flash/settings.ts";
import { EXIT, runCommand, withFaultsTold } from "./run-command.ts";

/** What the command stands on; the process's own when not told. */
export interface Surroundings extends FlashTools {
  complain(line: string): void;
  signals: Signals;
  times: FlashTools["times"] & HoldTimes & OpenTimes;
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
  const config = options.config === undefined ? undefined : readSettings(options.config);
  const address = await findAddress(options);
  const device = await openHolding(address, { ...around, signal: interruption.signal }, around.times);
  // What is under way on it ends then, at once.
  const close = (): void => void device.close();
  interruption.signal.addEventListener("abort", close);
  if (interruption.signal.aborted) close();
  try {
    const { board, features, force, compact } = options;
    const wishes = { address, board, config, features, force, compact };
    describeOutcome(await flashBoard(device, wishes, around, interruption)).forEach(around.say);
  } finally {
    interruption.signal.removeEventListener("abort", close);
    await device.close();
  }
  return EXIT.OK;
}

// A board is not left half written because nobody reads how far it is.
await runCommand(import.meta.url, (args) => flash(args), { unread: () => {} });
