/**
 * The way back into a board whose only UART is the modem's while the tracker runs (RAK8212). The firmware waits three
 * seconds after a start before it does anything; `clearTimeout()`, which clears every timer, keeps it from starting.
 */
import { type Address, type Device, SilentError } from "../device/device.ts";
import { serialLink, tcpLink } from "../device/link.ts";
import { type OpenTimes, openDevice } from "../device/open.ts";
import { type Output, waitFor } from "./progress.ts";

export interface HoldTimes {
  /** How long the user has to switch the board off and on. */
  patience_ms?: number;
  /** From try to try. */
  every_ms?: number;
}

const PATIENCE_MS = 60_000;
const EVERY_MS = 200;
/** Ctrl-C takes back what noise at power-on may have typed. In two parts, so that an echo is not taken for the answer. */
const HOLD = '\x03\x10clearTimeout();print("he"+"ld")\n';
const HELD = "held";
/** Enough for the answer and what comes around it. */
const MOST_HEARD = 1000;

/** What it needs of the command. */
export interface Holder {
  say(line: string): void;
  /** Where the time that is left is shown. */
  output: Output;
  /** Ends the wait. */
  signal?: AbortSignal;
}

/**
 * `openDevice`, and where nothing at all answers on the port, asks the user to switch the board off and on, and keeps the
 * firmware from starting. Throws `DeviceError`.
 */
export async function openHolding(
  address: Address,
  { say, output, signal }: Holder,
  times: HoldTimes & OpenTimes = {},
): Promise<Device> {
  try {
    return await openDevice(address, times);
  } catch (error) {
    if (!(error instanceof SilentError)) throw error;
    say(
      `${error.message}\nIf the tracker runs on it and has this port for its modem (RAK8212): switch the board off and on now`,
    );
    const held = await waitFor("Off and on", times.patience_ms ?? PATIENCE_MS, output, () =>
      hold(address, times, signal),
    );
    if (!held) throw error;
    say("It answers: the tracker is held");
    return openDevice(address, times);
  }
}

/** Sends `clearTimeout()` until the console answers; false when time is up. A port that goes away is opened again. */
async function hold(
  address: Address,
  { patience_ms = PATIENCE_MS, every_ms = EVERY_MS }: HoldTimes,
  signal: AbortSignal | undefined,
): Promise<boolean> {
  const link =
    address.tcp !== undefined ? tcpLink(address.tcp) : serialLink(address.port ?? "", address.baud);
  const until_ms = Date.now() + patience_ms;
  let heard = "";
  let open = false;
  let gone = (): void => {};
  const events = {
    data(bytes: Buffer) {
      heard = (heard + bytes.toString("latin1")).slice(-MOST_HEARD);
    },
    gone() {
      open = false;
      gone();
    },
  };
  try {
    while (Date.now() < until_ms && !signal?.aborted) {
      if (!open)
        open = await link.open(events).then(
          () => true,
          () => false,
        );
      if (open) link.write(Buffer.from(HOLD), () => {});
      await new Promise((resolve) => setTimeout(resolve, every_ms));
      if (heard.includes(HELD)) return true;
    }
    return false;
  } finally {
    // A port that is not quite closed is busy for whoever opens it next.
    if (open)
      await new Promise<void>((resolve) => {
        gone = resolve;
        link.close();
      });
  }
}
