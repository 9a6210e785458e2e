/**
 * The AT channel to the one modem: one command in flight, the others wait behind it, each with its own timeout.
 * Bytes come in any pieces. Clauses: Quectel BG96 AT Commands Manual (AT), TCP/IP (TCP) and GNSS
 * Application Notes.
 */

/** Espruino's, for the trace. */
declare function print(direction: string, text: string): void;

/** A UART: Espruino's `Serial`, or a fake in tests. Bytes are strings of char codes 0–255. */
export interface SerialPort {
  write(bytes: string): void;
  on(event: "data", listener: (bytes: string) => void): void;
}

/**
 * How a command ended, and its information lines. `error` is "" for OK and SEND OK, else "ERROR", "SEND FAIL",
 * "516" for `+CME ERROR: 516` (CMS alike), "TIMEOUT": the modem lives but did not answer this, or the pause is
 * over; or a reason in words: the modem is silent, or restarted. Only these are lower case, hence > "a".
 */
export type Done = (error: string, lines: string[]) => void;

interface Command {
  text_: string;
  done_: Done;
  timeout_ms_: number;
  payload_: string | 0 | undefined;
}

/** What the channel needs of the modem it belongs to. */
export interface Channel {
  port_: SerialPort;
  /** 1: what goes out (">") and comes in ("<") is printed, for debugging. */
  trace_?: number;
  /** Gets each line that is no answer, and what is said of a silent modem; true: it is a URC. */
  urc_(line: string): unknown;
}

const enum Limit {
  /** What may wait before commands by hand are refused; the firmware's own are one a part. */
  Queue = 8,
  Hand_ms = 180000,
  /** The most that AT+QIRD gives (TCP 2.1.8). */
  Payload = 1500,
  /** What may be kept of a line without end; a payload must fit. */
  Buffer = 1600,
  Lines = 32,
  /** How many AT look for a modem that timed out, and how long each waits. */
  Tries = 3,
  Sync_ms = 2000,
  Quiet = 4,
  /** The late answer and those to AT are all in when nothing came for so long after one of them. */
  Quiet_ms = 500,
  /** From the payload to SEND OK (TCP 2.1.7). */
  Send_ms = 120000,
}

let modem: Channel;
/** The first is in flight. */
export const queue: Command[] = [];
/** Its text, "" in a pause or when nothing is in flight. */
let sent = "";
/** What it still has to send at the prompt. */
let payload: string | 0 | undefined;
/** Its answer so far. */
let lines: string[] = [];
/** Runs while there is one. */
let timer: ReturnType<typeof setTimeout> | 0 | undefined;
/** Received and not yet a line. */
let buffer = "";
/** Payload bytes the modem owes, if any: taken by count, whatever they hold. */
let owed: number;
/** 0, or how many AT went out since the command in flight timed out; Limit.Quiet: one was answered. */
let sync: number;

/** Takes from now on what comes from the modem; nothing is sent. Once only. */
export function listen<C extends Channel>(channel: C): C {
  modem = channel;
  channel.port_.on("data", receive);
  return channel;
}

/** Sends, if there is something to send, and gives the command in flight `ms` more. */
function send(bytes: string, ms: number | undefined): void {
  if (timer) clearTimeout(timer);
  timer = ms && setTimeout(finish, ms, -1);
  if (bytes) {
    if (modem.trace_) print(">", JSON.stringify(bytes));
    modem.port_.write(bytes);
  }
}

/**
 * Sends `text` when its turn comes; an empty one is a pause. `done` gets the error ("": OK) and the lines, once, never
 * from inside this call. `payload` goes out, whole, at the prompt. Without a timeout it is a command by hand: it may
 * take three minutes, and is refused, false, when too many wait.
 */
export function command(text: string, done?: Done | 0, timeout_ms?: number, payload?: string | 0): boolean {
  if (!timeout_ms && queue.length >= Limit.Queue) return false;
  queue.push({
    text_: text,
    done_: done || String,
    timeout_ms_: timeout_ms || Limit.Hand_ms,
    payload_: payload,
  });
  if (queue.length < 2) finish(0, "");
  return true;
}

