/**
 * A program of its own, and no part of the blob: `npm run flash` sends it to a board that it holds, into RAM, and speaks
 * through it with the modem, which only the board is wired to. What is said is the computer's affair (scripts/flash/relay.ts).
 */
import { openModem, power } from "#board";
import type { SerialPort } from "../modem/serial-port.ts";

/** For whoever sent this: nothing declares them, so assigning makes them globals. */
declare let relay: typeof talk, relayed: string[][];

/** Which AT it is that looks for the modem. */
const enum Try {
  /** It is quiet behind this one: an upload that was cut short would take each AT for its bytes, and never end. */
  Quiet = 3,
  /** The power key, which toggles, is pressed before this one. */
  Power = 5,
  /** A modem may take 30 s to start. */
  Last = 36,
}

const enum Limit {
  /** Payloads go out in pieces: not every board's UART can be held back by the modem. */
  Piece_bytes = 512,
  Piece_ms = 100,
  /** What may be kept of a line without end. */
  Line = 1000,
  /** Once the UART is the console's again its line has to be quiet before anything is heard. */
  Tell_ms = 100,
}

const enum Phase {
  Idle,
  /** AT goes out until it is answered. */
  Looking,
  /** Something was answered; more may come. */
  Settling,
  /** The last command that was begun has no final result yet. */
  Talking,
}

/** How long each thing may take. */
interface Times {
  /** An AT; a modem that starts is asked so often. */
  probe_ms: number;
  /** An upload that gets no bytes ends by itself. */
  quiet_ms: number;
  /** What other answers to AT may be under way are in by then. */
  settle_ms: number;
  /** A command, without the time its payload takes. */
  answer_ms: number;
}

let port: SerialPort | undefined;
let phase = Phase.Idle;
let commands: string[];
let payload: string;
let times: Times;
let giveBack: () => void;
let tries: number;
/** How much of the payload went out. */
let gone: number;
let buffer: string;
let timer = 0;

/** In place of what was to come next. Nothing else runs on the board, so the number of a timer that fired is nobody's. */
function after(ms: number, next: () => void): void {
  if (timer) clearTimeout(timer);
  timer = setTimeout(next, ms);
}

function send(bytes: string): void {
  (port as SerialPort).write(bytes);
}

function look(): void {
  tries++;
  if (tries > Try.Last) end();
  else {
    if (tries === Try.Power) power(1);
    send("AT\r");
    after(tries === Try.Quiet ? times.quiet_ms : times.probe_ms, look);
  }
}

function next(): void {
  const command = commands[relayed.length];
  phase = Phase.Talking;
  gone = 0;
  if (command) {
    relayed.push([]);
    send(command + "\r");
    after(times.answer_ms, end);
  } else end();
}

function sendPiece(): void {
  send(payload.substr(gone, Limit.Piece_bytes));
  gone += Limit.Piece_bytes;
  if (gone < payload.length) after(Limit.Piece_ms, sendPiece);
  else after(times.answer_ms, end);
}

function isFinal(line: string): boolean {
  return line === "OK" || line === "ERROR" || line.substr(0, 12) === "+CME ERROR: ";
}

function take(line: string): void {
  if (phase === Phase.Looking && isFinal(line)) {
    phase = Phase.Settling;
    after(times.settle_ms, next);
  }
  if (phase !== Phase.Talking) return;
  if (line === "CONNECT" && payload && !gone) sendPiece();
  // The IMEI's line has nothing before the number.
  if (line.charAt(0) === "+" || parseInt(line, 10) > 0 || isFinal(line))
    (relayed[relayed.length - 1] as string[]).push(line);
  if (isFinal(line)) next();
}

function receive(bytes: string): void {
  if (!phase) return;
  buffer += bytes;
  for (;;) {
    const length = buffer.indexOf("\n") + 1;
    if (!length) break;
    const line = buffer.substr(0, length).trim();
    buffer = buffer.substr(length);
    take(line);
  }
  if (buffer.length > Limit.Line) buffer = "";
}

function end(): void {
  if (timer) clearTimeout(timer);
  phase = Phase.Idle;
  payload = "";
  giveBack();
  setTimeout(print, Limit.Tell_ms, "\nrelay: done");
}

/**
 * Opens the modem, switches it on if it does not answer, and sends the commands in turn, up to the first that gets no final
 * result in time; where one answers CONNECT, `its_payload`. Then calls `its_giveBack`, which gives the console its UART
 * again, and says so. `relayed` is then of each command that was sent its lines, those of the modem's own among them, and
 * last the final result; it is empty when the modem is silent.
 */
function talk(
  path: string,
  its_commands: string[],
  its_payload: string,
  its_times: Times,
  its_giveBack: () => void,
): void {
  const again = port;
  commands = its_commands;
  payload = its_payload;
  times = its_times;
  giveBack = its_giveBack;
  tries = 0;
  buffer = "";
  relayed = [];
  phase = Phase.Looking;
  port = openModem(path);
  if (!again) port.on("data", receive);
  look();
}

relay = talk;
