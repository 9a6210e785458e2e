/** What is said between the user and a board's console. */
import type { Device } from "../device/device.ts";
import { createConsoleLines } from "./console-lines.ts";
import type { LogFile } from "./log-file.ts";
import { createMqttTrace } from "./mqtt-trace.ts";
import { type CodeMap, createStackTraces } from "./stack-trace.ts";
import { readTrace, showTrace, type Traced } from "./trace.ts";

export interface ConversationOptions {
  device: Device;
  /** Shows a line to the user. */
  show(line: string): void;
  log?: LogFile | undefined;
  /** For the places of stack traces. */
  code?: CodeMap | undefined;
  now?: () => Date;
}

export interface Conversation {
  readonly device: Device;
  /** Goes on with another connection to the same board. */
  attach(device: Device): void;
  /** Runs source as typed at the board's own REPL; shows its value or error. Resolves when the board is done with it. */
  run(source: string): Promise<void>;
  /** Does something else when what was asked before is done. */
  after(action: () => void | Promise<void>): Promise<void>;
  /** Something that was asked to run still does. */
  readonly busy: boolean;
  /** Breaks what runs: what was asked for, or a callback that does not return. A board that is idle hears nothing of it. */
  interrupt(): void;
  /** Shows the modem's lines, or the MQTT packets in them, or no longer. */
  trace(kind: Trace, on: boolean): Promise<void>;
  /** False: what the board says by itself is kept for `recent`, and not shown. */
  listening: boolean;
  /** The last lines of the board, with the time. */
  recent(count: number): string[];
  /** Puts the board back to how it was. */
  end(): Promise<void>;
}

export type Trace = "at" | "mqtt";

const KEPT_LINES = 500;
/** A board that restarts loses what it was sent: the mark is asked for again. */
const MARK_AGAIN_MS = 3000;
const MARK_TRIES = 5;
/** Prints a line that nobody is shown, when the board is done with what it was sent before. */
const markLine = (id: number): string => `\x10print("\\x02${id}")\n`;
// biome-ignore lint/suspicious/noControlCharactersInRegex: no text of a program's begins with it
const MARK = /^\x02(\d+)$/;
const CTRL_C = "\x03";
/** A board that says nothing for so long is busy. */
const BUSY_MS = 500;
/** What runs has ended this long after Ctrl-C, or has not heard it. */
const AGAIN_MS = 2000;
/** Where an interpreter with a debugger is after Ctrl-C; another one ends the program. */
const DEBUGGER = "debug>";
/** The interpreter prints a stack trace in one go. */
const HELD_MS = 100;

/** Of a text; all of it in quotes would need as much memory again. */
const SHOWN_CHARACTERS = 400;
/** Shows a value as the board's REPL does: `=` and the value. */
const SHOW = `(function(v){typeof v=="string"?print("="+JSON.stringify(v.substr(0,${SHOWN_CHARACTERS}))+(v.length>${SHOWN_CHARACTERS}?"... "+v.length+" characters":"")):print("=",v)})`;
/** A value's function on a line of its own; those of the firmware are longer than a screen. */
const LONG_FUNCTION = /(function [^ ]*\([^)]*\)) ?\{.{80,}\}(, *)?$/;

/** A text as a literal in ASCII, its bytes those of UTF-8, as a terminal sends them. */
function literal(text: string): string {
  return JSON.stringify(Buffer.from(text, "utf8").toString("latin1")).replace(
    /[\x7f-\xff]/g,
    (character) => `\\x${character.charCodeAt(0).toString(16).padStart(2, "0")}`,
  );
}

