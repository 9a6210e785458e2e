/**
 * The AT channel to the one modem: one command in flight, the others wait behind it, each with its own timeout.
 * Bytes come in any pieces. Clauses: Quectel BG96 AT Commands Manual (AT), TCP/IP (TCP) and GNSS
 * Application Notes.
 */

/** A UART: Espruino's `Serial`, or a fake in tests. Bytes are strings of char codes 0–255. */
export interface SerialPort {
  write(bytes: string): void;
  on(event: "data", listener: (bytes: string) => void): void;
}

/**
 * How a command ended, and its information lines. `error` is "" for OK and SEND OK, else "ERROR", "SEND FAIL",
 * "+CME 516" for `+CME ERROR: 516` (CMS alike), "TIMEOUT": the modem lives but did not answer this, "pause": an empty
 * command is over, or a reason in words: the modem is silent, or restarted. Only these are lower case, hence > "a".
 */
export type Done = (error: string, lines: string[]) => void;

interface Command {
  text_: string;
  timeout_ms_: number;
  done_: Done;
  /** Goes out at the prompt, once. */
  payload_: string | 0 | undefined;
}

/** What the channel needs of the modem it belongs to. */
export interface Channel {
  port_: SerialPort;
  /** Told what goes out (">") and comes in ("<"), for debugging. */
  trace_?: ((direction: string, text: string) => void) | 0;
  /** Gets each line that is no answer, and SILENT; true: it is a URC. */
  urc_(line: string): unknown;
}

const enum Limit {
  /** What may wait before commands by hand are refused; the firmware's own are one a part. */
  Queue = 8,
  Line = 512,
  Lines = 32,
  /** The most that AT+QIRD gives (TCP 2.1.8). */
  Payload = 1500,
  Hand_ms = 180000,
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
let queue: Command[];
/** Its answer so far. */
let lines: string[];
/** Runs while there is one. */
let timer: ReturnType<typeof setTimeout> | 0;
/** Received and not yet a line. */
let buffer: string;
/** Payload bytes the modem owes: taken by count, whatever they hold. */
let owed: number;
/** 0, or how many AT went out since the command in flight timed out; Limit.Quiet: one was answered. */
let sync: number;

/** Takes from now on what comes from the modem; nothing is sent. */
export function listen(channel: Channel): void {
  modem = channel;
  queue = [];
  lines = [];
  buffer = "";
  owed = sync = timer = 0;
  channel.port_.on("data", receive);
}

/** Sends, if there is something to send, and gives the command in flight `ms` more. */
function send(bytes: string, ms: number): void {
  if (timer) clearTimeout(timer);
  timer = ms && setTimeout(expire, ms);
  if (bytes) {
    if (modem.trace_) modem.trace_(">", bytes);
    modem.port_.write(bytes);
  }
}

/**
 * Sends `text` when its turn comes; an empty one is a pause. `done` is called once, never from inside this call.
 * `payload` goes out, whole, at the prompt.
 */
export function command(text: string, timeout_ms: number, done: Done, payload?: string | 0): void {
  queue.push({ text_: text, timeout_ms_: timeout_ms, done_: done, payload_: payload });
  if (queue.length < 2) finish(0, "");
}

/** One command by hand; `done`, perhaps `print`, gets its error ("": OK) and its lines. False: too many wait. */
export function at(text: string, done?: Done): boolean {
  if (queue.length >= Limit.Queue) return false;
  command(text, Limit.Hand_ms, done || String);
  return true;
}

/** Ends the first `count` commands, starts the next, then tells those that ended. */
export function finish(count: number, error: string): void {
  const ended = queue.splice(0, count);
  const next = queue[0];
  const answer = lines;
  lines = [];
  sync = 0;
  send(next && next.text_ ? next.text_ + "\r" : "", next ? next.timeout_ms_ : 0);
  while (ended.length) (ended.shift() as Command).done_(error, answer);
}

/**
 * A late answer must not become the next command's. So after a timeout nothing else is sent until AT has found the
 * modem: a final result came, be it the late one or that of an AT, and no other followed for Quiet_ms. Three AT
 * without any: the modem is silent, and all that wait are told so.
 */
function expire(): void {
  const sent = (queue[0] as Command).text_;
  const silent = "no answer: check power, UART";
  // Espruino gives the number of a timer that fired to the next one.
  timer = 0;
  if (owed) {
    // Bytes were lost, and what came is no line. The "?" keeps the rest from looking like a line's start.
    owed = 0;
    buffer = "?";
  }
  if (!sent || sync === Limit.Quiet) finish(1, sent ? "TIMEOUT" : "pause");
  else if (sync++ < Limit.Tries) send("AT\r", Limit.Sync_ms);
  else {
    modem.urc_(silent);
    finish(99, silent);
  }
}

/** Takes any part of a line, or many lines at once. */
function receive(bytes: string): void {
  if (modem.trace_) modem.trace_("<", bytes);
  buffer += bytes;
  for (;;) {
    const current = queue[0];
    const sent = current ? current.text_ : "";
    const prompt = current && current.payload_ && buffer[0] === ">";
    // One piece: the payload, the prompt, or a line.
    const length = owed || (prompt ? 1 : buffer.indexOf("\n") + 1);
    let text = buffer.substr(0, length);
    let answer: unknown = owed;
    if (!length || buffer.length < length) {
      if (!owed && buffer.length > Limit.Line) buffer = "?";
      return;
    }
    buffer = buffer.substr(length);
    if (owed) owed = 0;
    else if (prompt) {
      // It has no line end; the space that may follow is trimmed off the next line. The payload goes out even if
      // the connection is gone by now, or the modem would take the next command for it.
      send(current.payload_ as string, Limit.Send_ms);
      current.payload_ = 0;
    } else {
      text = text.trim();
      // Even an answer that comes too late for its command has its payload.
      const size = +(text.split("+QIRD: ")[1] as string);
      if (size <= Limit.Payload) owed = size;
      if (/^(OK|ERROR|SEND OK|SEND FAIL|\+CM. ERROR: .*)$/.test(text)) {
        if (sync) {
          sync = Limit.Quiet;
          send("", Limit.Quiet_ms);
        } else if (sent) finish(1, text.slice(-2) === "OK" ? "" : text.replace("ERROR: ", ""));
      } else if (text)
        // An answer has the name of the command, or of one of several in one line. A bare one, as to AT+CGSN, is
        // neither a URC nor the echo.
        answer =
          (text[0] === "+" && sent.lastIndexOf(text.split(":")[0] as string) > 0) ||
          (!modem.urc_(text) && text[0] !== "+" && sent.indexOf("=") < 0 && text.lastIndexOf(sent) < 0);
    }
    if (answer && sent && lines.length < Limit.Lines) lines.push(text);
  }
}

/**
 * A reason a user can act on for an error number of the modem (AT 12.5, TCP 4, GNSS 3), alone or as in "+CME 10". Words stay
 * as they are.
 */
export function explain(error: string): string {
  const rest =
    "|10 no SIM|13 SIM failure: reseat it|14 SIM busy|15 wrong SIM|16 wrong PIN: set pin|30 no service: check antenna|516 no fix: needs open sky|552 bad host|561 no PDP context: check apn|565 DNS failed: check host|566 refused: check host, port|569 no reply: check host, port|570 PDP context lost|".split(
      "|" + error.split(" ").pop() + " ",
    )[1];
  return rest ? (rest.split("|")[0] as string) : error > "a" ? error : "modem: " + error;
}
