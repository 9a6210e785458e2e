/** A board with its modem, ready to boot: the simulated one, or the real interpreter with the same modem. */

import type { Clock } from "./clock.ts";
import { createBoard, type SimulatedBoard } from "./espruino/board.ts";
import { fromBytes } from "./espruino/bytes.ts";
import { createFlash } from "./espruino/flash.ts";
import type { SerialPeer } from "./espruino/machine.ts";
import { boardSpecs, flashOf } from "./espruino/specs.ts";
import { writeFile } from "./espruino/storage.ts";
import { openSerialPort, startInterpreter } from "./interpreter.ts";
import type { Modem } from "./modem/modem.ts";

export interface WorldOptions {
  modem: Modem;
  /** The `linux` blob. */
  blob: string;
  /** The settings, `tb.json`; the modem's port is put in here. */
  config: Record<string, unknown>;
  /** In place of `config`: the text of `tb.json`, as it is. */
  settings?: string;
  /** Gets each line of the board's console. */
  print?: (line: string) => void;
}

/** Where the simulated Linux has its modem. */
const MODEM_PORT = "/dev/ttyUSB2";

function peerOf(modem: Modem): SerialPeer {
  const peer: SerialPeer = { write: (bytes) => modem.receive(bytes) };
  modem.onTransmit = (bytes) => peer.onData?.(bytes);
  return peer;
}

function storageOf({ blob, config, settings }: WorldOptions, modem_port: string): Record<string, string> {
  return { "tb.json": settings ?? JSON.stringify({ modem_port, ...config }), ".bootcde": blob };
}

/** The simulated board with the blob and the settings in its Storage, not booted yet. */
export function createSimulatedBoard(
  options: WorldOptions & { clock: Clock; random?: () => number },
): SimulatedBoard {
  const board = createBoard({
    board: boardSpecs.linux,
    flash: createFlash(flashOf(boardSpecs.linux)),
    clock: options.clock,
    serials: { [MODEM_PORT]: peerOf(options.modem) },
    ...(options.print && { print: options.print }),
    ...(options.random && { random: options.random }),
  });
  for (const [name, content] of Object.entries(storageOf(options, MODEM_PORT)))
    writeFile(board.storage, name, fromBytes(content));
  return board;
}

/** A running tracker that can be asked. */
export interface RunningTracker {
  /** The value of an expression on the board's console. */
  evaluate(expression: string): Promise<unknown>;
  stop(): Promise<void>;
}

/** Boots the real interpreter on the blob. */
export async function startRealInterpreter(
  options: WorldOptions & { binary: string },
): Promise<RunningTracker> {
  const port = await openSerialPort(peerOf(options.modem));
  const interpreter = await startInterpreter({
    binary: options.binary,
    storage: storageOf(options, port.path),
    ...(options.print && { print: options.print }),
  });
  return {
    evaluate: interpreter.evaluate,
    async stop() {
      await interpreter.stop();
      port.close();
    },
  };
}
