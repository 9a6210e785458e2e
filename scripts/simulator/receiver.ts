/** A GNSS receiver with a UART of its own, as it comes out of its box: on as long as it has power, NMEA once a second. */
import type { Clock } from "./clock.ts";
import type { SerialPeer } from "./espruino/serial-peer.ts";
import { checksumOf, TIME_FIELD } from "./gnss-log.ts";
import { createTape } from "./gnss-tape.ts";

export interface ReceiverOptions {
  clock: Clock;
  /** A receiver's log, replayed over and over; its times become those of the clock. */
  log: string;
  /** Default 9600. A UART at another speed hears noise. */
  baud?: number;
}

export interface Receiver {
  /** For the UART it is wired to. */
  peer: SerialPeer;
  /** False: it sees no sky, and says so. */
  sees: boolean;
  /** False: it has no power, or its wire is cut. */
  on: boolean;
  dispose(): void;
}

/** Of a second without a fix. */
const VOID = "$GPRMC,,V,,,,,,,,,,N*53";

export function createReceiver({ clock, log, baud = 9600 }: ReceiverOptions): Receiver {
  const tape = createTape(log, clock.now());
  const start_ms = clock.now();
  const timers = new Set<unknown>();
  /** Until a board sets its UART up, whoever listens does so at the right speed. */
  let hostBaud = baud;

  function after(ms: number, run: () => void): void {
    const timer = clock.setTimeout(() => {
      timers.delete(timer);
      run();
    }, ms);
    timers.add(timer);
  }

  function send(line: string): void {
    if (receiver.on && hostBaud) peer.onData?.(hostBaud === baud ? line : noiseOf(line));
  }

  function tick(): void {
    const now_ms = Math.round(clock.now() / 1000) * 1000;
    after(now_ms + 1000 - clock.now(), tick);
    const sentences = receiver.sees ? tape.epochAt(now_ms - start_ms) : [];
    let sent_ms = 0;
    for (const sentence of sentences.length ? sentences : [VOID]) {
      const line = `${restamped(sentence, now_ms)}\r\n`;
      // A start bit, eight, a stop bit; it arrives when it has ended.
      sent_ms += (line.length * 10_000) / baud;
      after(sent_ms, () => send(line));
    }
  }

  const peer: SerialPeer = {
    write() {},
    setBaud(rate) {
      hostBaud = rate;
    },
  };
  const receiver: Receiver = {
    peer,
    sees: true,
    on: true,
    dispose() {
      for (const timer of timers) clock.clearTimeout(timer);
    },
  };
  after(1000 - (clock.now() % 1000), tick);
  return receiver;
}

/** The sentence with another time, and date where it has one. */
function restamped(sentence: string, time_ms: number): string {
  const [body = ""] = sentence.slice(sentence.lastIndexOf("$") + 1).split("*");
  const fields = body.split(",");
  const type = (fields[0] ?? "").slice(2);
  const iso = new Date(time_ms).toISOString();
  const [year = "", month = "", day = ""] = iso.slice(0, 10).split("-");
  const place = TIME_FIELD[type];
  if (place) fields[place] = `${iso.slice(11, 19).replaceAll(":", "")}.00`;
  if (type === "RMC") fields[9] = day + month + year.slice(2);
  if (type === "ZDA") fields.splice(2, 3, day, month, year);
  const stamped = fields.join(",");
  return `$${stamped}*${checksumOf(stamped).toString(16).toUpperCase().padStart(2, "0")}`;
}

/** What is heard at another speed. */
const noiseOf = (line: string): string =>
  [...line].map((character) => String.fromCharCode(0x80 | ((character.charCodeAt(0) * 7) & 0xff))).join("");