export function createConversation(options: ConversationOptions): Conversation {
  const { show, log, code, now = () => new Date() } = options;
  let device = options.device;
  let stopListening = (): void => {};
  const kept: { time: Date; line: string }[] = [];
  const traces = createStackTraces(code);
  let mqtt = createMqttTrace();
  /** Undefined: the user said nothing about it, and what comes is shown. */
  const wanted: { at: boolean | undefined; mqtt: boolean } = { at: undefined, mqtt: false };
  let heldTimer: NodeJS.Timeout | undefined;
  let busyTimer: NodeJS.Timeout | undefined;
  let runs = 0;
  /** The last mark that came. */
  let seen = 0;
  let said = "";
  let interrupting = false;
  let queue: Promise<void> = Promise.resolve();
  let current: { mark: string; done: () => void; answered: boolean } | undefined;
  let listening = true;

  function keep(line: string): void {
    log?.write(line);
    kept.push({ time: now(), line });
    if (kept.length > KEPT_LINES) kept.shift();
  }

  function say(line: string): void {
    keep(line);
    // An answer is shown in any case.
    if (listening || current) show(line);
  }

  function takeTrace(traced: Traced): void {
    const line = showTrace(traced);
    const packets = mqtt(traced);
    keep(line);
    if (wanted.at ?? !wanted.mqtt) show(line);
    if (wanted.mqtt) packets.forEach(show);
  }

  const feed = createConsoleLines((line) => {
    if (current && line === current.mark) {
      for (const held of traces.flush()) say(held);
      current.done();
      return;
    }
    // Or one that came too late.
    const mark = MARK.exec(line);
    if (mark) {
      seen = Number(mark[1]);
      return;
    }
    const traced = readTrace(line);
    if (traced) return takeTrace(traced);
    if (current && !current.answered && line.startsWith("= ")) {
      current.answered = true;
      line = `=${line.slice(2)}`;
    }
    if (current?.answered) line = line.replace(LONG_FUNCTION, "$1 { ... }$2");
    for (const ready of traces.feed(line)) say(ready);
    clearTimeout(heldTimer);
    heldTimer = setTimeout(() => traces.flush().forEach(say), HELD_MS);
  });

  function attach(next: Device): void {
    stopListening();
    device = next;
    mqtt = createMqttTrace();
    const stopFeeding = device.onData(feed);
    const stopWatching = device.onData(leaveDebugger);
    stopListening = () => {
      stopFeeding();
      stopWatching();
    };
  }
  attach(device);

  function sendCtrlC(): void {
    said = "";
    interrupting = true;
    device.write(CTRL_C);
  }

  function leaveDebugger(bytes: string): void {
    if (!interrupting) return;
    // Not at the end: what was sent meanwhile is read there too.
    said += bytes;
    if (!said.includes(DEBUGGER)) return;
    interrupting = false;
    device.write(CTRL_C);
  }

  /** Not to an idle board: Espruino for Linux ends at the second Ctrl-C. */
  function interrupt(): void {
    clearTimeout(busyTimer);
    const asked = current;
    if (asked) {
      sendCtrlC();
      // One that came before the program began is forgotten.
      busyTimer = setTimeout(() => {
        if (current === asked) interrupt();
      }, AGAIN_MS);
      return;
    }
    const id = ++runs;
    device.write(markLine(id));
    busyTimer = setTimeout(() => {
      if (seen < id) sendCtrlC();
    }, BUSY_MS);
  }

  async function runNow(source: string): Promise<void> {
    const id = ++runs;
    const mark = markLine(id);
    let again: NodeJS.Timeout | undefined;
    let tries = 0;
    await new Promise<void>((done) => {
      current = { mark: `\x02${id}`, done, answered: false };
      device.write(`\x10${SHOW}(eval(${literal(source)}))\n${mark}`);
      again = setInterval(() => {
        if (++tries < MARK_TRIES) device.write(mark);
        else clearInterval(again);
      }, MARK_AGAIN_MS);
      void device.closed.then(done);
    });
    clearInterval(again);
    current = undefined;
  }

  function after(action: () => void | Promise<void>): Promise<void> {
    queue = queue.then(action).catch((error: Error) => show(error.message));
    return queue;
  }

  async function debug(on: boolean): Promise<void> {
    const is = await device.evaluate(`typeof tracker=="object"?(tracker.debug(${on ? 1 : 0}),1):0`);
    if (!is && on) show("there is no tracker on this board, so no trace");
  }

  return {
    get device() {
      return device;
    },
    attach,
    run: (source) => after(() => runNow(source)),
    after,
    get busy() {
      return current !== undefined;
    },
    interrupt,
    async trace(kind, on) {
      if (kind === "mqtt" && on && !wanted.mqtt) mqtt = createMqttTrace();
      wanted[kind] = on;
      await debug(Boolean(wanted.at) || wanted.mqtt);
    },
    get listening() {
      return listening;
    },
    set listening(on) {
      listening = on;
    },
    recent: (count) =>
      kept.slice(-count).map(({ time, line }) => `${time.toISOString().slice(11, 19)}  ${line}`),
    async end() {
      clearTimeout(heldTimer);
      clearTimeout(busyTimer);
      traces.flush().forEach(say);
      if (wanted.at || wanted.mqtt) await debug(false).catch(() => {});
      stopListening();
    },
  };
}