/**
 * Ends the first `count` commands, starts the next, then tells those that ended. -1: the time of the one in flight is
 * over.
 *
 * A late answer must not become the next command's. So after a timeout nothing else is sent until AT has found the
 * modem: a final result came, be it the late one or that of an AT, and no other followed for Quiet_ms. Three AT
 * without any: the modem is silent, and all that wait are told so.
 */
export function finish(count: number, error?: string): void {
  if (count < 0) {
    // Espruino gives the number of a timer that fired to the next one.
    timer = 0;
    if (owed) {
      // Bytes were lost, and what came is no line. The "?" keeps the rest from looking like a line's start.
      owed = 0;
      buffer = "?";
    }
    count = 1;
    error = "TIMEOUT";
    if (sent && sync !== Limit.Quiet) {
      if (sync++ < Limit.Tries) return send("AT\r", Limit.Sync_ms);
      count = 99;
      error = "no answer: check power, UART";
      modem.urc_(error);
    }
  }
  const ended = queue.splice(0, count);
  const next = queue[0] || ({ text_: "" } as Partial<Command> & Pick<Command, "text_">);
  const answer = lines;
  lines = [];
  sync = 0;
  sent = next.text_;
  payload = next.payload_;
  send(sent && sent + "\r", next.timeout_ms_);
  while (ended.length) (ended.shift() as Command).done_(error as string, answer);
}

/** Takes any part of a line, or many lines at once. */
function receive(bytes: string): void {
  if (modem.trace_) print("<", JSON.stringify(bytes));
  buffer += bytes;
  for (;;) {
    if (payload && !owed && buffer[0] === ">") {
      // The prompt has no line end: it stays, as the start of the next line, which may be empty otherwise. The payload
      // goes out even if the connection is gone by now, or the modem would take the next command for it.
      send(payload, Limit.Send_ms);
      payload = 0;
    }
    const length = owed || buffer.indexOf("\n") + 1;
    let text = buffer.substr(0, length);
    let answer: unknown = owed;
    if (!length || buffer.length < length) break;
    buffer = buffer.substr(length);
    if (owed) owed = 0;
    else {
      text = text.trim();
      // Even an answer that comes too late for its command has its payload.
      const size = +(text.split("+QIRD: ")[1] as string);
      if (size <= Limit.Payload) owed = size;
      if (/^(OK|ERROR|SEND .*|.CM. E.*)$/.test(text)) {
        if (sync) {
          sync = Limit.Quiet;
          send("", Limit.Quiet_ms);
        } else if (sent) finish(1, text.replace(/.*OK$|.*ERROR: /, ""));
      } else if (text)
        // An answer has the name of the command, or of one of several in one line. A bare one, as to AT+CGSN, is
        // neither a URC nor the echo.
        answer =
          (text[0] === "+" && sent.lastIndexOf(text.split(":")[0] as string) > 0) ||
          (!modem.urc_(text) && text[0] !== "+" && sent.indexOf("=") < 0 && text.lastIndexOf(sent) < 0);
    }
    if (answer && lines.length < Limit.Lines) lines.push(text);
  }
  if (buffer.length > Limit.Buffer) buffer = "?";
}

/**
 * A reason a user can act on for an error number of the modem (AT 12.5, TCP 4, GNSS 3).
 * `plain`: the number a plain ERROR stands for. Words stay as they are.
 */
export function explain(error: string, plain?: string): string {
  const reasons: Record<string, string | undefined> = {
    10: "no SIM",
    13: "SIM fault: reseat it",
    14: "SIM busy",
    16: "wrong PIN: set pin",
    30: "no network: check antenna",
    502: "modem has no GNSS",
    516: "no fix: needs open sky",
    552: "bad host",
    561: "no PDP context: check apn",
    565: "DNS failed: check host",
    566: "refused: check host, port",
    569: "no reply: check host, port",
  };
  return (
    reasons[error === "ERROR" && plain ? plain : error] || (error > "a" ? error : "modem error " + error)
  );
}
