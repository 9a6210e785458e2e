/**
 * The AT channel: one command in flight, a short queue behind it, each command with its own timeout.
 * Bytes come in any pieces. Clauses: Quectel BG96 AT Commands Manual (AT), TCP/IP Application Note (TCP).
 */

/** A UART: Espruino's `Serial`, or a fake in tests. Bytes are strings of char codes 0–255. */
export interface SerialPort {
  write(bytes: string): void;
  on(event: "data", listener: (bytes: string) => void): void;
}

/**
 * How a command ended, and its information lines. `error` is "" for OK and SEND OK, else "ERROR", "SEND FAIL",
 * "CME 516" for `+CME ERROR: 516` (CMS alike), "timeout": the modem lives but did not answer this, "busy": the queue
 * is full, or a reason in words: "no answer: …" of a silent modem, or that it restarted.
 */
export type Done<C = never> = (error: string, lines: string[], context: C) => void;

interface Command {
  text_: string;
  timeout_ms_: number;
  done_: Done;
  context_: unknown;
  /** Goes out at the prompt, once. */
  payload_: string | 0 | undefined;
  lines_: string[];
}

type Timer = ReturnType<typeof setTimeout> | 0;

/** The state of the channel. Absent members take no variable. */
export interface At {
  port_: SerialPort;
  /** Told what goes out (">") and comes in ("<"), for debugging. */
  trace_?: ((direction: string, text: string) => void) | 0;
  /**
   * Gets each line that is no answer; true: it is a URC. `silent`: the modem stopped answering, `line` says so; true:
   * the waiting commands have been ended.
   */
  urc_: (at: never, line: string, silent?: number) => unknown;
  /** The first is in flight. */
  queue_: Command[];
  timer_?: Timer;
  /** Received and not yet a line. */
  buffer_: string;
  /** Payload bytes the modem owes: taken by count, whatever they hold. */
  owed_: number;
  /** 0, or how many `AT` went out since the command in flight timed out; Limit.Quiet: one was answered. */
  sync_: number;
  /** How often a line had no end and was thrown away. */
  noise_: number;
}

const enum Limit {
  Queue = 8,
  Line = 512,
  Lines = 32,
  /** The most that AT+QIRD gives (TCP 2.1.8). */
  Payload = 1500,
  /** How many AT look for a modem that timed out. */
  Tries = 3,
  Quiet = 4,
  /** Between two of them, ms; the command's own timeout when that is shorter. */
  Sync_ms = 5000,
  /** The late answer and those to AT are all in when nothing came for so long after one of them. */
  Quiet_ms = 500,
  /** From the payload to SEND OK (TCP 2.1.7). */
  Send_ms = 120000,
}

/**
 * Restarts the one timer of `owner`, which calls `expired("timer", [], owner)`; 0 ms: stops it. `expired` must forget
 * `timer_`: Espruino gives the number of a timer that fired to the next one.
 */
export function arm<O extends { timer_?: Timer }>(owner: O, ms: number, expired: Done<O>): void {
  if (owner.timer_) clearTimeout(owner.timer_);
  owner.timer_ = ms ? setTimeout(expired, ms, "timer", [], owner) : 0;
}

function transmit(at: At, bytes: string): void {
  if (at.trace_) at.trace_(">", bytes);
  at.port_.write(bytes);
}

/**
 * Sends `text` when its turn comes; an empty one is a pause. `done(error, lines, context)` is called once, never
 * from inside this call. `payload` goes out, whole, at the prompt.
 */
export function command<C>(
  at: At,
  text: string,
  timeout_ms: number,
  done: Done<C>,
  context?: C,
  payload?: string | 0,
): void {
  if (at.queue_.length >= Limit.Queue) setTimeout(done, 0, "busy", [], context as C);
  else {
    at.queue_.push({
      text_: text,
      timeout_ms_: timeout_ms,
      done_: done as Done,
      context_: context,
      payload_: payload,
      lines_: [],
    });
    if (at.queue_.length < 2) finish(at, 0, "");
  }
}

/** Ends the first `count` commands, starts the next, then tells those that ended. */
export function finish(at: At, count: number, error: string): void {
  const ended = at.queue_.splice(0, count);
  const next = at.queue_[0];
  at.sync_ = 0;
  arm(at, next ? next.timeout_ms_ : 0, expire);
  if (next && next.text_) transmit(at, next.text_ + "\r");
  while (ended.length) {
    const one = ended.shift() as Command;
    one.done_(error, one.lines_, one.context_ as never);
  }
}

