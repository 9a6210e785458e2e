/**
 * The simulated board in a thread of its own: a program on it that does not return keeps nobody else waiting, and the
 * console's Ctrl-C reaches it all the same.
 */
import { once } from "node:events";
import { MessageChannel, Worker } from "node:worker_threads";
import type { BoardName } from "../../boards.ts";
import type { BoardMeter } from "../energy/loads.ts";
import type { SerialPeer } from "../espruino/serial-peer.ts";
import type { FastClock } from "../fast-clock.ts";
import type { Play } from "../sensors/sensors.ts";
import type { WorldOptions } from "../world.ts";
import { connectPeer } from "./line.ts";
import type { BoardAsked, BoardStart, BoardTold } from "./worker.ts";

interface BoardThreadOptions extends Pick<WorldOptions, "blob" | "loader" | "config" | "print"> {
  /** Default: linux. */
  board?: BoardName;
  /** Hears what the board draws current for. */
  meter?: BoardMeter;
  /** An output is driven; when, by the board's clock: it is told of later than what the UART brings. */
  onPin?: (pin: string, level: boolean, at_ms: number) => void;
  /** What is connected to the modem's UART. */
  modem: SerialPeer;
  /** A GNSS receiver with a UART of its own. */
  receiver?: SerialPeer;
  /** What the board's console is connected to. */
  console?: SerialPeer;
  /** The world's time; absent: ours. */
  clock?: FastClock;
  /**
   * Its flash, of the length that `flashOf` says, erased at first; absent: one that ends with it. Without `blob` and `config`
   * it starts from what is there: `stop` is then a cut of its power, between any two words that it writes.
   */
  flash?: SharedArrayBuffer;
}

export interface BoardThread {
  /** Changes what the board measures. */
  play(play: Play): void;
  /** `tracker.status()` as JSON; undefined where no tracker runs, or what runs does not return. */
  status(): Promise<string | undefined>;
  /** To be called when `clock` runs at another speed. */
  speedChanged(): void;
  /** Ends the board, whatever it is doing. */
  stop(): Promise<void>;
}

/** A thread gets no loader of TypeScript from the one that starts it, on Node before 22. */
const ENTRY = `import("tsx/esm/api").then(({ register }) => {
  register();
  return import(${JSON.stringify(new URL("./worker.ts", import.meta.url).href)});
});`;

const CTRL_C = "\x03";
/** So long an answer is waited for. */
const ANSWER_MS = 5000;

/** Boots the simulated board; resolves when it runs. What is wrong in the simulator itself ends the process. */
export async function startBoardThread(options: BoardThreadOptions): Promise<BoardThread> {
  const { board = "linux", blob, loader, config, console, receiver, print, meter, onPin } = options;
  const modemLine = new MessageChannel();
  const receiverLine = receiver && new MessageChannel();
  const consoleLine = console && new MessageChannel();
  const ctrlC = new Int32Array(new SharedArrayBuffer(4));
  connectPeer(modemLine.port1, options.modem);
  if (receiver && receiverLine) connectPeer(receiverLine.port1, receiver);
  if (console && consoleLine)
    connectPeer(consoleLine.port1, console, (bytes) => {
      if (bytes.includes(CTRL_C)) Atomics.store(ctrlC, 0, 1);
    });
  const time = options.clock?.lend();
  const start: BoardStart = {
    board,
    blob,
    loader,
    config,
    ctrlC,
    modem: modemLine.port2,
    receiver: receiverLine?.port2,
    console: consoleLine?.port2,
    time,
    flash: options.flash,
  };
  const asked = new Map<number, (status: string | undefined) => void>();
  let questions = 0;
  let has_ended = false;
  const worker = new Worker(ENTRY, {
    eval: true,
    workerData: start,
    transferList: [modemLine, receiverLine, consoleLine].flatMap((line) => (line ? [line.port2] : [])),
  });
  worker.on("message", (told: BoardTold) => {
    if ("line" in told) print?.(told.line);
    else if ("pin" in told) {
      meter?.pin(told.pin, told.level);
      onPin?.(told.pin, told.level, told.at_ms);
    } else if ("uart" in told) meter?.uart(told.uart, told.open);
    else if ("deepSleep" in told) meter?.deepSleep(told.deepSleep);
    else if ("advertising" in told) meter?.advertising(told.advertising);
    else if ("ran" in told) meter?.ran(told.ran);
    else if ("answer" in told) asked.get(told.answer)?.(told.status);
  });
  const tell = (what: BoardAsked): void => worker.postMessage(what);
  await once(worker, "message");
  return {
    play: tell,
    speedChanged: () => tell({ speed: true }),
    async status() {
      if (has_ended) return undefined;
      const question = questions++;
      const answer = new Promise<string | undefined>((resolve) => {
        asked.set(question, resolve);
        setTimeout(() => resolve(undefined), ANSWER_MS).unref();
      });
      tell({ ask: question });
      return answer.finally(() => asked.delete(question));
    },
    async stop() {
      has_ended = true;
      await worker.terminate();
      if (time) options.clock?.giveBack(time);
      for (const resolve of asked.values()) resolve(undefined);
    },
  };
}
