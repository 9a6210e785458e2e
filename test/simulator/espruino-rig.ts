import { createClock } from "@sinonjs/fake-timers";
import type { BoardName } from "../../scripts/boards.ts";
import { fromFakeTimers } from "../../scripts/simulator/clock.ts";
import { createBoard } from "../../scripts/simulator/espruino/board.ts";
import { createFlash, type Flash } from "../../scripts/simulator/espruino/flash.ts";
import type { SerialPeer } from "../../scripts/simulator/espruino/serial-peer.ts";
import type { BoardOptions, SimulatedBoard } from "../../scripts/simulator/espruino/simulated-board.ts";
import { boardSpecs, flashOf } from "../../scripts/simulator/espruino/specs.ts";

export interface Rig {
  board: SimulatedBoard;
  flash: Flash;
  /** What was printed. */
  lines: string[];
  /** Lets time pass, ms. */
  tick(ms: number): void;
  /** Runs a line at the REPL. */
  run(source: string): string;
  store(file: string, source: string): void;
}

/** A running board on a fake clock that starts at 2026-01-01. */
export function rig(name: BoardName = "linux", options: Partial<BoardOptions> = {}): Rig {
  const spec = boardSpecs[name];
  const timers = createClock(Date.UTC(2026, 0, 1));
  const flash = options.flash ?? createFlash(flashOf(spec));
  const lines: string[] = [];
  const clock = fromFakeTimers(timers);
  const board = createBoard({ board: spec, flash, clock, print: (line) => lines.push(line), ...options });
  board.boot();
  return {
    board,
    flash,
    lines,
    tick: (ms) => timers.tick(ms),
    run: (source) => board.evaluate(source),
    store(file, source) {
      board.evaluate(`require("Storage").write(${JSON.stringify(file)}, ${JSON.stringify(source)})`);
    },
  };
}

/** The far end of a UART: what the board sent, and a way to send to it. */
export function peer(): SerialPeer & {
  received: string;
  bauds: number[];
  held: boolean[];
  send(bytes: string): void;
} {
  return {
    received: "",
    bauds: [],
    held: [],
    write(bytes) {
      this.received += bytes;
    },
    setBaud(baud) {
      this.bauds.push(baud);
    },
    hold(held) {
      this.held.push(held);
    },
    send(bytes) {
      this.onData?.(bytes);
    },
  };
}
