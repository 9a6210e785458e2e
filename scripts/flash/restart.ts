/** Stopping what runs on a board, and starting what was written. */
import { boardNamed, entryOf } from "../boards.ts";
import { type Device, DeviceError } from "../device/device.ts";
import { createConsoleLines } from "../repl/console-lines.ts";

/** Variables of the interpreter. */
export interface Memory {
  usage: number;
  total: number;
}

/** How the firmware came up. */
export interface Start {
  /** The line it says when it starts was heard. */
  heard: boolean;
  /** What the console said besides. */
  lines: string[];
  /** Memory, asked as soon as the code was loaded; undefined when the console did not answer. */
  loaded: Memory | undefined;
  /** The same, once the tracker was started; undefined where the console is elsewhere by then (RAK8212). */
  running: Memory | undefined;
}

/** How long a board may take to listen again, a try, and how often it is tried. */
const LISTEN_MS = 2000;
const LISTEN_TRIES = 5;
/** Loading takes some tenths of a second. */
const VERSION_MS = 10_000;
/** The firmware says its line at once, lets three seconds pass and starts the tracker. */
const BOOT_MS = 3500;
/**
 * A watchdog that the app started cannot be stopped, and would restart the board in the middle. In automatic mode the
 * interpreter kicks it by itself, also after `reset()`. An nRF's goes on with the app's time; the Wio LTE's gets this one.
 */
const FEED_WATCHDOG = "E.enableWatchdog(25,true)";
const MEMORY = "(function(m){return{usage:m.usage,total:m.total}})(process.memory())";

/** Asks until the board answers: what is typed while it starts anew is lost. */
async function readMemory(device: Device): Promise<Memory> {
  for (let left = LISTEN_TRIES; ; left--) {
    try {
      return (await device.evaluate(MEMORY, LISTEN_MS)) as Memory;
    } catch (error) {
      if (left <= 1) throw error;
    }
  }
}

/**
 * `reset()`: timers, watches and everything in RAM are gone, boot code does not run, the console stays where it is. Gives
 * the memory in use without any program.
 */
export async function stopApp(device: Device): Promise<Memory> {
  await device.evaluate(FEED_WATCHDOG);
  await device.evaluate("reset()");
  return readMemory(device);
}

/**
 * `load()`: as a power cycle for the program, but USB and Bluetooth stay connected, which a reset of the chip would cut;
 * Espruino for Linux would even end. Waits for `version`, the firmware's line, and then until the tracker was started.
 */
export async function startApp(
  device: Device,
  version: string,
  version_ms = VERSION_MS,
  boot_ms = BOOT_MS,
): Promise<Start> {
  const lines: string[] = [];
  let hear = (): void => {};
  const heard = new Promise<boolean>((resolve) => {
    hear = () => resolve(true);
  });
  const stop = device.onData(
    createConsoleLines((line) => {
      if (line === version) hear();
      else if (line) lines.push(line);
    }),
  );
  const lost = device.closed.then(() => {
    throw new DeviceError(
      `${device.name}: the connection was lost while the board started; the firmware is on it, npm run doctor tells how it is`,
    );
  });
  lost.catch(() => {});
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<boolean>((resolve) => {
    timer = setTimeout(() => resolve(false), version_ms);
  });
  try {
    await device.evaluate("load()");
    // At once: a RAK8212's UART is the modem's from three seconds after the start on.
    const loaded = await Promise.race([
      readMemory(device).catch(() => undefined),
      late.then(() => undefined),
    ]);
    const isHeard = await Promise.race([heard, late, lost]);
    const board = boardNamed(device.env.BOARD);
    const stays = isHeard && !(board && entryOf(board).cedes_console);
    if (stays) await Promise.race([new Promise((resolve) => setTimeout(resolve, boot_ms)), lost]);
    const running = stays
      ? ((await device.evaluate(MEMORY, LISTEN_MS).catch(() => undefined)) as Memory | undefined)
      : undefined;
    return { heard: isHeard, lines, loaded, running };
  } finally {
    clearTimeout(timer);
    stop();
  }
}
