import { antenna } from "#board";
import { engineStarts, fixEnded, wantFix } from "#turns";
import type { Fields } from "../check.ts";
import { decimal } from "../decimal.ts";
import type { DeviceConfig } from "../device-config.ts";
import { command } from "../modem/at.ts";
import { Reason } from "../reason.ts";
import { dayOfDate, timeOfDay } from "../utc.ts";
import { type Fix, isPlace, leaveOutWrong } from "./fix.ts";
import type { Located } from "./source.ts";
import { rightWeeks } from "./weeks.ts";

/**
 * `#gnss` of a board whose modem has a GNSS engine (Quectel BG96 GNSS manual).
 *
 *   getFix ──► AT+QGPSLOC=2 ──a fix──► done
 *                ▲   │ none, 516 and the like      │ 505: it is off
 *                │   ▼                             ▼
 *                └─ a second later ◄── AT+QGPS=1, a second later
 *                    │ the time is over, or the channel failed
 *                    ▼
 *                  done, with the reason
 */
export { words as gnssWords } from "../words.ts";

const enum Limit {
  /** GNSS commands are answered in 300 ms (2.3). */
  Command_ms = 5000,
  Again_ms = 1000,
  /** In an answer to AT+QGPSLOC=2; AT+QGPSLOC=1 has 13 (2.3.4). */
  Fields = 11,
  /** A place takes three satellites, its height assumed. The engine has been seen to tell one with 2, and 0,0 with 00. */
  Satellites = 3,
  /**
   * From this HDOP on, 250 m and more for an error of 5 m in range, a place counts only with satellites to spare, by which
   * the engine checks itself: five. 99.9 and 500.0 are what it says when it knows none.
   */
  PoorHdop = 50,
  ToSpare = 5,
}

/** Who waits for a fix. */
let located: Located;
/** How often it is asked for yet, less one. */
let left: number;

/** It has no settings. */
export function gnssFields(_fields: Fields): void {}

/** It is there when the modem is. */
export function startGnss(_config: DeviceConfig): void {}

/** Switches the engine off, to save power. `done` gets None or the reason; GnssOff: it was off already. */
export function gnssOff(done?: (reason: Reason) => void): void {
  command("AT+QGPSEND", done, Limit.Command_ms);
  antenna(0);
}

/**
 * Gets a fix: asks each second until there is one or `timeout_s` is over, and switches the engine on whenever it
 * is off, as after a restart of the modem. `done` is called once. One call at a time.
 */
export function getFix(timeout_s: number, done: Located): void {
  located = done;
  left = timeout_s;
  antenna(1);
  wantFix();
  command("AT+QGPSLOC=2", answered, Limit.Command_ms);
}

/** The codes are in section 3 of the manual. @seldom */
function answered(answer: Reason, lines: string[]): void {
  let fix: Fix | null = null;
  let reason = answer;
  // Its own answer to AT+QGPS=1 has no line.
  if (!answer && lines.length) {
    const fields = (((lines[0] as string).split(":")[1] as string) || "").trim().split(",");
    fix = readLocation(fields);
    if (!fix) reason = isReadable(fields) ? Reason.NoFix : Reason.BadFix;
  }
  // The channel's own reasons will be the same in a second; that the answer made no sense is none of those.
  if (!fix && --left > 0 && answer < Reason.OwnFirst) {
    if (answer === Reason.GnssOff) engineStarts();
    wantFix();
    setTimeout(
      command,
      Limit.Again_ms,
      answer === Reason.GnssOff ? "AT+QGPS=1" : "AT+QGPSLOC=2",
      answered,
      Limit.Command_ms,
    );
    return;
  }
  fixEnded(!!fix);
  if (fix) located(fix, Reason.None);
  // A plain ERROR: the command is not known, as on an EC21-J. None: the engine was just switched on.
  else located(null, reason === Reason.ModemError ? Reason.NoGnss : reason || Reason.NoFix);
}

/** Whether they are those of AT+QGPSLOC=2, be it without a place. */
function isReadable(fields: string[]): boolean {
  return fields.length === Limit.Fields && (!fields[1] || isPlace(decimal(fields[1]), decimal(fields[2])));
}

/**
 * The fix of `hhmmss.s,latitude,longitude,hdop,altitude,2|3,course,km/h,knots,ddmmyy,satellites` (2.3.4); null: there is
 * none, or it cannot be one. An engine that has a place has the time, too; so one without is not believed.
 */
function readLocation(fields: string[]): Fix | null {
  const time_ms = timeOfDay(fields[0]);
  const latitude = decimal(fields[1]) as number;
  const longitude = decimal(fields[2]) as number;
  const hdop = decimal(fields[3]) as number;
  const course = decimal(fields[6]) as number;
  const day_ms = dayOfDate(fields[9]);
  const satellites = decimal(fields[10]) as number;
  if (
    fields.length !== Limit.Fields ||
    time_ms === undefined ||
    !day_ms ||
    !isPlace(latitude, longitude) ||
    satellites < Limit.Satellites ||
    // Without the number of satellites it must be another place.
    (!satellites && !latitude && !longitude) ||
    (hdop >= Limit.PoorHdop && !(satellites >= Limit.ToSpare))
  )
    return null;
  return leaveOutWrong({
    time_ms: rightWeeks(day_ms + time_ms),
    latitude: latitude,
    longitude: longitude,
    hdop: hdop,
    altitude_m: decimal(fields[4]),
    course_deg: course >= 0 ? courseOf(course) : undefined,
    speed_kmh: decimal(fields[7]),
    satellites: satellites,
  });
}

/** The degrees of `ddd.mm`. Where there are 60 minutes and more it is `ddd.dd`, as some firmware has it. */
function courseOf(course: number): number {
  const minutes = Math.round((course % 1) * 100);
  return minutes < 60 ? Math.round((Math.floor(course) + minutes / 60) * 100) / 100 : course;
}
