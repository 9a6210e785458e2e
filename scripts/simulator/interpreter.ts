/**
 * The real interpreter, Espruino for Linux, in place of the simulated one: its console on one pseudo-terminal, the
 * modem's port on another, and its flash in the file `espruino.flash` of a directory of its own.
 */
import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { type IPty, spawn } from "@lydell/node-pty";
import { fromBytes, toBytes } from "./espruino/bytes.ts";
import { openFlashFile } from "./espruino/flash.ts";
import type { SerialPeer } from "./espruino/serial-peer.ts";
import { writeFile } from "./espruino/storage.ts";

export interface InterpreterOptions {
  /** The binary of Espruino for Linux. */
  binary: string;
  /** Files for Storage, by name; `.bootcde` runs at the start. Without any, what `directory` has is kept. */
  storage?: Record<string, string>;
  /** Holds `espruino.flash`; default: a temporary one, removed at the end. */
  directory?: string;
  /** Gets each line the console prints. */
  print?: (line: string) => void;
  /** What the console is connected to besides, once it answers. */
  console?: SerialPeer;
}

export interface Interpreter {
  /** Evaluates an expression on the console; gives its value by way of JSON. */
  evaluate(expression: string): Promise<unknown>;
  /** Ends the process, as a power cut does. */
  stop(): Promise<void>;
  /** Resolves when the process has ended by itself, to its exit code. */
  readonly ended: Promise<number>;
  readonly directory: string;
}

/** A pseudo-terminal whose other end a program opens by path, like a serial port. */
export interface SerialPort {
  path: string;
  close(): void;
}

const EVALUATION_TIMEOUT_MS = 10_000;
/** What is typed while it starts may be lost, above all when it runs out of memory over a `.bootcde` that is cut short. */
const START_TIMEOUT_MS = 2000;
const START_TRIES = 5;
/**
 * Raw, for bytes such as 3 (Ctrl-C) are data in a packet. It dies with us, however we do: without a terminal it would run on,
 * and read nothing for ever.
 */
const START = `stty raw -echo
exec $(command -v setpriv >/dev/null && echo setpriv --pdeathsig KILL) "$0"`;
const ERASE_LINE = "\x1b[2H";
export const PAGE_BYTES = 4096;
/** A port that nobody reads keeps so much; then bytes are lost, as on a real one. */
const MOST_PENDING = 65_536;
/** Any but 0, which the Storage model takes for "nowhere". */
const FLASH_START = 0x10000000;

/** Node-pty's terminal in bytes: what it emits without an encoding is a Buffer, whatever its type says. */
function onBytes(terminal: IPty, listener: (bytes: string) => void): void {
  (terminal as unknown as { onData(f: (data: Buffer) => void): void }).onData((data) =>
    listener(toBytes(data)),
  );
}

function writeBytes(terminal: IPty, bytes: string): void {
  (terminal as unknown as { write(data: Buffer): void }).write(Buffer.from(fromBytes(bytes)));
}

/** Bytes that found no room in the terminal, for nobody reads it. */
const pendingBytes = (terminal: IPty): number =>
  (terminal as unknown as { _socket: { writableLength: number } })._socket.writableLength;

/** The path of the terminal's own end. */
const pathOf = (terminal: IPty): string => (terminal as unknown as { ptsName: string }).ptsName;

/** Two ends of a cable: what is written to one comes out of the other. */
export function cable(): [SerialPeer, SerialPeer] {
  const one: SerialPeer = { write: (bytes) => other.onData?.(bytes) };
  const other: SerialPeer = { write: (bytes) => one.onData?.(bytes) };
  return [one, other];
}

/** Puts `peer`, a modem or a receiver, behind a serial port that another process can open. */
export async function openSerialPort(peer: SerialPeer): Promise<SerialPort> {
  // Something must hold the terminal open until the program does, and make it raw: no echo, no line editing.
  const holder = spawn("sh", ["-c", "stty raw -echo && echo ready && exec sleep 1000000"], {
    encoding: null,
  });
  await new Promise<void>((resolve) => {
    const listener = holder.onData(() => {
      listener.dispose();
      resolve();
    });
  });
  let open = true;
  onBytes(holder, (bytes) => {
    if (open) peer.write(bytes);
  });
  peer.onData = (bytes) => {
    if (open && pendingBytes(holder) < MOST_PENDING) writeBytes(holder, bytes);
  };
  return {
    path: pathOf(holder),
    close() {
      // At once: the terminal itself goes a moment later.
      open = false;
      holder.kill("SIGKILL");
    },
  };
}

