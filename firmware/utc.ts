/**
 * Dates as receivers and modems tell them. Espruino has no `Date.UTC`; its `Date.parse` takes 31 February for 2 March, and
 * garbage for 1970.
 */
import { decimal } from "./decimal.ts";

export const enum Utc {
  Minute_ms = 60000,
  Day_ms = 86400000,
  /** The beginning of 2020: a clock that shows less was never set. */
  Set_ms = 1577836800000,
  /** From 1970 to 1 March 2000. Years are counted from March: the leap day is then the last of the year. */
  March2000 = 11017,
}

/** Days from 1 March 2000 to the first day of a month, the months counted from that March. Right until February 2100. */
function daysBefore(months: number): number {
  const years = Math.floor(months / 12);
  return 365 * years + Math.floor(years / 4) + Math.floor((153 * (months - 12 * years) + 2) / 5);
}

/** The beginning of a day, ms since 1970; 0: there is no such day. */
export function dayOf(year: number | undefined, month: number | undefined, day: number | undefined): number {
  const months = ((year as number) - 2000) * 12 + (month as number) - 3;
  const before = daysBefore(months);
  return (year as number) >= 1980 &&
    (year as number) < 2100 &&
    (month as number) >= 1 &&
    (month as number) <= 12 &&
    (day as number) >= 1 &&
    (day as number) <= daysBefore(months + 1) - before
    ? (Utc.March2000 + before + (day as number) - 1) * Utc.Day_ms
    : 0;
}

/** The same of `ddmmyy`. The year 80 is 0, too: GPS began in 1980, and that is what a receiver says before it knows. */
export function dayOfDate(ddmmyy: string | undefined): number {
  const date = decimal(ddmmyy) as number;
  const year = date % 100;
  return ddmmyy && ddmmyy.length === 6 && year !== 80
    ? dayOf(year + (year > 80 ? 1900 : 2000), Math.floor(date / 100) % 100, Math.floor(date / 10000))
    : 0;
}

/** `hhmmss`, with or without a fraction: ms since midnight; undefined: there is no such time. A leap second is one. */
export function timeOfDay(hhmmss: string | undefined): number | undefined {
  const time = decimal(hhmmss) as number;
  const hours = Math.floor(time / 10000);
  const minutes = Math.floor(time / 100) % 100;
  const seconds = time % 100;
  return time >= 0 && hours < 24 && minutes < 60 && seconds < 61
    ? Math.round((hours * 3600 + minutes * 60 + seconds) * 1000)
    : undefined;
}
