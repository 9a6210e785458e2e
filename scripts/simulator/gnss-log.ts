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

const DAY_MS = 86_400_000;
/** In which field a sentence has its time of day. */
export const TIME_FIELD: Record<string, number> = { RMC: 1, GGA: 1, GNS: 1, ZDA: 1, GLL: 5 };

/** Of what stands between `$` and `*`. */
export const checksumOf = (text: string): number =>
  [...text].reduce((sum, character) => sum ^ character.charCodeAt(0), 0);

/** The time of day an epoch's sentences tell, ms. */
export function timeOfDay({ sentences }: Epoch): number | undefined {
  for (const sentence of sentences) {
    const fields = sentence.slice(sentence.lastIndexOf("$")).split(/[,*]/);
    const field = fields[TIME_FIELD[fields[0]?.slice(3) ?? ""] ?? -1] ?? "";
    const [, hours, minutes, seconds] = /^(\d\d)(\d\d)(\d\d(?:\.\d+)?)$/.exec(field) ?? [];
    if (seconds) return ((Number(hours) * 60 + Number(minutes)) * 60 + Number(seconds)) * 1000;
  }
  return undefined;
}

/** Some receivers' logs have no date anywhere: does this one? */
export const isDated = (epochs: Epoch[]): boolean =>
  epochs.some(({ fix }) => fix !== null && fix.time_ms !== undefined);

/**
 * A receiver's fixes with the time of each. In a log without any date the first is on the day of `day_ms`, and the next
 * day begins where the time of day goes back; a log without times of day too has a fix a second. In a log that has dates
 * what comes before the first one is left out.
 */
export function timedFixes(epochs: Epoch[], day_ms: number): (Epoch & { fix: Fix; time_ms: number })[] {
  const dated = isDated(epochs);
  let day = Math.floor(day_ms / DAY_MS) * DAY_MS;
  let last_ms = Number.NEGATIVE_INFINITY;
  return epochs.flatMap((epoch) => {
    const { fix } = epoch;
    if (!fix || (dated && fix.time_ms === undefined)) return [];
    const time = timeOfDay(epoch);
    let time_ms = fix.time_ms;
    if (!dated) {
      if (time === undefined) time_ms = last_ms > 0 ? last_ms + 1000 : day;
      else {
        // Half a day back is midnight; less is a cut in the log.
        if (day + time < last_ms - DAY_MS / 2) day += DAY_MS;
        time_ms = day + time;
      }
    }
    last_ms = time_ms;
    return [{ ...epoch, fix: { ...fix, time_ms }, time_ms }];
  });
}

/** The fixes of a receiver's log, in its order. */
export function readFixes(log: string): Fix[] {
  return readEpochs(log).flatMap(({ fix }) => (fix ? [fix] : []));
}
