import { type Command, parseCommandLine } from "./command.ts";
import type { Core } from "./core.ts";
import { cmeText } from "./errors.ts";

/** How a command answers. One of `ok`, `error`, `final`, `collect`, `silent` ends it; until then the port is blocked. */
export interface Reply {
  /** An information line; may hold raw bytes. */
  info(line: string): void;
  ok(): void;
  /** `+CME ERROR` with this number, in the form CMEE asks for; without number a plain ERROR. */
  error(cme?: number): void;
  /** Another final result: SEND OK. */
  final(text: string): void;
  /** Prompts for raw bytes; the command then goes on in `done`, with this reply. */
  collect(request: PayloadRequest): void;
  /** Never answers. `dead`: nor does anything after it. */
  silent(dead?: boolean): void;
}

export interface PayloadRequest {
  prompt: string;
  /** Absent: up to 0x1A; 0x1B cancels. */
  length?: number;
  timeout_ms: number;
  /** The timeout counts from the last byte, not from the prompt. */
  patient?: boolean;
  /** After each 1,024 bytes it says `A`. */
  acknowledges?: boolean;
  echo: boolean;
  done(data: string, ended: "complete" | "cancelled" | "timeout"): void;
}

export type Handler = (command: Command, reply: Reply) => void;
export type Commands = Record<string, Handler>;

export interface Interpreter {
  receive(bytes: string): void;
  /** Forgets everything half done: power-off or reset. */
  reset(): void;
  /** Application not ready: everything but AT is answered by ERROR. */
  ready: boolean;
}

const CTRL_Z = "\x1a";
const ESC = "\x1b";
/** The longest command line, and the most the module keeps of what comes while it is busy. */
const LONGEST_LINE = 1600;
const INPUT_BUFFER = 4096;
const BLOCKED_POLL_MS = 500;
/** Of the acknowledgements in an upload. */
const BLOCK_BYTES = 1024;

