/**
 * What a build can leave out, or have in one of several ways. A feature is a seam, as the board is: the firmware imports
 * `#<feature>`, for each way there is a file with the same exports, and the build bundles the one that is chosen. What only
 * the others import is not in the blob, and a function of `none.ts` that does nothing goes with its calls, so what is left
 * out costs no byte and no variable.
 *
 * A new one: its files, one of them for `none` unless no board can be without; their entry here and in the `paths` of
 * firmware/tsconfig.json; and `EVERY_BOARD`, or `FEATURES` of the boards that have it.
 */
import { join } from "node:path";
import { Option } from "commander";
import { buildSync } from "esbuild";
import { UsageError } from "../command-line.ts";
import { cutShort } from "../fault.ts";
import { ROOT } from "./program.ts";

/** The absolute path of a feature's file, by feature and way. */
export type FeatureFiles = Record<string, Record<string, string>>;

/** The way that is chosen, by feature. */
export type Choices = Record<string, string>;

const gnss = (file: string) => join(ROOT, "firmware/gnss", file);
const motion = (file: string) => join(ROOT, "firmware/motion", file);
const modem = (file: string) => join(ROOT, "firmware/modem", file);
const ota = (file: string) => join(ROOT, "firmware/ota", file);
const rpc = (file: string) => join(ROOT, "firmware/rpc", file);
const thingsboard = (file: string) => join(ROOT, "firmware/thingsboard", file);
const tracker = (file: string) => join(ROOT, "firmware/tracker", file);

/** The product's own. */
export const FEATURES: FeatureFiles = {
  gnss: { modem: gnss("modem.ts"), nmea: gnss("uart.ts"), none: gnss("none.ts") },
  modem: { quectel: modem("quectel.ts") },
  tls: { modem: modem("tls.ts"), none: modem("no-tls.ts") },
  attributes: { yes: thingsboard("attributes.ts"), none: thingsboard("no-attributes.ts") },
  client_rpc: { yes: thingsboard("calls.ts"), none: thingsboard("no-calls.ts") },
  claim: { yes: thingsboard("claim.ts"), none: thingsboard("no-claim.ts") },
  provision: { yes: thingsboard("can-provision.ts"), none: thingsboard("no-provision.ts") },
  identity: { provision: tracker("identity.ts"), none: tracker("no-identity.ts") },
  calls: { all: rpc("further.ts"), few: rpc("few.ts") },
  log: { yes: tracker("log.ts"), none: tracker("no-log.ts") },
  settings: { afar: tracker("wanted.ts"), none: tracker("no-settings.ts") },
  sleep: { save: modem("can-sleep.ts"), none: modem("no-sleep.ts") },
  cell: { yes: modem("cell.ts"), none: modem("no-cell.ts") },
  edrx: { yes: modem("edrx.ts"), none: modem("no-edrx.ts") },
  assistance: { yes: gnss("assistance.ts"), none: gnss("no-assistance.ts") },
  turns: { yes: gnss("turns.ts"), none: gnss("no-turns.ts") },
  battery: { yes: tracker("battery.ts"), none: tracker("no-battery.ts") },
  motion: { lis3dh: motion("motion.ts"), none: motion("none.ts") },
  extras: { yes: tracker("extras.ts"), none: tracker("no-extras.ts") },
  policy: { trips: tracker("policy.ts"), none: tracker("no-policy.ts") },
  zones: { yes: tracker("zones.ts"), none: tracker("no-zones.ts") },
  ota: { slots: ota("ota.ts"), none: ota("no-ota.ts") },
};

/** What asks nothing of a board: each has it, in the first of these ways, unless its file says otherwise. */
const EVERY_BOARD: Record<string, string[]> = {
  attributes: ["yes"],
  client_rpc: ["yes"],
  claim: ["yes"],
  provision: ["yes"],
  identity: ["provision"],
  calls: ["all", "few"],
  log: ["yes"],
  settings: ["afar"],
  cell: ["yes"],
  assistance: ["yes"],
  battery: ["yes"],
  extras: ["yes"],
  policy: ["trips"],
  zones: ["yes"],
};

/** What is of use only with another: that one is built in, too, where the board can have it. */
const NEEDS: Record<string, [feature: string, way: string]> = {
  "ota=slots": ["settings", "afar"],
  "settings=afar": ["attributes", "yes"],
  // They are for the modem's own engine.
  "assistance=yes": ["gnss", "modem"],
  "turns=yes": ["gnss", "modem"],
  "zones=yes": ["policy", "trips"],
  "policy=trips": ["extras", "yes"],
};

/** What leaves a feature out. */
export const NONE = "none";

