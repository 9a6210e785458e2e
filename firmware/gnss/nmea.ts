/**
 * NMEA 0183 from a receiver, in any pieces, to fixes: RMC, GGA, GNS, GLL, VTG and ZDA sentences of any talker, those of one
 * epoch (one UTC time) merged into one fix.
 *
 *   no epoch ──RMC, GGA, GNS, GLL──► open ──another time──► the fix is told; the next is open
 *                                     │ no time, and the type the epoch began with: the receiver lost its fix
 *                                     │   and leaves the time out ──► the same
 *                                     │ `flushNmea` ──► the fix is told; no epoch
 */
import { decimal } from "../decimal.ts";
import { dayOf, dayOfDate, timeOfDay, Utc } from "../utc.ts";
import { type Fix, isPlace, leaveOutWrong } from "./fix.ts";

export interface NmeaParser {
  /** Called at the end of each epoch; null: the receiver had no fix in it. Without a date the fix has no `time_ms`. */
  onEpoch(fix: Fix | null): void;
  /** How many sentences of these types were ignored: checksum missing or wrong, or too long. */
  bad: number;
  /** The sentence that is not yet complete, from its `$`, shorter than `Nmea.Longest`. */
  buf_: string;
  /** What the open epoch has told. */
  fix_: Values;
  /** The type of sentence the open epoch began with; "": no epoch is open. */
  type_: string;
  /** The open epoch's place is none that was measured, whatever a sentence without a mode says of it. */
  guessed_: boolean;
  /** The epoch's time of day, ms; undefined: unknown. */
  tod_: number | undefined;
  /** The last time that was known with its date, ms since 1970; 0: none. */
  dated_: number;
}

/** A fix in the making. */
type Values = Record<keyof Fix, number>;

const enum Nmea {
  /** The standard allows 82 characters, but receivers with more digits go beyond it. */
  Longest = 120,
  /** For how long a date is good for epochs that have none. */
  DateKept_ms = 3600000,
  /** From miles to kilometres, nautical. */
  Knot_kmh = 1.852,
}

/** `onEpoch` gets the fix of each epoch, or null for an epoch without one. */
export function nmeaParser(onEpoch: (fix: Fix | null) => void): NmeaParser {
  return {
    onEpoch: onEpoch,
    bad: 0,
    buf_: "",
    fix_: {} as Values,
    type_: "",
    guessed_: false,
    tod_: undefined,
    dated_: 0,
  };
}

/** Takes bytes of the serial line, in any pieces. Never throws; what is garbled, or no NMEA, is dropped. */
export function feedNmea(nmea: NmeaParser, bytes: string): void {
  const parts = (nmea.buf_ + bytes).split("$");
  const last = parts.length - 1;
  let line: string;
  let star: number;
  nmea.buf_ = "";
  // A sentence ends with its checksum, or where the next one begins: line ends may be lost.
  // parts[0] came before any `$`: noise.
  for (let i = 1; i <= last; i++) {
    line = parts[i] as string;
    star = line.indexOf("*");
    if (i === last && line.length < Nmea.Longest && (star < 0 || line.length < star + 3))
      nmea.buf_ = "$" + line;
    else takeSentence(nmea, line, star);
  }
}

/** Ends the open epoch: for when the line has fallen silent. What still comes of that epoch is dropped. */
export function flushNmea(nmea: NmeaParser): void {
  const fix = nmea.fix_;
  // What still comes must not change what was handed out
  nmea.fix_ = {} as Values;
  if (!nmea.type_) return;
  nmea.type_ = "";
  if (nmea.tod_ !== undefined && nmea.dated_) {
    // The nearest time of that kind to the last one with a date: GGA comes before the RMC with the new date
    const since =
      ((nmea.tod_ - (nmea.dated_ % Utc.Day_ms) + 1.5 * Utc.Day_ms) % Utc.Day_ms) - 0.5 * Utc.Day_ms;
    if (Math.abs(since) < Nmea.DateKept_ms) {
      nmea.dated_ += since;
      fix.time_ms = nmea.dated_;
    } else nmea.dated_ = 0;
  }
  nmea.onEpoch(!nmea.guessed_ && isPlace(fix.latitude, fix.longitude) ? leaveOutWrong(fix) : null);
}