/** The module's end of the AT port: echo, line editing, `;` lines, result codes, payloads by count. */
export function createInterpreter(core: Core, commands: Commands): Interpreter {
  let input = "";
  let line = "";
  let echo = "";
  let busy = false;
  let payload: (PayloadRequest & { data: string; timer: unknown }) | undefined;

  function pump(): void {
    while (input !== "" && (payload || !busy)) {
      if (payload) takePayload(payload);
      else {
        const char = input.charAt(0);
        input = input.slice(1);
        take(char);
      }
    }
    flushEcho();
    if (input.length > INPUT_BUFFER) {
      core.transcript.note(`input overrun: ${input.length - INPUT_BUFFER} bytes lost`);
      input = input.slice(0, INPUT_BUFFER);
    }
  }

  function flushEcho(): void {
    const bytes = echo;
    echo = "";
    core.send(bytes);
  }

  function take(char: string): void {
    if (char === "\n") return;
    if (core.profile.echo) echo += char;
    if (char === "\b") line = line.slice(0, -1);
    else if (char !== "\r") line += char;
    if (line.length > LONGEST_LINE) {
      core.transcript.note("command line too long: dropped");
      line = "";
    }
    if (char !== "\r") return;
    const text = line;
    line = "";
    flushEcho();
    execute(text);
  }

  function execute(text: string): void {
    const start = text.toUpperCase().indexOf("AT");
    if (start < 0) {
      if (text.trim() !== "") core.transcript.note(`not a command: ${text}`);
      return;
    }
    if (start > 0) core.transcript.note(`ignored before AT: ${text.slice(0, start)}`);
    busy = true;
    const parsed = parseCommandLine(text.slice(start + 2));
    if (parsed) run(parsed, 0, "");
    else finish("", "ERROR");
  }

  function run(line: Command[], index: number, before: string): void {
    const command = line[index];
    if (!command) {
      finish(before, "OK");
      return;
    }
    const { name } = command;
    const infos: string[] = [];
    const collected = () => before + (infos.length > 0 ? `\r\n${infos.join("\r\n")}\r\n` : "");
    const reply: Reply = {
      info: (text) => infos.push(text),
      ok: () => run(line, index + 1, collected()),
      error: (cme) => {
        core.tell({ what: "failed", name });
        finish(collected(), errorText(cme));
      },
      final: (text) => {
        if (text !== "SEND OK") core.tell({ what: "failed", name });
        finish(collected(), text);
      },
      collect: (request) => collect(collected(), request),
      silent: (dead) => {
        busy = dead === true;
        pump();
      },
    };
    if (core.faults.muted.has(name) || core.chance(core.faults.mute)) {
      core.transcript.note(`fault: no answer to AT${name}`);
      core.tell({ what: "silent", name });
      reply.silent();
      return;
    }
    if (core.faults.blocking.has(name)) {
      core.transcript.note(`fault: AT${name} blocks the port`);
      core.tell({ what: "silent", name });
      blocked(command, reply);
      return;
    }
    dispatch(command, reply);
  }

  /** Waits, the port busy, until the fault is over. */
  function blocked(command: Command, reply: Reply): void {
    if (core.faults.blocking.has(command.name)) core.after(BLOCKED_POLL_MS, () => blocked(command, reply));
    else dispatch(command, reply);
  }

  function dispatch(command: Command, reply: Reply): void {
    core.tell({ what: "command", name: command.name });
    const handler = commands[command.name];
    if (handler && (interpreter.ready || command.name === "")) handler(command, reply);
    else reply.error();
  }

  function errorText(cme: number | undefined): string {
    if (cme === undefined || core.profile.cmee === 0) return "ERROR";
    return `+CME ERROR: ${core.profile.cmee === 2 ? (cmeText[cme] ?? "unknown error") : cme}`;
  }

  function finish(infos: string, result: string): void {
    core.after(core.times.answer_ms, () => {
      const { verbose, quiet } = core.profile;
      const numeric = result === "OK" ? "0\r" : result === "ERROR" ? "4\r" : `\r\n${result}\r\n`;
      busy = false;
      core.send(infos + (quiet ? "" : verbose ? `\r\n${result}\r\n` : numeric));
      pump();
    });
  }

  function collect(infos: string, request: PayloadRequest): void {
    core.after(core.times.answer_ms, () => {
      const early = input.replace(/^\n/, "");
      if (early !== "") core.transcript.note(`${early.length} bytes before the prompt: lost`);
      input = "";
      core.send(infos + request.prompt);
      payload = { ...request, data: "", timer: core.after(request.timeout_ms, () => endPayload("timeout")) };
    });
  }

  function takePayload(current: NonNullable<typeof payload>): void {
    const missing = (current.length ?? Number.POSITIVE_INFINITY) - current.data.length;
    const open = current.length === undefined;
    const end = open ? [...input].findIndex((char) => char === CTRL_Z || char === ESC) : -1;
    const count = Math.min(missing, end < 0 ? input.length : end);
    const taken = input.slice(0, count);
    const blocks = Math.floor(current.data.length / BLOCK_BYTES);
    current.data += taken;
    if (current.acknowledges) core.send("A".repeat(Math.floor(current.data.length / BLOCK_BYTES) - blocks));
    if (current.patient) {
      core.cancel(current.timer);
      current.timer = core.after(current.timeout_ms, () => endPayload("timeout"));
    }
    if (current.echo) echo += taken;
    const terminator = end < 0 ? "" : input.charAt(end);
    input = input.slice(count + terminator.length);
    if (terminator === ESC) endPayload("cancelled");
    else if (terminator === CTRL_Z || current.data.length === current.length) endPayload("complete");
  }

  function endPayload(how: "complete" | "cancelled" | "timeout"): void {
    const ended = payload;
    if (!ended) return;
    core.cancel(ended.timer);
    payload = undefined;
    flushEcho();
    if (how === "timeout") core.transcript.note(`payload timeout after ${ended.data.length} bytes`);
    ended.done(ended.data, how);
  }

  const interpreter: Interpreter = {
    ready: true,
    receive(bytes) {
      if (busy && !payload) {
        core.transcript.note("sent while a command runs");
        core.tell({ what: "silent", name: bytes.trim() });
      }
      input += bytes;
      pump();
    },
    reset() {
      input = "";
      line = "";
      echo = "";
      busy = false;
      payload = undefined;
    },
  };
  return interpreter;
}
