/**
 * The AT channel to the one modem: one command in flight, the others wait behind it, each with its own time limit.
 * Bytes come in any pieces. Clauses: Quectel BG96 AT Commands Manual (AT), TCP/IP Application Note (TCP).
 *
 *   idle ──command()──► in flight ──final result──► the next one, or idle
 *                          │ its time is over
 *                          ▼
 *                       asking AT ──any final result──► settling ──quiet for 500 ms──► NoAnswer; the next one
 *                          │ three AT without any
 *                          ▼
 *                       silent: all that wait get ModemSilent
 *
 * A late answer must not become the next command's: that is what asking and settling are for.
 */
import { dtr, HAS_DTR } from "#board";
import { decimal } from "../decimal.ts";
import { Reason } from "../reason.ts";
import type { SerialPort } from "./serial-port.ts";

/** Espruino's, for the trace. */
declare function print(direction: string, text: string): void;

/**
 * How a command ended, and its information lines. `reason` is None for OK and SEND OK, the number of a `+CME ERROR` or
 * `+CMS ERROR`, or ModemError, SendFailed, NoAnswer, ModemSilent, ModemRestarted, ModemPoweredDown. A pause ends with None.
 */
export type Done = (reason: Reason, lines: string[]) => void;

interface Command {
  /** "": a pause. */
  text_: string;
  done_: Done | 0 | undefined;
  limit_ms_: number;
  payload_: string | 0 | undefined;
}

/** What the channel needs of the modem it belongs to. */
export interface Channel {
  port_: SerialPort;
  /** 1: what goes out (">") and comes in ("<") is printed, for debugging. */
  trace_?: number;
  /** Gets each line that is no answer. True: it is one that a modem says by itself, and no bare answer. */
  urc_(line: string): boolean;
  /** The modem answers nothing any more. */
  silent_(): void;
}

const enum Limit {
  /** What may wait before commands by hand are refused; the firmware's own are one a part. */
  Queue = 8,
  /** AT+COPS=? and the like (AT 6.2). */
  Hand_ms = 180000,
  /** The most that AT+QIRD gives (TCP 2.1.8). */
  Payload = 1500,
  /** What may be kept of a line without end; a payload must fit. */
  Buffer = 1600,
  /** Lines kept of one answer. */
  Lines = 32,
  /** Nothing was asked for so long: it may sleep; and from DTR's fall to its waking: 50 to 100 ms, no manual says. */
  Hush_ms = 2000,
  Wake_ms = 100,
  /** How many AT look for a modem that did not answer in time, and how long each waits. */
  Probes = 3,
  Probe_ms = 2000,
  /** The late answer and those to AT are all in when nothing came for so long after one of them. */
  Quiet_ms = 500,
  /** From the payload to SEND OK (TCP 2.1.7). */
  Send_ms = 120000,
}

/** What becomes of a command whose time is over. */
const enum Search {
  /** None is. */
  Off,
  /** AT went out. */
  Asking,
  /** Something was answered; the rest of it may still come. */
  Settling,
}

let modem: Channel;
/** The first is in flight. */
export const queue: Command[] = [];
/** The text of the command in flight; "" in a pause or when there is none. */
let sent = "";
/** What that still has to send at the prompt. */
let payload: string | 0 | undefined;
/** Its answer so far. */
let lines: string[] = [];
/** Runs while there is one. */
let timer: ReturnType<typeof setTimeout> | 0 | undefined;
/** Received and not yet a line. */
let buffer = "";
/** Payload bytes the modem owes: taken by count, whatever they hold. */
let owed = 0;
let search = Search.Off;
/** How many AT went out. */
let probes = 0;
/**
 * Of a board with DTR: until the modem may sleep (AT+QSCLK, AT 11.5); and 1: it may, and hears nothing. So it is from the start
 * on, as the pin was let go of by a reset, and the modem pulls it up (BG96 Hardware Design, pin DTR).
 */
let hush: ReturnType<typeof setTimeout> | 0 = 0;
let hushed: 0 | 1 = HAS_DTR ? 1 : 0;

/** Takes from now on what comes from the modem; nothing is sent. Once only. */
export function listen<C extends Channel>(channel: C): C {
  modem = channel;
  channel.port_.on("data", receive);
  return channel;
}

/** Whether `text` begins so. */
export function begins(text: string, start: string): boolean {
  return text.substr(0, start.length) === start;
}

/** Sends, if there is something to send; the time of the command in flight is then over in `ms`, 0: there is none. */
function send(bytes: string, ms: number): void {
  if (timer) clearTimeout(timer);
  timer = ms && setTimeout(timeOver, ms);
  if (bytes) {
    if (modem.trace_) print(">", JSON.stringify(bytes));
    modem.port_.write(bytes);
  }
}

/**
 * Sends `text` when its turn comes; an empty one is a pause. `done` gets the reason (None: OK) and the lines, once, never
 * from inside this call. `data` goes out, whole, at the prompt. Without a limit it is a command by hand: it may take three
 * minutes, and is refused, false, when too many wait.
 */
