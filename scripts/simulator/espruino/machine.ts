import type { Clock } from "../clock.ts";
import type { BoardMeter } from "../energy/loads.ts";
import type { Sensors } from "../sensors/sensors.ts";
import type { Console } from "./console.ts";
import type { EventQueue } from "./event-queue.ts";
import type { Loop } from "./loop.ts";
import type { Pins } from "./pins.ts";
import type { RandomNumbers } from "./random.ts";
import type { Realm } from "./realm.ts";
import type { ResetRegister } from "./reset-register.ts";
import type { SerialPeer } from "./serial-peer.ts";
import type { BoardSpec } from "./specs.ts";
import type { StorageArea } from "./storage-layout.ts";
import type { Timers } from "./timers.ts";

/**
 * What `E.getErrorFlags()` can say here, in its order. Memory is only estimated: its flags come with
 * `board.outOfMemory`.
 */
export const ERROR_FLAGS = ["FIFO_FULL", "BUFFER_FULL", "CALLBACK", "LOW_MEMORY", "MEMORY"] as const;
export type ErrorFlag = (typeof ERROR_FLAGS)[number];

export const inOrder = (flags: Set<ErrorFlag>): ErrorFlag[] => ERROR_FLAGS.filter((flag) => flags.has(flag));

/** One run of the interpreter, from boot to reset: the parts that its functions work on. */
export interface Machine {
  spec: BoardSpec;
  clock: Clock;
  realm: Realm;
  loop: Loop;
  timers: Timers;
  queue: EventQueue;
  console: Console;
  pins: Pins;
  storage: StorageArea;
  sensors: Sensors;
  /** The peers by the name of the device, or by the path it is opened with. */
  peers: Record<string, SerialPeer>;
  meter: BoardMeter | undefined;
  errorFlags: Set<ErrorFlag>;
  resetRegister: ResetRegister;
  /** `Math.random`. */
  random: () => number;
  randomNumbers: RandomNumbers;
  time: {
    /** Milliseconds since 1970 by the board's own clock, with a fraction. */
    now_ms(): number;
    set(ms: number): void;
  };
  /** What the program asks for and gets when the callback has returned; `reboot` at once. */
  control: {
    reset(clearFlash: boolean): void;
    load(file?: string): void;
    reboot(reason: string): never;
  };
  memory(): { usage: number; total: number };
  /** A listener was removed because memory ran out: says so, and sets the flag. */
  removed(message: string): void;
}
