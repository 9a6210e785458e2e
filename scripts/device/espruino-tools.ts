/**
 * EspruinoTools (npm `espruino`), the library behind Espruino's Web IDE: it knows the interpreter's packets, how a file
 * gets into Storage, and the tokens. It was made to be the one program in a browser page, so it is loaded into a context
 * of its own, only the files needed, and what of it stops us is worked around here:
 *
 * - index.js logs every step on `console`, puts itself on the global and pulls in es6-shim, which changes Node's
 *   built-ins: we run its source files ourselves, their console goes nowhere.
 * - core/serial.js opens only what a device of its lists, and drops /dev/ttyS*; core/serial_node_serial.js lists what
 *   `udevadm info -e` lists, which has no pseudo-terminals, no links and in containers nothing (issues #63, #97 "Port
 *   not found"): we register a device that names exactly the port we are about to open.
 * - core/serial_node_serial.js has no listener for "error", so an unplugged port or a missing right ends the program;
 *   core/serial_node_socket.js writes strings, so bytes from 0x80 on become two: `Link` opens, and takes Buffers.
 * - `Serial.write` never calls back for 512 bytes or less (the callback is inside `if (writeData.showStatus)`), and so
 *   `executeExpression` neither times out nor ends; it also wants a prompt as the last thing that came, or sends Ctrl-C,
 *   which aborts an app that prints: we write through `Connection.write`, and `open.ts` evaluates with marks of its own.
 * - core/serial.js honours XON and XOFF only if `uart.flowControl`, which nothing sets: see `onData` below. (A serial
 *   port's driver does it for us.)
 * - core/env.js and plugins/boardJSON.js ask the board and the internet upon each connection: not started.
 * - core/serial.js leaves out `closeLowLevel`, which `Connection` calls when a write fails: empty, the link is gone then.
 * - A connection that closes leaves what waits for an ACK waiting, and its timers running: `close` stops all timers.
 */
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { createContext, runInContext, Script } from "node:vm";
import * as acorn from "acorn";
import type { Link } from "./link.ts";

/** The part of `Espruino.Core.Serial.connection` that we use. */
interface Connection {
  chunkSize: number;
  parsePackets: boolean;
  /** Milliseconds to hold back from now on. */
  flowControlWait: number;
  closeLowLevel(): void;
  on(event: "data", listener: (bytes: string) => void): void;
  write(bytes: string): Promise<void>;
  /** Writes a file into Storage, packet by packet, each acknowledged; for interpreters from 2v25 on. */
  espruinoSendFile(
    name: string,
    bytes: string,
    options: { chunkSize: number; progress(done: number, total: number): void },
  ): Promise<void>;
}

interface SerialDevice {
  name: string;
  getPorts(callback: (ports: { path: string }[], instantly: boolean) => void): void;
  open(
    path: string,
    opened: (info: string | undefined) => void,
    received: (bytes: ArrayBuffer) => void,
    disconnected: () => void,
  ): void;
  write(bytes: string, written: () => void): void;
  close(): void;
}

interface Espruino {
  Config: Record<string, unknown>;
  Core: {
    Serial: {
      devices: SerialDevice[];
      connection: Connection;
      init(): void;
      open(path: string, connected: (info: string | undefined) => void, disconnected: () => void): void;
      close(): void;
    };
    Utils: {
      /** The lines that write a file into Storage, chunk by chunk. */
      getUploadFileCode(name: string, bytes: string): string;
    };
    Env: { getBoardData(): { VERSION?: string } };
    Status: object;
    Notifications: object;
  };
  Plugins: {
    Pretokenise: { tokenise(code: string): string; untokenise(code: string): string };
  };
}

export interface EspruinoTools {
  readonly espruino: Espruino;
  /** Stops what still waits. */
  stop(): void;
}

/** An open connection: EspruinoTools over a link. */
export interface ToolsConnection {
  write(bytes: string): Promise<void>;
  /** See `Connection.espruinoSendFile`. */
  sendFile(name: string, bytes: string, progress: (done: number) => void): Promise<void>;
  /** The lines that write a file into Storage, each an expression. */
  uploadLines(name: string, bytes: string): string[];
  close(): void;
}

