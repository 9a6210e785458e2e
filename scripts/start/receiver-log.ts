/** `npm start -- --log FILE`: a receiver's log, or in one line why it cannot be replayed. */
import { readFileSync } from "node:fs";
import { Fault, systemWords } from "../fault.ts";
import { checksumOf, isDated, readEpochs, timedFixes, timeOfDay } from "../simulator/gnss-log.ts";

export interface ReceiverLog {
  /** NMEA sentences. */
  text: string;
  /** One line: what will be replayed. */
  note: string;
}

/** Reads the file. Throws `Fault`. */
export function readLog(path: string): ReceiverLog {
  const refuse = (why: string): never => {
    throw new Fault(`--log ${path}: ${why}`);
  };
  let bytes: Buffer = Buffer.alloc(0);
  try {
    bytes = readFileSync(path);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === "ENOENT") refuse("there is no such file");
    if (code === "EISDIR") refuse("is a directory");
    refuse(systemWords(error));
  }
  const text = decode(bytes);
  const epochs = readEpochs(text);
  const fixes = timedFixes(epochs, 0);
  const [first] = fixes;
  const last = fixes.at(-1);
  if (!first || !last) return refuse(whyNoFix(text));
  const count = `${path}: ${fixes.length} ${fixes.length === 1 ? "fix" : "fixes"}`;
  const again = "replayed over and over from now on";
  if (isDated(epochs)) return { text, note: `${count} from ${utc(first.time_ms)} on, ${again}` };
  return {
    text,
    note: `${count}, with ${timeOfDay(first) === undefined ? "no time" : "no date"} in it; ${again}`,
  };
}

const utc = (time_ms: number): string => `${new Date(time_ms).toISOString().slice(0, 19).replace("T", " ")}Z`;

/** Windows' editors and PowerShell write UTF-16, mostly with a mark; without one each second byte is 0. */
function decode(bytes: Buffer): string {
  const start = bytes.subarray(0, 4).toString("hex");
  if (/^(fffe|..00..00)/.test(start)) return new TextDecoder("utf-16le").decode(bytes);
  if (/^(feff|00..00..)/.test(start)) return new TextDecoder("utf-16be").decode(bytes);
  return bytes.toString("latin1");
}

/** A sentence, however it ends. */
const SENTENCE = /\$([A-Z]{2}[A-Z0-9]{3}|P[A-Z]{3}[A-Z0-9]*),([^\r\n$*]*)(?:\*([0-9A-Fa-f]{2}))?/g;

function whyNoFix(text: string): string {
  if (!text.trim()) return "is empty";
  const sentences = [...text.matchAll(SENTENCE)];
  if (!sentences.length)
    return text.includes("\0")
      ? "is binary, not a receiver's NMEA text"
      : "has no NMEA sentences in it, such as $GPRMC,…";
  const right = sentences.filter(
    ([, type, fields, checksum]) =>
      checksum !== undefined && checksumOf(`${type},${fields}`) === Number.parseInt(checksum, 16),
  );
  if (!right.length) return `none of its ${sentences.length} NMEA sentences has the right checksum`;
  const types = [...new Set(right.map(([, type = ""]) => type))];
  const shown = types.slice(0, 8).join(", ") + (types.length > 8 ? ", …" : "");
  return `its NMEA sentences (${shown}) tell no position; the receiver had no fix, or RMC and GGA are switched off`;
}