/** What an interpreter has: bytes of Storage, and variables. */
export interface Room {
  storage: number;
  variables: number;
}

const rooms = new Map<string, Room>();

/** A binary's, which it tells on its console; asked once. */
export async function interpreterRoom(binary: string): Promise<Room> {
  const known = rooms.get(binary);
  if (known) return known;
  const probe = await startInterpreter({ binary });
  try {
    const storage = Number(await probe.evaluate("process.env.STORAGE"));
    const room = { storage, variables: Number(await probe.evaluate("process.memory().total")) };
    rooms.set(binary, room);
    return room;
  } finally {
    await probe.stop();
  }
}

async function writeStorage(
  binary: string,
  directory: string,
  storage: Record<string, string>,
): Promise<void> {
  const { storage: length } = await interpreterRoom(binary);
  const flash = openFlashFile(join(directory, "espruino.flash"), {
    start: FLASH_START,
    length,
    pageSize: PAGE_BYTES,
  });
  const area = { flash, start: FLASH_START, end: FLASH_START + length, swapBytes: 0, print: () => {} };
  for (const [name, content] of Object.entries(storage)) writeFile(area, name, fromBytes(content));
  flash.close();
}

/** Starts the interpreter; resolves when its console answers. */
export async function startInterpreter(options: InterpreterOptions): Promise<Interpreter> {
  const directory = options.directory ?? mkdtempSync(join(tmpdir(), "espruino-"));
  mkdirSync(directory, { recursive: true });
  if (options.storage) await writeStorage(options.binary, directory, options.storage);

  const terminal = spawn("sh", ["-c", START, resolve(options.binary)], {
    cwd: directory,
    encoding: null,
    cols: 10_000,
  });
  const waiting = new Map<string, (json: string) => void>();
  let pending = "";
  let count = 0;

  let attached: SerialPeer | undefined;
  onBytes(terminal, (bytes) => {
    attached?.write(bytes);
    const lines = (pending + bytes).split("\n");
    pending = lines.pop() as string;
    for (const raw of lines) {
      // The prompt, and what the console draws around it, are no output.
      // biome-ignore lint/suspicious/noControlCharactersInRegex: they are the terminal's
      const line = raw.replace(/\x1b\[[0-9;?]*[A-Za-z]|[\r\x08\x10]/g, "").replace(/^(>|\s)+/, "");
      const answer = /^<<(\d+):(.*)>>$/.exec(line);
      if (answer) waiting.get(answer[1] as string)?.(answer[2] as string);
      else if (line) options.print?.(line);
    }
  });
  const ended = new Promise<number>((resolve) => {
    terminal.onExit(({ exitCode }) => resolve(exitCode));
  });

  async function evaluate(expression: string, timeout_ms = EVALUATION_TIMEOUT_MS): Promise<unknown> {
    const id = String(++count);
    let timer: NodeJS.Timeout | undefined;
    try {
      const json = await new Promise<string>((resolve, reject) => {
        waiting.set(id, resolve);
        timer = setTimeout(() => {
          // Its input thread now and then loses a byte when the machine is busy: the next line must not continue this one.
          writeBytes(terminal, ERASE_LINE);
          reject(new Error(`no answer to ${expression}`));
        }, timeout_ms);
        // Echo off for the line; the marks are apart, so that an echo would not be taken for the answer.
        writeBytes(terminal, `\x10print("<"+"<${id}:"+JSON.stringify(${expression})+">"+">")\n`);
      });
      return json === "undefined" ? undefined : JSON.parse(json);
    } finally {
      clearTimeout(timer);
      waiting.delete(id);
    }
  }

  const interpreter: Interpreter = {
    evaluate: (expression) => evaluate(expression),
    ended,
    directory,
    async stop() {
      terminal.kill("SIGKILL");
      await ended;
      if (!options.directory) rmSync(directory, { recursive: true, force: true });
    },
  };
  let gone = false;
  // Bytes typed before the console is up are lost.
  await new Promise((resolve) => setTimeout(resolve, 300));
  const endsEarly = ended.then((code) => {
    gone = true;
    throw new Error(`it ended by itself, with code ${code}`);
  });
  try {
    for (let tries = START_TRIES; ; tries--) {
      try {
        await Promise.race([evaluate("1", START_TIMEOUT_MS), endsEarly]);
        break;
      } catch (failure) {
        if (tries <= 1 || gone) throw failure;
      }
    }
  } catch (error) {
    await interpreter.stop();
    throw error;
  }
  endsEarly.catch(() => {});
  attached = options.console;
  if (attached) attached.onData = (bytes) => writeBytes(terminal, bytes);
  return interpreter;
}
