/** Opens a board's console and speaks with the interpreter on it. */
import { crc32 } from "node:zlib";
import { type Answer, createAnswerFilter, question } from "./answers.ts";
import {
  type Address,
  type BoardEnv,
  type Device,
  DeviceError,
  EvaluationError,
  SilentError,
} from "./device.ts";
import { connectTools, type ToolsConnection } from "./espruino-tools.ts";
import { DEFAULT_BAUD, type Link, serialLink, tcpLink } from "./link.ts";
import { versionNumber } from "./version.ts";

export interface OpenTimes {
  /** How long the board has to say who it is; and once more after Ctrl-C. */
  answer_ms?: number;
}

const ANSWER_MS = 3000;
const EVALUATE_MS = 10_000;
/** The interpreter takes files in binary packets from here on. */
const PACKETS_SINCE = "2v25";
/** Espruino for Linux ends at a byte 4 on its console, in a packet too; what is sent in lines has none. */
const ENDS_AT_CTRL_D = /^(LINUX|RASPBERRYPI)/;
/** Storage cuts longer names without a word. */
const NAME_BYTES = 28;
/** Flash is written in words; what is not written yet reads so. */
const WORD_BYTES = 4;
const ERASED = "\xff";
const ERASE_LINE = "\x1b[2H";
const CTRL_C = "\x03";
/** Where an interpreter with a debugger is after Ctrl-C in a program that runs. */
const DEBUGGER = /debug>\s*$/;

/**
 * Opens the console and reads `process.env`. A running program is left alone unless the interpreter does not answer:
 * then Ctrl-C. Throws `DeviceError`: no such port, busy, no permission, not Espruino, nothing answers.
 */
export async function openDevice(
  address: Address,
  { answer_ms = ANSWER_MS }: OpenTimes = {},
): Promise<Device> {
  if ((address.port === undefined) === (address.tcp === undefined))
    throw new DeviceError("either a serial port or a TCP address is needed");
  const link =
    address.tcp !== undefined ? tcpLink(address.tcp) : serialLink(address.port as string, address.baud);
  const session = await openSession(link);
  try {
    const env = await identify(session, address, answer_ms);
    return deviceOf(session, env);
  } catch (error) {
    await session.close();
    throw error;
  }
}

/** A console on which questions can be asked. */
interface Session {
  name: string;
  tools: ToolsConnection;
  /** Undefined: no answer in time. Throws `DeviceError` when the connection is lost. */
  ask(expression: string, timeout_ms: number): Promise<Answer | undefined>;
  /** Whatever comes first: the promise, or the loss of the connection, which throws. */
  orLost<T>(promise: Promise<T>): Promise<T>;
  onData(listener: (bytes: string) => void): () => void;
  closed: Promise<void>;
  close(): Promise<void>;
}