/** For the command lines of those who build: `readChoices` takes its values. */
export const featuresOption = (): Option =>
  new Option(
    "--features <NAME=WAY...>",
    "what is built in: gnss=modem (the modem's engine), gnss=nmea (a receiver with a UART of its own), gnss=none, modem=quectel, tls=modem (TLS of the modem), tls=none, settings=afar (from ThingsBoard, needs attributes=yes), settings=none, ota=slots (firmware over the air, needs settings=afar), ota=none; sleep=save (between reports, with the setting power), sleep=none; calls=all, calls=few (of the server's calls); identity=provision (a board asks the server for its login), identity=none; motion=lis3dh (an accelerometer wakes it), motion=none; policy=trips (trips, turns, overspeed; needs extras=yes), policy=none; extras (further telemetry), zones (needs policy=trips), assistance (XTRA, needs gnss=modem), turns (a modem with one receiver for GNSS and LTE, needs gnss=modem), cell (where there is no fix), edrx (eDRX), attributes, battery, client_rpc, claim, provision, log: each yes or none (default: the board's own)",
  );

/** Of `--features gnss=nmea,…`, which may stand several times. Throws `UsageError` for what no board has. */
export function readChoices(given: readonly string[], files: FeatureFiles = FEATURES): Choices {
  const choices: Choices = {};
  for (const word of given.flatMap((list) => list.split(","))) {
    const [feature = "", way = "", ...more] = word.split("=");
    const ways = Object.hasOwn(files, feature) ? files[feature] : undefined;
    const all = Object.entries(files).map(([name, its]) => `${name}=${Object.keys(its).join("|")}`);
    if (!ways) throw new UsageError(`--features ${cutShort(word)}: no such feature, use ${all.join(", ")}`);
    if (more.length || !Object.hasOwn(ways, way))
      throw new UsageError(`--features ${cutShort(word)}: use ${feature}=${Object.keys(ways).join("|")}`);
    if (feature in choices && choices[feature] !== way)
      throw new UsageError(`--features ${feature}: is both ${choices[feature]} and ${way}`);
    choices[feature] = way;
  }
  return choices;
}

/** "gnss=nmea", as `readChoices` takes it. */
export const describeChoices = (choices: Choices): string =>
  Object.entries(choices)
    .map(([feature, way]) => `${feature}=${way}`)
    .join(",");

/** The board's own words for what it has. Bundled alone, as the rest of its file is for the device. */
function featuresOf(board: string): Record<string, string[]> {
  const { outputFiles } = buildSync({
    stdin: {
      contents: `import * as board from ${JSON.stringify(board)}; found = board.FEATURES;`,
      resolveDir: ROOT,
    },
    bundle: true,
    // The interpreter's own modules are none of ours.
    packages: "external",
    write: false,
    logLevel: "silent",
  });
  return new Function(`var found; ${outputFiles[0]?.text} return found;`)() ?? {};
}

/**
 * What a board gets: what is wanted, else its own first way, else nothing. `board`: the absolute path of its file. Throws
 * `UsageError` when it lacks what is wanted.
 */
export function choicesFor(name: string, board: string, wanted: Choices, files = FEATURES): Choices {
  const has = { ...EVERY_BOARD, ...featuresOf(board) };
  const choices: Choices = {};
  for (const [feature, itsFiles] of Object.entries(files)) {
    const ways = [...new Set([...(has[feature] ?? []), ...(NONE in itsFiles ? [NONE] : [])])];
    if (ways.length === 0)
      throw new UsageError(
        `${name}: FEATURES of its file must name a ${feature}: ${Object.keys(itsFiles).join(" or ")}`,
      );
    const way = wanted[feature] ?? ways[0] ?? "";
    if (!ways.includes(way))
      throw new UsageError(`${name} has no ${feature}=${way}: it can have ${ways.join(" or ")}`);
    choices[feature] = way;
  }
  meetNeeds(name, choices, wanted, has);
  return choices;
}

/** What was asked for gets what it needs; what is the board's own is left out where that is. */
function meetNeeds(name: string, choices: Choices, wanted: Choices, has: Record<string, string[]>): void {
  const rules = Object.entries(NEEDS);
  // What is needed by what was asked for is asked for, too.
  const asked = { ...wanted };
  // The other way round for what is left out: the one in front may need the next.
  for (const [one, [feature, way]] of [...rules, ...rules.toReversed()]) {
    const [its = "", itsWay] = one.split("=");
    if (choices[its] !== itsWay || choices[feature] === way) continue;
    if (!asked[its]) choices[its] = NONE;
    else if (!asked[feature] && has[feature]?.includes(way)) choices[feature] = asked[feature] = way;
    else throw new UsageError(`${name}: ${one} needs ${feature}=${way}`);
  }
}

/** What `#gnss` and the like mean: absolute paths. */
export function filesOf(choices: Choices, files = FEATURES): Record<string, string> {
  return Object.fromEntries(
    Object.entries(choices).map(([feature, way]) => [`#${feature}`, files[feature]?.[way] ?? ""]),
  );
}
