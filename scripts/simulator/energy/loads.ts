/** What draws current, by the states that the simulated parts tell of themselves. */

/** `modem.state.activity`, in three kinds of sleep. */
export type ModuleState =
  | "unpowered"
  | "off"
  | "psm"
  | "booting"
  | "asleep"
  | "asleep, eDRX"
  | "asleep without radio"
  | "idle"
  | "searching"
  | "connected";

export type EngineState = "off" | "searching" | "tracking";

/** `running`: the interpreter works. `awake`: it waits, and the fast clock runs, for a UART that is open. */
export type BoardState = "running" | "awake" | "asleep";

/** Hears what the modem draws current for. */
export interface ModemMeter {
  module(state: ModuleState): void;
  /** The GNSS engine. */
  engine(state: EngineState): void;
  /** A flight of bytes went over the air, up and down, with the headers of TCP/IP. */
  air(up: number, down: number): void;
}

/** Hears what the board draws current for. */
export interface BoardMeter {
  /** An output is driven. */
  pin(name: string, level: boolean): void;
  /** A UART was set up, or let go of. */
  uart(device: string, open: boolean): void;
  /** `setDeepSleep`. */
  deepSleep(allowed: boolean): void;
  /** It calls by Bluetooth, each so many ms; 0: it cannot be found. */
  advertising(interval_ms: number): void;
  /** A callback of the program was run, for so many bytes of data. */
  ran(bytes: number): void;
}
