/** The computer's side of firmware/relay/main.ts: what it says goes to the modem of a board that is held. */
import { type Device, DeviceError } from "../device/device.ts";
import { createConsoleLines } from "../repl/console-lines.ts";

/** See firmware/relay/main.ts. */
export interface RelayTimes {
  probe_ms?: number;
  quiet_ms?: number;
  settle_ms?: number;
  answer_ms?: number;
  /** From the call to its start: the answer to what calls it must be out of the UART before that is the modem's. */
  lead_ms?: number;
}

export interface RelayOptions {
  /** Of `buildRelay`. */
  program: string;
  /** The modem's port, on Linux. */
  path: string;
  /** For the interpreter: gives the console its UART again; "": it has its own. */
  giveBack: string;
  times?: RelayTimes | undefined;
}

export interface Relay {
  /** Puts bytes into the board's memory, for the next command that sends some. */
  load(bytes: string, onProgress: (done: number) => void): Promise<void>;
  /**
   * Sends commands in turn, up to the first without a final result in time, and gives the lines of each, the modem's own
   * among them, the final result last. `payload`: a command that answers CONNECT sends what was loaded.
   */
  ask(commands: string[], payload?: boolean): Promise<string[][]>;
  /** The longest that commands may take: of a modem that has to be found, or switched on, first. */
  limit_ms(commands: number): number;
}

/** At 9600 baud a kilobyte takes a second. */
const PROGRAM_MS = 30_000;
const TIMES = { probe_ms: 1000, quiet_ms: 6000, settle_ms: 300, answer_ms: 10_000, lead_ms: 200 };
/** With base64 a line that every board's console takes in one go. */
const PIECE_BYTES = 384;
/** The program's own tries, and what its pauses take. */
const PROBES = 36;
const SLACK_MS = 5000;
/** A console that was away may have garbled what was first typed on it. */
const ANSWER_MS = 2000;
const ANSWER_TRIES = 3;

/** Sends the program to a board on which nothing else runs. Throws `DeviceError`. */
export async function openRelay(device: Device, options: RelayOptions): Promise<Relay> {
  const times = { ...TIMES, ...options.times };
  await device.evaluate(options.program, PROGRAM_MS);

  const limit_ms = (commands: number): number =>
    PROBES * times.probe_ms + times.quiet_ms + commands * times.answer_ms + SLACK_MS;

  async function load(bytes: string, onProgress: (done: number) => void): Promise<void> {
    await device.evaluate('relay_bytes=""');
    for (let done = 0; done < bytes.length; ) {
      const piece = bytes.slice(done, done + PIECE_BYTES);
      done += piece.length;
      if ((await device.evaluate(`(relay_bytes+=atob("${btoa(piece)}")).length`)) !== done)
        throw new DeviceError(`${device.name}: the board did not get what was sent: run the same again`);
      onProgress(done);
    }
  }

  async function ask(commands: string[], payload = false): Promise<string[][]> {
    const call = `relay(${JSON.stringify(options.path)},${JSON.stringify(commands)},${payload ? "relay_bytes" : '""'},${JSON.stringify(times)},function(){${options.giveBack}})`;
    const done = doneOf(device, limit_ms(commands.length));
    await device.evaluate(`setTimeout(function(){${call}},${times.lead_ms})`);
    await done;
    for (let left = ANSWER_TRIES; ; left--) {
      try {
        return (await device.evaluate("relayed", ANSWER_MS)) as string[][];
      } catch (error) {
        if (left <= 1) throw error;
      }
    }
  }

  return { load, ask, limit_ms };
}

/** Waits until the program says that it is done, or time is up. Throws `DeviceError` when the connection is lost. */
async function doneOf(device: Device, limit_ms: number): Promise<void> {
  let end = (): void => {};
  const ended = new Promise<void>((resolve) => {
    end = resolve;
  });
  const timer = setTimeout(end, limit_ms);
  const stop = device.onData(createConsoleLines((line) => line.includes("relay: done") && end()));
  // What is asked next then throws.
  void device.closed.then(end);
  try {
    await ended;
  } finally {
    clearTimeout(timer);
    stop();
  }
}
