/** A board on the other end of a cable: what the commands need of it, however it is reached. */
import { Fault } from "../fault.ts";

/** Where a board's console is; exactly one of `port` and `tcp`. */
export interface Address {
  /** A serial port: "/dev/ttyACM0", "COM3". */
  port?: string;
  /** A console over the network: "HOST:PORT". */
  tcp?: string;
  /** 115200 unless told; the RAK8212's console speaks 9600. */
  baud?: number;
}

/** What an interpreter says of itself, its `process.env`. */
export interface BoardEnv {
  /** "RAK5010", "RAK8212", "WIO_LTE", "LINUX", … */
  BOARD: string;
  /** "2v29", "2v29.277". */
  VERSION: string;
  /** Bytes of Storage. */
  STORAGE?: number;
  /** The chip's own identifier. */
  SERIAL?: string;
}

export interface Device {
  /** How messages call it: the port, or HOST:PORT. */
  readonly name: string;
  readonly env: BoardEnv;
  /**
   * The value of an expression, by way of JSON; undefined for what JSON has no word for. Waits `timeout_ms`, 10 s unless
   * told. Throws `DeviceError`: no answer; or `EvaluationError`: what the interpreter said was wrong.
   */
  evaluate(expression: string, timeout_ms?: number): Promise<unknown>;
  /** Sends bytes as they are, as if typed. */
  write(bytes: string): void;
  /**
   * Writes a file into Storage, bytes as char codes 0-255, over what is there by that name, its bytes 1 to 3 last of all;
   * resolves when the board has it all and its checksum is right. `onProgress` hears how many bytes the board has acknowledged. Throws `DeviceError`.
   */
  upload(name: string, bytes: string, onProgress?: (done: number, total: number) => void): Promise<void>;
  /** What the console says, as it comes, but not the answers to `evaluate`. Gives what ends it. */
  onData(listener: (bytes: string) => void): () => void;
  /** Resolves when the connection is gone, by `close` or by itself (unplugged, server gone). */
  readonly closed: Promise<void>;
  close(): Promise<void>;
}

/** What went wrong and what to do, in one line for the user. */
export class DeviceError extends Fault {}

/** The port is open, but no interpreter answers on it. */
export class SilentError extends DeviceError {}

/** The expression threw: the message is the interpreter's. */
export class EvaluationError extends DeviceError {}
