/** A board with Espruino on it, as it is used: what it is made of and what can be done with it. */
import type { Clock } from "../clock.ts";
import type { BoardMeter } from "../energy/loads.ts";
import type { Sensors } from "../sensors/sensors.ts";
import type { Flash } from "./flash.ts";
import type { Starvation, Work } from "./loop.ts";
import type { ErrorFlag } from "./machine.ts";
import type { SerialPeer } from "./serial-peer.ts";
import type { BoardSpec } from "./specs.ts";
import type { StorageArea } from "./storage-layout.ts";

export interface BoardOptions {
  board: BoardSpec;
  /** Made with `flashOf(board)`. */
  flash: Flash;
  clock: Clock;
  /** Who is at the other end of a device, by its name ("Serial1", "USB") or by the path it is opened with. */
  serials?: Record<string, SerialPeer>;
  /** What it measures; absent: a full battery at rest in a room. */
  sensors?: Sensors;
  /** Lines the program or the interpreter prints while there is a console. */
  print?(line: string): void;
  /** 0 <= x < 1: what `Math.random()` gives, in place of the interpreter's own numbers. */
  random?(): number;
  /** How long the interpreter is busy with a callback; meanwhile data piles up in the event queue. Default: not at all. */
  busy_ms?(work: Work): number;
  meter?: BoardMeter;
  /** An output changed, or was driven again. */
  onPin?(pin: string, level: boolean): void;
  /** The chip was reset by the program or its watchdog; it boots again by itself. */
  onReboot?(reason: string): void;
  /**
   * The console's Ctrl-C, for a program that does not return: then the interpreter takes no bytes, but the chip still looks
   * at each that comes. Given, the program's loops are looked into: Ctrl-C ends them, and the watchdog bites there, by
   * `clock`. Absent, as where the clock is a test's and stands still in a loop: they run without end.
   */
  ctrlC?: CtrlC;
  /** The flash said that the power is cut (`PowerCut`); it stays off until `boot`. */
  onPowerCut?(): void;
  /** From a reset of the chip to its boot; default 10. */
  reboot_ms?: number;
}

/** Whether Ctrl-C came, and the interpreter has not taken it yet. */
export interface CtrlC {
  pending(): boolean;
  taken(): void;
}

/** A board with Espruino on it, in this process. Off until `boot`. */
export interface SimulatedBoard {
  /** Power comes on, or the reset pin is pressed. */
  boot(): void;
  /** As `reset()` on the console: boot code does not run. */
  reset(): void;
  /** Power goes: the program ends between two statements, what is in flash stays. */
  powerCut(): void;
  readonly running: boolean;
  /**
   * Runs a line as the REPL does; gives what it shows after the "=", or `Uncaught ...`. Listeners to
   * "uncaughtException" hear of it too (the REPL then shows nothing).
   */
  evaluate(source: string): string;
  readonly global: Record<string, unknown>;
  /** Variables in use, estimated. */
  memory(): { usage: number; total: number };
  readonly errorFlags: ErrorFlag[];
  /**
   * The next callback (of serial data, of a timer, of an event; not a promise's) runs out of memory. It ends there,
   * without catch and finally; LOW_MEMORY and MEMORY are set; what else is due in the pass still runs, but its
   * intervals are removed, as is the listener if it was for data; then E's "errorFlag" comes.
   */
  outOfMemory(starvation?: Starvation): void;
  /** Drives an input from outside. */
  setInput(pin: string, level: boolean): void;
  pin(pin: string): boolean;
  /** What it measures, to play with. */
  readonly sensors: Sensors;
  readonly storage: StorageArea;
  dispose(): void;
}
