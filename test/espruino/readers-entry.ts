import { decimal } from "../../firmware/decimal.ts";
import { getFix } from "../../firmware/gnss/modem.ts";
import { feedNmea, flushNmea, nmeaParser } from "../../firmware/gnss/nmea.ts";
import { newest, takeEpoch } from "../../firmware/gnss/receiver.ts";
import { listen } from "../../firmware/modem/at.ts";
import { timeOf } from "../../firmware/modem/quectel.ts";
import { dayOfDate, timeOfDay } from "../../firmware/utc.ts";

declare const global: Record<string, unknown>;

/** What reads text that others wrote, each from a line to something that JSON can tell. */
export interface Readers {
  decimal(text: string): unknown;
  day(text: string): unknown;
  time(text: string): unknown;
  utc(text: string): unknown;
  local(text: string): unknown;
  /** What stands behind `+QGPSLOC: ` to the fix or the reason. */
  location(text: string): unknown;
  /** NMEA to its epochs, and how many sentences were bad. */
  nmea(text: string): unknown;
  /** The same to what a receiver would tell. */
  receiver(text: string): unknown;
}

let receive: (bytes: string) => void = () => {};

function port() {
  return {
    write: () => {},
    on: (_event: "data", listener: (bytes: string) => void) => {
      receive = listener;
    },
  };
}

global.readers = {
  decimal: decimal,
  day: dayOfDate,
  time: timeOfDay,
  utc: (text) => timeOf(text, false),
  local: (text) => timeOf(text, true),
  location: (text) => {
    let answer: unknown;
    getFix(1, (fix, reason) => {
      answer = fix || reason;
    });
    toEngine(`\r\n+QGPSLOC: ${text}\r\n\r\nOK\r\n`);
    return answer;
  },
  nmea: (text) => {
    const epochs: unknown[] = [];
    const parser = nmeaParser((fix) => {
      epochs.push(fix);
    });
    feedNmea(parser, text);
    flushNmea(parser);
    return [epochs, parser.bad];
  },
  receiver: (text) => {
    takeEpoch(null);
    const parser = nmeaParser(takeEpoch);
    feedNmea(parser, text);
    flushNmea(parser);
    return newest;
  },
} satisfies Readers;

listen({
  port_: port(),
  urc_: () => false,
  silent_: () => {},
});
const toEngine = receive;
