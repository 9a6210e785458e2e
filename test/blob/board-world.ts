/** A board's own blob on that board, simulated, with a modem that was running before, on a fake clock. */
import { createClock } from "@sinonjs/fake-timers";
import type { BoardName } from "../../scripts/boards.ts";
import { type Clock, fromFakeTimers } from "../../scripts/simulator/clock.ts";
import { createBoard } from "../../scripts/simulator/espruino/board.ts";
import { createFlash } from "../../scripts/simulator/espruino/flash.ts";
import type { SerialPeer } from "../../scripts/simulator/espruino/serial-peer.ts";
import { boardSpecs, flashOf } from "../../scripts/simulator/espruino/specs.ts";
import { install } from "../../scripts/simulator/world.ts";
import { builtBlob } from "../device/rig.ts";
import { createPeers, TOKEN } from "./peers.ts";

export const START_MS = Date.UTC(2026, 5, 1, 12);

/**
 * `settings`: over those that work. `others`: what is connected to UARTs besides the modem, by UART. `blob`: in place of
 * the built one.
 */
export function createBoardWorld(
  name: BoardName,
  settings: Record<string, unknown> = {},
  others: (clock: Clock) => Record<string, SerialPeer> = () => ({}),
  blob = builtBlob(name),
) {
  const timers = createClock(START_MS);
  const clock = fromFakeTimers(timers);
  const { modem, thingsboard } = createPeers(clock, { supply_v: () => board.sensors.battery_v });
  // Until the firmware sets the UART up, it is the console's, on other pins than the modem's.
  let connected = false;
  const peer: SerialPeer = {
    write: (bytes) => connected && modem.receive(bytes),
    setBaud: (baud) => {
      connected = baud === 115200;
    },
  };
  modem.onTransmit = (bytes) => connected && peer.onData?.(bytes);
  const lines: string[] = [];
  const board = createBoard({
    board: boardSpecs[name],
    flash: createFlash(flashOf(boardSpecs[name])),
    clock,
    serials: { [boardSpecs[name].modemUart]: peer, ...others(clock) },
    print: (line) => lines.push(line),
  });
  const config = { server: { host: "h", username: TOKEN }, apn: "internet", interval_s: 10, ...settings };
  install(board.storage, boardSpecs[name].name, { blob, config });
  return {
    board,
    modem,
    thingsboard,
    lines,
    async run(seconds: number): Promise<void> {
      for (let s = 0; s < seconds; s++) await timers.tickAsync(1000);
    },
    powerCut(): void {
      connected = false;
      board.powerCut();
    },
    async stop(): Promise<void> {
      board.dispose();
      modem.dispose();
      await thingsboard.close();
    },
  };
}