export function command(text: string, done?: Done | 0, limit_ms?: number, data?: string | 0): boolean {
  if (!limit_ms && queue.length >= Limit.Queue) return false;
  queue.push({ text_: text, done_: done, limit_ms_: limit_ms || Limit.Hand_ms, payload_: data });
  if (queue.length === 1) {
    if (HAS_DTR) wakeByDtr();
    start();
  }
  return true;
}

/** Before something is sent. A modem that may sleep gets a moment first. */
function wakeByDtr(): void {
  if (hush) clearTimeout(hush);
  hush = 0;
  if (!hushed) return;
  hushed = 0;
  dtr(0);
  queue.unshift({ text_: "", done_: 0, limit_ms_: Limit.Wake_ms, payload_: 0 });
}

/** The modem is off, or in PSM: DTR is low until it is wanted, not to feed it. */
export function restDtr(): void {
  if (!HAS_DTR) return;
  if (hush) clearTimeout(hush);
  hush = hushed = 0;
  dtr(0);
}

function sleepByDtr(): void {
  hush = 0;
  hushed = 1;
  dtr(1);
}

/** Puts the first of the queue in flight. */
function start(): void {
  const first = queue[0];
  lines = [];
  search = Search.Off;
  probes = 0;
  sent = first ? first.text_ : "";
  payload = first && first.payload_;
  send(sent && sent + "\r", first ? first.limit_ms_ : 0);
}

/** Ends the first `count` commands, starts the next, then tells those that ended. */
function finish(count: number, reason: Reason): void {
  const ended = queue.splice(0, count);
  const answer = lines;
  start();
  if (HAS_DTR && !queue.length && !hush) hush = setTimeout(sleepByDtr, Limit.Hush_ms);
  ended.forEach(function (one) {
    if (one.done_) one.done_(reason, answer);
  });
}

/** Ends all that wait: the modem will not answer them. */
export function abandon(reason: Reason): void {
  finish(queue.length, reason);
}

/** The time is over: of a pause, of a command, of an AT, or of the quiet after them. */
function timeOver(): void {
  // Espruino gives the number of a timer that fired to the next one.
  timer = 0;
  if (owed) {
    // Bytes were lost, and what came is no line. The "?" keeps the rest from looking like a line's start.
    owed = 0;
    buffer = "?";
  }
  if (!sent) finish(1, Reason.None);
  else if (search === Search.Settling) finish(1, Reason.NoAnswer);
  else if (probes < Limit.Probes) {
    probes++;
    search = Search.Asking;
    send("AT\r", Limit.Probe_ms);
  } else {
    modem.silent_();
    abandon(Reason.ModemSilent);
  }
}

/** What a final result means; undefined: the line is none. */
function finalResult(line: string): Reason | undefined {
  if (line === "OK" || line === "SEND OK") return Reason.None;
  if (line === "ERROR") return Reason.ModemError;
  if (line === "SEND FAIL") return Reason.SendFailed;
  // With words instead of a number, as after AT+CMEE=2, and 0, "phone failure", it says no more than ERROR.
  if (begins(line, "+CME ERROR: ") || begins(line, "+CMS ERROR: "))
    return decimal(line.substr(12)) || Reason.ModemError;
  return undefined;
}

/**
 * Whether a line belongs to the answer to the command in flight: it bears its name; or none, as that to AT+CGSN, and is
 * neither what a modem says by itself nor the echo.
 */
function isAnswer(line: string): boolean {
  if (line.charAt(0) === "+" && sent.lastIndexOf(line.split(":")[0] as string) > 0) return true;
  const urc = modem.urc_(line);
  return !urc && line.charAt(0) !== "+" && sent.indexOf("=") < 0 && line.lastIndexOf(sent) < 0;
}

/** How many bytes follow `+QIRD: n` or `+QSSLRECV: n`, be it too late for its command; 0: the line is something else. */
function payloadLength(line: string): number {
  const size = decimal(line.split("+QIRD: ")[1] || line.split("+QSSLRECV: ")[1]);
  return size && size > 0 && size <= Limit.Payload ? size : 0;
}

/** Takes any part of a line, or many lines at once. */
function receive(bytes: string): void {
  if (modem.trace_) print("<", JSON.stringify(bytes));
  buffer += bytes;
  for (;;) {
    if (payload && !owed && buffer.charAt(0) === ">") {
      // The prompt has no line end: it stays, as the start of the next line, which may be empty otherwise. The payload
      // goes out even if the connection is gone by now, or the modem would take the next command for it.
      send(payload, Limit.Send_ms);
      payload = 0;
    }
    const length = owed || buffer.indexOf("\n") + 1;
    if (!length || buffer.length < length) break;
    let text = buffer.substr(0, length);
    let answers = true;
    buffer = buffer.substr(length);
    if (owed) owed = 0;
    else {
      text = text.trim();
      owed = payloadLength(text);
      const result = finalResult(text);
      if (result !== undefined) {
        answers = false;
        if (search) {
          search = Search.Settling;
          send("", Limit.Quiet_ms);
        } else if (sent) finish(1, result);
      } else answers = text !== "" && isAnswer(text);
    }
    if (answers && lines.length < Limit.Lines) lines.push(text);
  }
  if (buffer.length > Limit.Buffer) buffer = "?";
}
