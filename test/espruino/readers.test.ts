/** What reads text of others, built, in the real interpreter and under Node: the same lines must tell the same. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import vm from "node:vm";
import { buildBlob } from "../../scripts/build/blob.ts";
import { choicesOf, SOURCES } from "../../scripts/build/boards.ts";
import { filesOf } from "../../scripts/build/features.ts";
import { compile } from "../../scripts/build/program.ts";
import { startInterpreter } from "../../scripts/simulator/interpreter.ts";
import { HOSTILE, LEAP_DAY, LOST_AND_FOUND, SOUTHERN, WESTERN, YEAR_END } from "../gnss/logs.ts";
import { sentence, sentences } from "../gnss/sentence.ts";
import type { Readers } from "./readers-entry.ts";

const binary = process.env.ESPRUINO ?? "";
const skip = binary ? false : "set ESPRUINO to the path of an Espruino for Linux";

const NUMBERS = [
  ...["5", "-5", "+5", ".5", "5.", "-.5", ".", "-", "+", "", "1.2.3", "12abc", "abc", "0x10", "0b11", "0o7"],
  ...["010", "08", "0010.5", "010126", "00000", "1e3", "1E3", "1_000", " 5", "5 ", "5\t", "--5", "1-2", "-0"],
  ...[
    "Infinity",
    "NaN",
    "true",
    "null",
    "5\xff",
    "\xb5",
    "\xe9",
    "31.84538",
    "117.19882",
    "-0.00001",
    "9".repeat(30),
  ],
];
const DATES = [
  "010726",
  "070726",
  "311226",
  "290228",
  "290226",
  "310226",
  "060180",
  "010181",
  "311299",
  "000126",
];
const TIMES = [
  "000000",
  "010203",
  "01020",
  "010203.5",
  "235959.999",
  "235960",
  "240000",
  "006000",
  "noon",
  "-10203",
];
const MODEM_TIMES = [
  ...[
    '"2026/07/04,08:09:10+08,0"',
    '"26/01/07,01:02:03+08"',
    '"26/07/04,08:09:10-20"',
    '"26/07/04,08:09:10"',
  ],
  ...[
    '"80/01/06,00:01:13+00"',
    '"08/01/04,00:19:43+00"',
    '"1980/01/06,00:00:17+00,0"',
    '""',
    "",
    '"',
    ",,,",
    "garbage",
  ],
  ...[
    '"26/02/31,00:00:00+00"',
    '"26/13/01,00:00:00+00"',
    '"26/07/04,08:09"',
    '"26/07/04"',
    '"26/07/04,08:09:10+xx"',
  ],
];
const PLACE = "061951.0,31.84538,117.19882,0.7,62.2,3,171.43,36.0,19.4,110526,09";
const LOCATIONS = [
  PLACE,
  "084757.700,-22.58379,-113.96622,1.6,-40.0,3,171.75,0.0,0.0,280226,10",
  "010203.0,0.00000,-0.00001,1.0,0.0,3,0.00,0.0,0.0,010126,08",
  ...["hdop", "-", "", "500.0", "99.9"].map((text) => PLACE.replace(",0.7,", `,${text},`)),
  ...["high", "", "-1200.0", "25300.0", "60000"].map((text) => PLACE.replace(",62.2,", `,${text},`)),
  ...["east", "", "-1.00", "361.00", "010"].map((text) => PLACE.replace(",171.43,", `,${text},`)),
  ...["fast", "", "-1.0", "1666.8", "5000"].map((text) => PLACE.replace(",36.0,", `,${text},`)),
  ...["few", "", "00", "02", "03", "010"].map((text) => PLACE.replace(/09$/, text)),
  ...["060180", "", "310226", "251006", "090287", "250546"].map((text) => PLACE.replace("110526", text)),
  ...["", "91.0", "31.84538N", "0.00000"].map((text) => PLACE.replace("31.84538", text)),
  "061951.0,0.00000,0.00000,0.7,62.2,3,171.43,36.0,19.4,110526,",
  "061951.0,3150.722800,N,11711.929200,E,0.7,62.2,3,0.00,0.0,0.0,110526,09",
  "",
  ",,,,,,,,,,",
];
const LOGS = [
  WESTERN,
  SOUTHERN,
  LEAP_DAY,
  YEAR_END,
  LOST_AND_FOUND,
  sentences("GPGLL,6408.7600,N,02156.4000,W,010203.00,A,A", "GPZDA,010203.00,07,06,2026,00,00"),
  sentences("INRMC,010203,A,0408.7600,S,00156.4000,W,010,010.5,010726,,,A"),
  ..."EMNSAD"
    .split("")
    .map((mode) => sentence(`GPRMC,101500,A,6408.7600,N,02156.4000,W,1,2,140626,,,${mode}`)),
  `$$${sentence("GNGGA,101500.000,6408.7600,N,02156.4000,W,1,00,99.9,25300.2,M,66.1,M,,").slice(1)}`,
  `\xb5b$\x01*\xff${sentence("GNGGA,101500.000,6408.7600,N,02156.4000,W,6,07,1.3,15.2,M,66.1,M,,")}`,
  sentence("GPRMC,101500,A,6408.7600,N,02156.4000,W,,,281006,,,A"),
  ...Object.entries(HOSTILE).flatMap(([name, log]) => (name === "every byte" ? [] : [log.slice(0, 400)])),
];
const LINES: [keyof Readers, string[]][] = [
  ["decimal", NUMBERS],
  ["day", DATES],
  ["time", [...TIMES, ...NUMBERS]],
  ["utc", MODEM_TIMES],
  ["local", MODEM_TIMES],
  ["location", LOCATIONS],
  ["nmea", LOGS],
  ["receiver", LOGS],
];

/** As JSON has it. */
const plain = (value: unknown): unknown => JSON.parse(JSON.stringify(value));

