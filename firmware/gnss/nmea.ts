import type { Fix } from "./fix.ts";

/**
 * NMEA 0183 from a receiver, in any pieces, to fixes: RMC, GGA, GNS and VTG sentences, those of one epoch (one
 * UTC time) merged into one fix. An epoch is over when a sentence with another time comes; when one without a
 * time comes that is of the type the epoch began with (a receiver that lost its fix may leave the time out); and
 * when `flushNmea` is called.
 */
export interface NmeaParser {
  /** Called at the end of each epoch; null: the receiver had no fix in it. */
  onEpoch(fix: Fix | null): void;
  /** How many sentences of these types were ignored: checksum missing or wrong, or too long. */
  bad: number;
  /** The sentence that is not yet complete, from its `$`, shorter than `Nmea.Longest`. */
  buf_: string;
  /** What the open epoch has told; latitude and longitude still as signed ddmm.mmmm. */
  fix_: Values;
  /** The type of sentence the open epoch began with; -1: no epoch is open. */
  type_: number;
  /** The epoch's time of day, ms; -1: unknown. */
  tod_: number;
  /** The epoch's time, ms since 1970; 0: unknown. */
  time_: number;
}

/** A fix in the making. */
type Values = Record<keyof Fix, number>;

type Signs = { [hemisphere: string]: number };

const enum Nmea {
  /** The standard allows 82 characters, but receivers with more digits go beyond it. */
  Longest = 120,
  Day_ms = 86400000,
  /** For how long the date of the last RMC is good for epochs without one. */
  DateKept_ms = 3600000,
}

/** `onEpoch` gets the fix of each epoch, or null for an epoch without one. */
export function nmeaParser(onEpoch: (fix: Fix | null) => void): NmeaParser {
  return { onEpoch: onEpoch, bad: 0, buf_: "", fix_: {} as Values, type_: -1, tod_: -1, time_: 0 };
}

/** Takes bytes of the serial line, in any pieces. Never throws; what is garbled is dropped. */
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
  // Degrees are the hundreds of ddmm.mmmm; |0 and % round towards zero, so the sign stays right
  let latitude = fix.latitude / 100;
  let longitude = fix.longitude / 100;
  // What still comes must not change what was handed out
  nmea.fix_ = {} as Values;
  if (nmea.type_ < 0) return;
  nmea.type_ = -1;
  fix.latitude = latitude = (latitude | 0) + (latitude % 1) / 0.6;
  fix.longitude = longitude = (longitude | 0) + (longitude % 1) / 0.6;
  if (nmea.time_) fix.time_ms = nmea.time_;
  // The squares of 90 and 180. NaN, when there was no position, fails here too
  nmea.onEpoch(latitude * latitude <= 8100 && longitude * longitude <= 32400 ? fix : null);
}

/** `line`: a sentence without its `$`; `star`: where its checksum begins, negative: it has none. */
function takeSentence(nmea: NmeaParser, line: string, star: number): void {
  // "RMC," at 0, "GGA," at 4, "GNS," at 8, "VTG," at 12. Looked at first, as the checksum costs more.
  const type = "RMC,GGA,GNS,VTG,".indexOf(line.substr(2, 4));
  // RMC has its status before the position, so the rest is one field further
  const at = type ? 2 : 3;
  let fix = nmea.fix_;
  let sum = 256;
  // Declared here, as in the blocks below they would cost bytes
  let since: number;
  let date: number;
  let month: number;
  let year: number;
  if (type < 0 || "GP,GN,GL,GA,GB,BD".indexOf(line.substr(0, 2)) < 0) return;
  for (let i = 0; i < star; i++) sum ^= line.charCodeAt(i);
  // 256 makes it three digits, the last two being the checksum; without a star the talker stands in its place
  if (star + 3 > Nmea.Longest || sum.toString(16).substr(1) !== line.substr(star + 1, 2).toLowerCase()) {
    nmea.bad++;
    return;
  }
  const fields = line.substr(0, star).split(",");

  if (type > 8) {
    // VTG has no time: it may belong to the next epoch, so it only tells what the open one lacks
    if (!("speed_kmh" in fix)) {
      setNumber(fix, "speed_kmh", fields[7], 1);
      setNumber(fix, "course_deg", fields[1], 1);
    }
    return;
  }

  // hhmmss.sss
  let clock = parseFloat(fields[1] as string);
  clock = Math.round(
    (((clock / 10000) | 0) * 3600 + (((clock / 100) | 0) % 100) * 60 + (clock % 100)) * 1000,
  );
  if (!(clock >= 0 && clock <= Nmea.Day_ms)) clock = -1;
  if (clock < 0 ? nmea.type_ < 0 || type === nmea.type_ : clock !== nmea.tod_) {
    flushNmea(nmea);
    fix = nmea.fix_;
    nmea.type_ = type;
    nmea.tod_ = clock;
    // The time goes on from the last one known, over midnight too: GGA comes before the RMC with the new date
    since = (clock - (nmea.time_ % Nmea.Day_ms) + Nmea.Day_ms) % Nmea.Day_ms;
    nmea.time_ = nmea.time_ && clock >= 0 && since < Nmea.DateKept_ms ? nmea.time_ + since : 0;
  }

  // RMC: A. GGA: 1 to 5. GNS: a letter a system. The rest is no fix, or one that was not measured: dead reckoning
  // (GGA 6, GNS E), typed in (7, M), simulated (8, S).
  if (/[1-5ADFPR]/.test(fields[type ? 6 : 2] as string)) {
    setNumber(fix, "latitude", fields[at], ({ N: 1, S: -1 } as Signs)[fields[at + 1] as string]);
    setNumber(fix, "longitude", fields[at + 2], ({ E: 1, W: -1 } as Signs)[fields[at + 3] as string]);
    if (type) {
      // GGA may count the satellites of one system only
      if (!(fix.satellites > +(fields[7] as string))) setNumber(fix, "satellites", fields[7], 1);
      setNumber(fix, "hdop", fields[8], 1);
      setNumber(fix, "altitude_m", fields[9], 1);
    } else {
      setNumber(fix, "speed_kmh", fields[7], 1.852);
      setNumber(fix, "course_deg", fields[8], 1);
      // ddmmyy. Years from 80 on are those of a receiver that does not know yet: GPS began in 1980
      date = parseFloat(fields[9] as string);
      month = ((date / 100) | 0) % 100;
      year = date % 100;
      date = (date / 10000) | 0;
      if (clock >= 0 && date && month < 13 && year < 80) {
        // Years are counted from March 2000, day 11,017 since 1970: the leap day is then the last of the year
        if (month < 3) {
          month += 12;
          year--;
        }
        nmea.time_ =
          (11016 + date + year * 365 + (year >> 2) + (((month * 153 - 457) / 5) | 0)) * Nmea.Day_ms + clock;
      }
    }
  }
}

/** Sets what a field tells in `unit`; an empty field, or one in an unknown unit, tells nothing. */
function setNumber(fix: Values, name: keyof Fix, text: string | undefined, unit: number | undefined): void {
  const value = parseFloat(text as string) * (unit as number);
  // Not so for NaN and the infinities
  if (value * 0 === 0) fix[name] = value;
}