/**
 * A late answer must not become the next command's. So after a timeout nothing else is sent until AT has found the
 * modem: a final result came, be it the late one or that of an AT, and no other followed for Quiet_ms. Three AT
 * without any: the modem is silent, and all that wait are told so.
 */
function expire(_event: string, _lines: string[], at: At): void {
  const current = at.queue_[0] as Command;
  const silent = "no answer: check power, UART";
  at.timer_ = 0;
  if (at.owed_) {
    // Bytes were lost, and what came is no line. The "?" keeps the rest from looking like a line's start.
    at.owed_ = 0;
    at.buffer_ = "?";
  }
  if (!current.text_) finish(at, 1, "");
  else if (at.sync_ === Limit.Quiet) finish(at, 1, "timeout");
  else if (at.sync_++ < Limit.Tries) {
    arm(at, Math.min(current.timeout_ms_, Limit.Sync_ms), expire);
    transmit(at, "AT\r");
  } else if (!at.urc_(at as never, silent, 1)) finish(at, Limit.Queue, silent);
}

/** The channel that is listened to. A board has one, and a listener that is a closure would keep 15 variables. */
let channel: At;

/** Takes from now on what comes from the modem. */
export function listen(at: At): void {
  channel = at;
  at.port_.on("data", receive);
}

/** Takes any part of a line, or many lines at once. */
function receive(bytes: string): void {
  const at = channel;
  if (at.trace_) at.trace_("<", bytes);
  at.buffer_ += bytes;
  for (;;) {
    const current = at.queue_[0] as Command;
    const owed = at.owed_;
    const prompt = current && current.payload_ && at.buffer_[0] === ">";
    // One piece: the payload, the prompt, or a line.
    const length = owed || (prompt ? 1 : at.buffer_.indexOf("\n") + 1);
    if (!length || at.buffer_.length < length) {
      if (!owed && at.buffer_.length > Limit.Line) {
        at.buffer_ = "?";
        at.noise_++;
      }
      return;
    }
    let text = at.buffer_.substr(0, length);
    at.buffer_ = at.buffer_.substr(length);
    if (owed) {
      at.owed_ = 0;
      if (current) current.lines_.push(text);
    } else if (prompt) {
      // It has no line end; the space that may follow is trimmed off the next line. The payload goes out even if
      // the connection is gone by now, or the modem would take the next command for it.
      text = current.payload_ as string;
      current.payload_ = 0;
      arm(at, Limit.Send_ms, expire);
      transmit(at, text);
    } else {
      text = text.trim();
      const sent = current ? current.text_ : "";
      const named = text.substr(4, 8) === " ERROR: ";
      // Even an answer that comes too late for its command has its payload.
      const size = +(text.split("+QIRD: ")[1] as string);
      if (size <= Limit.Payload) at.owed_ = size;
      if (named || "|OK|ERROR|SEND OK|SEND FAIL|".lastIndexOf("|" + text + "|") >= 0) {
        if (at.sync_) {
          at.sync_ = Limit.Quiet;
          arm(at, Limit.Quiet_ms, expire);
        } else if (sent)
          finish(at, 1, named ? text.substr(1, 4) + text.substr(12) : text.slice(-2) === "OK" ? "" : text);
      } else {
        const name = text.split(":")[0] as string;
        if (
          text &&
          // An answer has the name of the command, or of one of several in one line.
          ((text[0] === "+" && name !== "+QIOPEN" && sent.lastIndexOf(name) > 0) ||
            // A bare one, as to AT+CGSN, is neither a URC nor the echo.
            (!at.urc_(at as never, text) &&
              sent &&
              text[0] !== "+" &&
              sent.indexOf("=") < 0 &&
              text.slice(-sent.length) !== sent)) &&
          current.lines_.length < Limit.Lines
        )
          current.lines_.push(text);
      }
    }
  }
}

/** A reason a user can act on for an error number of the modem (AT 12.5, TCP 4), alone or as in "CME 10". */
export function explain(error: string): string {
  const rest =
    "|10 no SIM: insert one|13 SIM failure: reseat it|14 SIM busy|15 wrong SIM|16 wrong PIN: correct pin|30 no service: check antenna|32 emergency only: check SIM plan|552 bad host or port|561 no PDP context: check apn|564 DNS busy|565 DNS failed: check host|566 connection refused: check host, port|569 no reply: check host, port|570 PDP context lost|573 no APN: set apn|".split(
      "|" + error.split(" ").pop() + " ",
    )[1];
  return rest ? (rest.split("|")[0] as string) : "modem: " + error;
}