const FILES = [
  "espruino.js",
  "core/utils.js",
  "core/config.js",
  "core/serial.js",
  "core/env.js",
  "plugins/pretokenise.js",
];
/** So much goes out at once: a packet; in between an XOFF is honoured. */
const WRITE_BYTES = 600;
/** A packet's data: with it the boards' input queue of 1,023 bytes is not full, should the app be busy meanwhile. */
const PACKET_BYTES = 512;
/** `espruinoSendFile` counts from here, and tells a packet's bytes before they are acknowledged. */
const PROGRESS_START = 100;
const XOFF = "\x13";
const XON = "\x11";
const XOFF_WAIT_MS = 10_000;

const scripts = new Map<string, Script>();

function scriptOf(file: string): Script {
  let script = scripts.get(file);
  if (!script) {
    const path = createRequire(import.meta.url).resolve(`espruino/${file}`);
    script = new Script(readFileSync(path, "utf8"), { filename: path });
    scripts.set(file, script);
  }
  return script;
}

/** A copy of EspruinoTools of its own: its state is global, so each connection has one. */
export function loadEspruinoTools(): EspruinoTools {
  const nothing = (): void => {};
  const timers = new Set<NodeJS.Timeout>();
  const clear = (timer: NodeJS.Timeout): void => {
    clearTimeout(timer);
    timers.delete(timer);
  };
  const context = createContext({
    console: { log: nothing, warn: nothing, error: nothing, info: nothing, debug: nothing },
    acorn,
    setTimeout(callback: (...args: unknown[]) => void, ms: number, ...args: unknown[]) {
      const timer = setTimeout(() => {
        timers.delete(timer);
        callback(...args);
      }, ms);
      timers.add(timer);
      return timer;
    },
    setInterval(callback: () => void, ms: number) {
      const timer = setInterval(callback, ms);
      timers.add(timer);
      return timer;
    },
    clearTimeout: clear,
    clearInterval: clear,
  });
  for (const file of FILES) scriptOf(file).runInContext(context);
  const espruino = runInContext("Espruino", context) as Espruino;
  espruino.Core.Status = { setStatus: nothing, hasProgress: () => false, incrementProgress: nothing };
  espruino.Core.Notifications = { success: nothing, error: nothing, warning: nothing, info: nothing };
  espruino.Core.Serial.init();
  espruino.Config.SERIAL_IGNORE = "";
  return { espruino, stop: () => timers.forEach(clear) };
}

/** Opens a link for EspruinoTools. Throws the link's `DeviceError`. */
export async function connectTools(
  link: Link,
  events: { data(bytes: string): void; gone(): void },
): Promise<ToolsConnection> {
  const { espruino, stop } = loadEspruinoTools();
  const { Serial, Utils } = espruino.Core;
  const { connection } = Serial;
  const written = (bytes: string): Buffer => Buffer.from(bytes, "latin1");

  await new Promise<void>((resolve, reject) => {
    Serial.devices.push({
      name: "link",
      getPorts: (callback) => callback([{ path: link.name }], true),
      open(_path, opened, received, disconnected) {
        link
          .open({
            // A copy: the Buffer may be a part of Node's pool.
            data: (bytes) => received(new Uint8Array(bytes).buffer),
            gone: disconnected,
          })
          .then(() => opened("Ok"), reject);
      },
      write: (bytes, done) => link.write(written(bytes), done),
      close: () => link.close(),
    });
    Serial.open(
      link.name,
      () => resolve(),
      () => {
        stop();
        events.gone();
      },
    );
  });
  connection.chunkSize = WRITE_BYTES;
  connection.closeLowLevel = () => {};
  connection.on("data", (bytes) => {
    const xoff = bytes.lastIndexOf(XOFF);
    const xon = bytes.lastIndexOf(XON);
    if (xoff !== xon) connection.flowControlWait = xoff > xon ? XOFF_WAIT_MS : 0;
    events.data(bytes.replaceAll(XON, "").replaceAll(XOFF, ""));
  });

  return {
    write: (bytes) => connection.write(bytes),
    async sendFile(name, bytes, progress) {
      await connection.espruinoSendFile(name, bytes, {
        chunkSize: PACKET_BYTES,
        progress: (done) => progress(Math.max(0, done - PROGRESS_START - PACKET_BYTES)),
      });
    },
    uploadLines: (name, bytes) => Utils.getUploadFileCode(name, bytes).split("\n"),
    close() {
      Serial.close();
      stop();
    },
  };
}
