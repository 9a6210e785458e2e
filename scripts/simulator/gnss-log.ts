import type { Fix } from "../../firmware/gnss/fix.ts";
import { feedNmea, flushNmea, nmeaParser } from "../../firmware/gnss/nmea.ts";

/** What a receiver said of one UTC time. */
export interface Epoch {
  /** null: the receiver had no fix. */
  fix: Fix | null;
  /** All its lines, those of no interest for the fix too; without line end. */
  sentences: string[];
}

/** Reads the log of a receiver, epoch by epoch, the way the firmware does. Lines that tell no time go to the epoch before them. */
export function readEpochs(log: string): Epoch[] {
  const epochs: Epoch[] = [];
  let sentences: string[] = [];
  const parser = nmeaParser((fix) => {
    epochs.push({ fix, sentences });
    sentences = [];
  });
  for (const sentence of log.split(/[\r\n]+/)) {
    if (!sentence) continue;
    feedNmea(parser, `${sentence}\n`);
    sentences.push(sentence);
  }
  flushNmea(parser);
  return epochs;
}

/** The fixes of a receiver's log, in its order. */
export function readFixes(log: string): Fix[] {
  return readEpochs(log).flatMap(({ fix }) => (fix ? [fix] : []));
}
