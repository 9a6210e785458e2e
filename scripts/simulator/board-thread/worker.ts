/** The board's thread. */
import { type MessagePort, parentPort, workerData } from "node:worker_threads";
import type { BoardName } from "../../boards.ts";
import type { Loader } from "../../build/loader.ts";
import { realClock } from "../clock.ts";
import { createFlash } from "../espruino/flash.ts";
import type { SerialPeer } from "../espruino/serial-peer.ts";
import { boardSpecs, flashOf } from "../espruino/specs.ts";
import { createFastClock, type SharedTime } from "../fast-clock.ts";
import { type Play, playWith } from "../sensors/sensors.ts";
import { createSimulatedBoard } from "../world.ts";
import { peerBehind } from "./line.ts";

export interface BoardStart {
  board: BoardName;
  blob: string | undefined;
  /** Of `WorldOptions`. */
  loader: Loader | undefined;
  config: Record<string, unknown> | undefined;
  /** Not 0: Ctrl-C came on the console. */
  ctrlC: Int32Array;
  modem: MessagePort;
  receiver: MessagePort | undefined;
  console: MessagePort | undefined;
  /** The world's; absent: ours. */
  time: SharedTime | undefined;
  /** Its flash, which outlives the thread; absent: one of its own. */
  flash: SharedArrayBuffer | undefined;
}

/** What it is told: to play with its sensors; to say what the tracker does; that time runs at another speed. */
export type BoardAsked = Play | { ask: number } | { speed: true };

/**
 * A line that the console printed; what `BoardMeter` and `onPin` hear; an answer to `ask`, absent where no tracker runs; or
 * that the board runs.
 */
export type BoardTold =
  | { line: string }
  | { pin: string; level: boolean; at_ms: number }
  | { uart: string; open: boolean }
  | { deepSleep: boolean }
  | { advertising: number }
  | { ran: number }
  | { answer: number; status: string | undefined }
  | { runs: true };

/** A console takes so much at once, and then takes this long: a loop that prints is no faster, and fills no memory. */
const PIECE_BYTES = 16_384;
const PIECE_MS = 16;

const {
  board: name,
  blob,
  loader,
  config,
  ctrlC,
  modem,
  receiver,
  console,
  time,
  flash,
} = workerData as BoardStart;
const fastClock = time && createFastClock({ lent: time });
const clock = fastClock ?? realClock;
const tell = (told: BoardTold): void => parentPort?.postMessage(told);

let written = 0;
const never = new Int32Array(new SharedArrayBuffer(4));
function pace(bytes: string): void {
  written += bytes.length;
  if (written < PIECE_BYTES) return;
  written = 0;
  Atomics.wait(never, 0, 0, PIECE_MS);
}

function paced(peer: SerialPeer): SerialPeer {
  const { write } = peer;
  return Object.assign(peer, {
    write(bytes: string) {
      write(bytes);
      pace(bytes);
    },
  });
}

const board = createSimulatedBoard({
  clock,
  spec: boardSpecs[name],
  ...(flash && { flash: createFlash(flashOf(boardSpecs[name]), new Uint8Array(flash)) }),
  meter: {
    pin: (pin, level) => tell({ pin, level, at_ms: clock.now() }),
    uart: (uart, open) => tell({ uart, open }),
    deepSleep: (deepSleep) => tell({ deepSleep }),
    advertising: (advertising) => tell({ advertising }),
    ran: (ran) => tell({ ran }),
  },
  modem: peerBehind(modem),
  ...(receiver && { receiver: peerBehind(receiver) }),
  ...(console && { console: paced(peerBehind(console)) }),
  ...(blob !== undefined && { blob }),
  ...(loader && { loader }),
  ...(config && { config }),
  print(line) {
    tell({ line });
    pace(line);
  },
  ctrlC: {
    pending: () => Atomics.load(ctrlC, 0) !== 0,
    taken: () => Atomics.store(ctrlC, 0, 0),
  },
});

/** `tracker.status()` as JSON, asked from outside of the program: it takes no time of its, and wakes nobody. */
function status(): string | undefined {
  try {
    const { tracker } = board.global as { tracker?: { status(): unknown } };
    return tracker && JSON.stringify(tracker.status());
  } catch {
    // It is off, or restarts.
    return undefined;
  }
}

parentPort?.on("message", (asked: BoardAsked) => {
  if ("ask" in asked) tell({ answer: asked.ask, status: status() });
  else if ("speed" in asked) fastClock?.changed();
  else playWith(board.sensors, asked);
});
board.boot();
tell({ runs: true });