async function openSession(link: Link): Promise<Session> {
  const listeners = new Set<(bytes: string) => void>();
  const waiting = new Map<number, (answer: Answer) => void>();
  // So that what an earlier session asked is not taken for ours.
  const mark = `${Math.random().toString(36).slice(2, 6)}:`;
  const filter = createAnswerFilter(mark, (answer) => waiting.get(answer.id)?.(answer));
  const tell = (bytes: string): void => {
    if (bytes) for (const listener of [...listeners]) listener(bytes);
  };
  let questions = 0;
  let closing = false;
  let open = true;
  let gone = (): void => {};
  const closed = new Promise<void>((resolve) => {
    gone = resolve;
  });
  const lost = closed.then(() => {
    throw new DeviceError(
      closing
        ? `${link.name}: closed`
        : `${link.name}: connection lost; was the board unplugged or switched off?`,
    );
  });
  // Nobody need be waiting for it.
  lost.catch(() => {});

  const tools = await connectTools(link, {
    data: (bytes) => tell(filter.feed(bytes)),
    gone() {
      open = false;
      tell(filter.rest());
      gone();
    },
  });
  const orLost = <T>(promise: Promise<T>): Promise<T> => Promise.race([promise, lost]);

  return {
    name: link.name,
    tools,
    orLost,
    closed,
    async ask(expression, timeout_ms) {
      const id = ++questions;
      let timer: NodeJS.Timeout | undefined;
      const answer = new Promise<Answer | undefined>((resolve) => {
        waiting.set(id, resolve);
        timer = setTimeout(() => resolve(undefined), timeout_ms);
      });
      try {
        if (open) void tools.write(question(mark, id, expression));
        return await orLost(answer);
      } finally {
        clearTimeout(timer);
        waiting.delete(id);
      }
    },
    onData(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    async close() {
      closing = true;
      if (open) tools.close();
      await closed;
    },
  };
}

async function identify(session: Session, address: Address, answer_ms: number): Promise<BoardEnv> {
  let heard = "";
  const stop = session.onData((bytes) => {
    heard += bytes;
  });
  const began_ms = Date.now();
  try {
    // What was left half typed is taken back.
    void session.tools.write(ERASE_LINE);
    let answer = await session.ask("process.env", answer_ms);
    if (!answer) {
      void session.tools.write(CTRL_C);
      answer = await session.ask("process.env", answer_ms);
    }
    if (!answer && DEBUGGER.test(heard)) {
      void session.tools.write(CTRL_C);
      answer = await session.ask("process.env", answer_ms);
    }
    const env = answer?.json === undefined ? undefined : (JSON.parse(answer.json) as Partial<BoardEnv>);
    if (typeof env?.BOARD === "string" && typeof env.VERSION === "string") return env as BoardEnv;
    throw silence(session.name, address, heard);
  } catch (error) {
    if (
      address.tcp !== undefined &&
      !heard &&
      Date.now() - began_ms < answer_ms &&
      error instanceof DeviceError
    )
      throw new DeviceError(
        `${session.name}: closed the connection at once; is another program connected to it?`,
      );
    throw error;
  } finally {
    stop();
  }
}

/** Why no interpreter answered, by what came instead. */
function silence(name: string, { tcp, baud = DEFAULT_BAUD }: Address, heard: string): DeviceError {
  const speed = tcp !== undefined ? "" : ` at ${baud} baud (--baud: a RAK8212's UART speaks 9600)`;
  if (!heard)
    return new SilentError(
      `${name}: nothing answers${speed}; is the board on, Espruino on it, and its console on this port?`,
    );
  if (/^(ERROR|OK|\+CM[ES] ERROR.*)\r?$/m.test(heard))
    return new DeviceError(
      `${name}: this looks like the modem's AT port, not the board's console; try the other ports`,
    );
  if (/Password:|Unlock/.test(heard))
    return new DeviceError(
      `${name}: the board's console is locked with a password (E.setPassword); unlock it in a terminal first`,
    );
  return new DeviceError(`${name}: what answers${speed} is not Espruino, or it is too busy to listen`);
}

const SHOWN = 60;

/** An expression in a message: its start, without what is in long texts, for that may be a key or settings. */
function shown(expression: string): string {
  const discreet = expression.replace(/"(?:[^"\\]|\\.){20,}("|$)/g, '"…"');
  return discreet.length > SHOWN ? `${discreet.slice(0, SHOWN)}…` : discreet;
}

function deviceOf(session: Session, env: BoardEnv): Device {
  const { name, tools } = session;
  /** One thing at a time: the console has one line to type on. */
  let last: Promise<unknown> = Promise.resolve();
  function inTurn<T>(action: () => Promise<T>): Promise<T> {
    const next = last.then(action);
    last = next.catch(() => {});
    return next;
  }

  async function evaluate(expression: string, timeout_ms = EVALUATE_MS): Promise<unknown> {
    const answer = await session.ask(expression, timeout_ms);
    if (!answer) {
      // If a byte was lost, what is asked next must not continue this line.
      void tools.write(ERASE_LINE);
      const said = shown(expression);
      throw new DeviceError(
        `${name}: no answer to ${said} in ${timeout_ms / 1000} s; is the board hung? Reset it.`,
      );
    }
    if (answer.thrown !== undefined) throw new EvaluationError(answer.thrown);
    return answer.json === "undefined" ? undefined : JSON.parse(answer.json as string);
  }

  /**
   * `.bootcde` runs at the start as far as it goes, so it is left open until all the rest is there and right: of the first
   * word only the first byte is written, for with a write at 0 Storage makes a file anew. Behind one character the erased
   * rest of that word ends the code for Espruino's lexer. The word is then completed; an nRF52840 allows it two writes.
   */
  async function upload(file: string, bytes: string, onProgress: (done: number, total: number) => void) {
    if (!bytes.length) throw new DeviceError(`${file}: nothing to write; Storage has no empty files`);
    if (!file || file.length > NAME_BYTES)
      throw new DeviceError(`${file}: a name in Storage has 1 to ${NAME_BYTES} characters`);
    const last = bytes.slice(1, WORD_BYTES);
    const open = bytes.slice(0, 1) + ERASED.repeat(last.length) + bytes.slice(WORD_BYTES);
    let heard = "";
    const stop = session.onData((text) => {
      heard += text;
    });
    try {
      onProgress(0, bytes.length);
      if (versionNumber(env.VERSION) >= versionNumber(PACKETS_SINCE) && !ENDS_AT_CTRL_D.test(env.BOARD))
        await sendPackets(file, open, onProgress);
      else await sendLines(file, open, onProgress);
      await checkStored(file, open, () => heard);
      if (last) await evaluate(`require("Storage").write(${JSON.stringify(file)},atob("${btoa(last)}"),1)`);
      await checkStored(file, bytes, () => heard);
      onProgress(bytes.length, bytes.length);
    } finally {
      stop();
    }
  }

  /** Throws `DeviceError` when the file is not what was sent, by length and checksum. */
  async function checkStored(file: string, bytes: string, heard: () => string): Promise<void> {
    const stored = await evaluate(
      `(function(f){return f===undefined?[0]:[f.length,E.CRC32(f)]})(require("Storage").read(${JSON.stringify(file)}))`,
    );
    const [length, checksum] = stored as [number, number?];
    if (length === bytes.length && (checksum as number) >>> 0 === crc32(Buffer.from(bytes, "latin1"))) return;
    // The interpreter acknowledges a packet even when Storage could not take it; then it says why.
    const reason = /Uncaught (.*)/.exec(heard())?.[1]?.trim();
    throw new DeviceError(
      `${name}: ${file} is not in Storage as it was sent${reason ? `: ${reason}` : ""}; is Storage full?`,
    );
  }

  async function sendPackets(file: string, bytes: string, onProgress: (done: number, total: number) => void) {
    const sent = tools.sendFile(file, bytes, (done) => onProgress(done, bytes.length));
    // EspruinoTools rejects with plain strings.
    await session.orLost(sent).catch((error: unknown) => {
      if (error instanceof DeviceError) throw error;
      throw new DeviceError(`${name}: the board did not take all of ${file}: ${String(error)}; try again`);
    });
  }

  async function sendLines(file: string, bytes: string, onProgress: (done: number, total: number) => void) {
    const lines = tools.uploadLines(file, bytes);
    for (const [index, line] of lines.entries()) {
      await evaluate(line);
      onProgress(Math.floor((bytes.length * (index + 1)) / lines.length), bytes.length);
    }
  }

  return {
    name,
    env,
    evaluate: (expression, timeout_ms) => inTurn(() => evaluate(expression, timeout_ms)),
    write(bytes) {
      void tools.write(bytes);
    },
    upload: (file, bytes, onProgress = () => {}) => inTurn(() => upload(file, bytes, onProgress)),
    onData: session.onData,
    closed: session.closed,
    close: session.close,
  };
}