/** `line`: a sentence without its `$`; `star`: where its checksum begins, negative: it has none. */
function takeSentence(nmea: NmeaParser, line: string, star: number): void {
  const type = line.substr(2, 3);
  // Looked at first, as the checksum costs more. P is for what makers think up: $PGRMC of Garmin is no RMC.
  if (line.charAt(5) !== "," || line.charAt(0) === "P" || !isKnown(type)) return;
  let sum = 256;
  for (let i = 0; i < star; i++) sum ^= line.charCodeAt(i);
  // 256 is in both, so that it is not 0
  if (star < 0 || star + 3 > Nmea.Longest || sum !== 256 + parseInt(line.substr(star + 1, 2), 16)) {
    nmea.bad++;
    return;
  }
  const fields = line.substr(0, star).split(",");
  switch (type) {
    // hhmmss, A, latitude, N, longitude, E, knots, course, ddmmyy, variation, E, mode
    case "RMC":
      begin(nmea, type, fields[1]);
      if (fields[2] === "A" && isMeasured(fields[12])) {
        setPlace(nmea.fix_, fields, 3);
        const knots = decimal(fields[7]);
        if (knots !== undefined) nmea.fix_.speed_kmh = knots * Nmea.Knot_kmh;
        setNumber(nmea.fix_, "course_deg", fields[8]);
        setDate(nmea, fields[1], dayOfDate(fields[9]));
      }
      break;
    // hhmmss, latitude, N, longitude, E, quality, satellites, HDOP, altitude. 6 to 8: dead reckoning, typed in, simulated.
    // GNS has a mode a system instead of the quality
    case "GGA":
    case "GNS": {
      const how = fields[6] || "";
      begin(nmea, type, fields[1]);
      if (how && (type === "GGA" ? "12345".indexOf(how) >= 0 : isMeasuredByOne(how)))
        setPosition(nmea.fix_, fields);
      else if (type === "GGA" && how && how !== "0") nmea.guessed_ = true;
      break;
    }
    // latitude, N, longitude, E, hhmmss, A, mode: for receivers that say nothing else
    case "GLL":
      begin(nmea, type, fields[5]);
      if (fields[6] === "A" && isMeasured(fields[7]) && !("latitude" in nmea.fix_))
        setPlace(nmea.fix_, fields, 1);
      break;
    // course, T, course, M, knots, N, km/h, K, mode. It has no time, and may belong to the next epoch: so it only tells
    // what the open one lacks
    case "VTG":
      if (!("speed_kmh" in nmea.fix_) && isMeasured(fields[9])) {
        setNumber(nmea.fix_, "speed_kmh", fields[7]);
        setNumber(nmea.fix_, "course_deg", fields[1]);
      }
      break;
    // hhmmss, dd, mm, yyyy. It may tell the time of the next pulse: so it begins no epoch. For 1980 see `dayOfDate`
    default:
      if (fields[4] !== "1980")
        setDate(nmea, fields[1], dayOf(decimal(fields[4]), decimal(fields[3]), decimal(fields[2])));
  }
}

function isKnown(type: string): boolean {
  switch (type) {
    case "RMC":
    case "GGA":
    case "GNS":
    case "GLL":
    case "VTG":
    case "ZDA":
      return true;
    default:
      return false;
  }
}

/** Whether a mode is none of: estimated by dead reckoning, typed in, not valid, simulated. Older receivers tell no mode. */
function isMeasured(mode: string | undefined): boolean {
  return mode !== "E" && mode !== "M" && mode !== "N" && mode !== "S";
}

/** The same for a mode a system, of which one is enough; without any there was no fix. */
function isMeasuredByOne(modes: string): boolean {
  for (let i = 0; i < modes.length; i++) if ("ADFPR".indexOf(modes.charAt(i)) >= 0) return true;
  return false;
}

/** A sentence of an epoch: the open one, or the next. */
function begin(nmea: NmeaParser, type: string, hhmmss: string | undefined): void {
  const tod = timeOfDay(hhmmss);
  if (tod === undefined ? !nmea.type_ || type === nmea.type_ : tod !== nmea.tod_) {
    flushNmea(nmea);
    nmea.guessed_ = false;
    nmea.type_ = type;
    nmea.tod_ = tod;
  }
}

/** `day_ms`: the beginning of the day; 0: unknown. */
function setDate(nmea: NmeaParser, hhmmss: string | undefined, day_ms: number): void {
  const tod = timeOfDay(hhmmss);
  if (day_ms && tod !== undefined) nmea.dated_ = day_ms + tod;
}

/** What GGA and GNS have in common. */
function setPosition(fix: Values, fields: string[]): void {
  setPlace(fix, fields, 2);
  // GGA may count the satellites of one system only
  if (!(fix.satellites > (decimal(fields[7]) as number))) setNumber(fix, "satellites", fields[7]);
  setNumber(fix, "hdop", fields[8]);
  setNumber(fix, "altitude_m", fields[9]);
}

/** The place from field `at` on: `ddmm.mmmm`, N or S, `dddmm.mmmm`, E or W. */
function setPlace(fix: Values, fields: string[], at: number): void {
  const latitude = degrees(fields[at], fields[at + 1], "NS");
  const longitude = degrees(fields[at + 2], fields[at + 3], "EW");
  if (latitude !== undefined && longitude !== undefined) {
    fix.latitude = latitude;
    fix.longitude = longitude;
  }
}

/** Of `ddmm.mmmm`. `signs`: the letter of positive ones, then that of negative ones. */
function degrees(text: string | undefined, letter: string | undefined, signs: string): number | undefined {
  const value = decimal(text) as number;
  const whole = Math.floor(value / 100);
  const minutes = value - whole * 100;
  if (!(value >= 0 && minutes < 60)) return undefined;
  if (letter === signs.charAt(0)) return whole + minutes / 60;
  return letter === signs.charAt(1) ? -whole - minutes / 60 : undefined;
}

/** Sets what a field tells; an empty or unreadable field tells nothing. */
function setNumber(fix: Values, name: keyof Fix, text: string | undefined): void {
  const value = decimal(text);
  if (value !== undefined) fix[name] = value;
}