/** What the interpreter told, fractions as Node has them where they are so near that only printing differs. */
function alike(there: unknown, here: unknown): unknown {
  if (typeof there === "number" && typeof here === "number")
    return there % 1 && Math.abs(there - here) < 1e-8 ? here : there;
  if (typeof there !== "object" || typeof here !== "object" || !there || !here) return there;
  const others = here as Record<string, unknown>;
  const entries = Object.entries(there).map(([name, each]) => [name, alike(each, others[name])] as const);
  return Array.isArray(there) ? entries.map(([, each]) => each) : Object.fromEntries(entries);
}

test("the readers of text tell in the interpreter what they tell under Node", { skip }, async () => {
  const entry = fileURLToPath(new URL("readers-entry.ts", import.meta.url));
  const chosen = { "#board": SOURCES.board("linux"), ...filesOf(choicesOf("linux", {})) };
  const { code } = await buildBlob({
    emitted: compile({ roots: [entry], chosen }),
    entry,
    chosen,
    version: "0",
    unicode: false,
    outfile: entry.replace(".ts", ".js"),
  });
  const global: { readers?: Readers } = {};
  const timers = { setTimeout: () => 1, clearTimeout() {} };
  vm.runInNewContext(code, { global, print() {}, ...timers });
  const interpreter = await startInterpreter({ binary, storage: { ".bootcde": code } });
  try {
    for (const [reader, lines] of LINES)
      for (const some of portions(lines)) {
        const here = plain(some.map((line) => global.readers?.[reader](line) ?? null));
        const call = `[${some.map(asciiJson)}].map(function(line){return readers.${reader}(line)})`;
        const there = plain(await interpreter.evaluate(call));
        assert.deepEqual(alike(there, here), here, call);
      }
  } finally {
    await interpreter.stop();
  }
});

/** The text as a literal of ASCII: the console is no place for other bytes. */
function asciiJson(text: string): string {
  return JSON.stringify(text).replace(
    /[^ -~]/g,
    (character) => `\\x${character.charCodeAt(0).toString(16).padStart(2, "0")}`,
  );
}

/** As many lines at a time as the console takes at once. */
function portions(lines: string[]): string[][] {
  const all: string[][] = [];
  let left = 0;
  for (const line of lines) {
    left -= line.length + 4;
    if (left < 0) {
      all.push([]);
      left = 300;
    }
    all.at(-1)?.push(line);
  }
  return all;
}
