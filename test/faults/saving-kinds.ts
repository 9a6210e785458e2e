/** Faults that only a tracker that saves power has: of how its modem sleeps, and of what its board measures. */
import type { PsmGrant } from "../../scripts/simulator/modem/faults.ts";
import { CALLS, type Kind, lasting, modem, PASSABLE, strikes } from "./kinds.ts";
import { count, pick, spread } from "./random.ts";

/** What a network grants that is of no use: awake for longer than from report to report, asleep for moments, or for years. */
const ABSURD: PsmGrant[] = [
  { active_s: 0, tau_s: 60 },
  { active_s: 0, tau_s: 4 },
  { active_s: 2, tau_s: 35_712_000 },
  { active_s: 11_160, tau_s: 108_000 },
  { active_s: 300, tau_s: 180 },
  { active_s: 0, tau_s: 0 },
];

/** Not a lithium cell's, but for the last two, which are low. */
const VOLTAGES = [0, 0.4, 1.9, 6.5, 12, 3.71, 3.6];
const JOLT_G = 0.3;

/** From afar: what a tracker that saves power may be told, and what is refused as it does not fit the rest. */
const SETTINGS: Record<string, unknown>[] = [
  { power: "on" },
  { power: "save" },
  { power: undefined },
  { upload_s: 30 },
  { upload_s: 3600 },
  { upload_s: 1200, interval_s: 900 },
  { window_s: 20 },
  { upload_s: undefined, interval_s: undefined, window_s: undefined, power: undefined },
];

export const savingKinds: Record<string, Kind> = {
  psmRefused: modem<"psmGrant">("psmGrant", undefined, () => "refused"),
  psmAbsurd: modem<"psmGrant">("psmGrant", undefined, (random) => pick(random, ABSURD)),
  // After an update of the tracking area it is another.
  psmDropped: (random, length_ms) =>
    strikes(random, length_ms, 6, () => {
      const grant = pick(random, ["refused", "as asked", ...ABSURD] as const);
      return {
        what: `modem psmGrant ${JSON.stringify(grant)}`,
        act: ({ modem }) => {
          modem.faults.psmGrant = grant;
        },
      };
    }),
  psmByItself: (random, length_ms) =>
    strikes(random, length_ms, 4, () => ({
      what: "the modem goes to PSM by itself",
      act: ({ modem }) => modem.inject.psm(),
    })),
  deafKey: (random, length_ms) =>
    strikes(random, length_ms, 4, () => {
      const presses = count(random, 1, 4);
      return {
        what: `the modem does not feel the next ${presses} presses of its key`,
        act: ({ modem }) => {
          modem.faults.deafKey = presses;
        },
      };
    }),
  deafAccelerometer: (_random, length_ms) =>
    lasting(
      "the accelerometer is dead",
      length_ms,
      ({ sensors }) => setDead(sensors.accelerometer, true),
      ({ sensors }) => setDead(sensors.accelerometer, false),
    ),
  jolts: (random, length_ms) =>
    strikes(random, length_ms, 8, () => {
      const long_s = Math.round(spread(random, 1, 60));
      return {
        what: `moved for ${long_s} s`,
        act: ({ sensors }) => sensors.accelerometer?.move(JOLT_G, long_s),
      };
    }),
  battery: (random, length_ms) => {
    const volts = pick(random, VOLTAGES);
    let before = 0;
    return lasting(
      `battery of ${volts} V`,
      length_ms,
      ({ sensors }) => {
        before = sensors.battery_v;
        sensors.battery_v = volts;
      },
      ({ sensors }) => {
        sensors.battery_v = before;
      },
    );
  },
  savingSettings: (random, length_ms) => [
    ...strikes(random, length_ms, 4, () => {
      const values = pick(random, SETTINGS);
      return { what: `settings ${JSON.stringify(values)}`, act: (stage) => stage.share(values) };
    }),
    {
      at_ms: length_ms,
      what: "settings as they were",
      act: (stage) =>
        stage.share({ upload_s: undefined, interval_s: undefined, window_s: undefined, power: undefined }),
    },
  ],
  noSky: (random, length_ms) => modem("noFixPolls", 0, () => 1e9)(random, length_ms),
};

function setDead(accelerometer: { dead: boolean } | undefined, dead: boolean): void {
  if (accelerometer) accelerometer.dead = dead;
}

/** Of a life whose modem works all the time: nothing of the way back is for it then. */
export const MILD = [
  ...CALLS.filter((name) => PASSABLE.includes(name)),
  "drops",
  "restarts",
  "refusal",
  "rateLimit",
  "lateConnack",
  "noPingresp",
  "segments",
  "lostPubacks",
  "closedPubacks",
  "powerCuts",
  "flashCuts",
  "tornFlash",
  "psmRefused",
  "psmAbsurd",
  "psmDropped",
  "deafAccelerometer",
  "jolts",
  "battery",
  "savingSettings",
  "noSky",
];
