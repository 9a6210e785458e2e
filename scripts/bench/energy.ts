/**
 * What a tracker takes of its battery in a day: each board's blob on that board, simulated, from its first start on, with its
 * modem in good reception and under open sky, the server there, and currents as in simulator/energy/currents.ts.
 */
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { SETTINGS } from "../../firmware/settings.ts";
import { TRACK } from "../../test/blob/peers.ts";
import { createWorld } from "../../test/blob/world.ts";
import type { BoardName } from "../boards.ts";
import { BUDGETS } from "../budgets.ts";
import { ROOT } from "../build/program.ts";
import { createMeter, type Reading } from "../simulator/energy/meter.ts";
import { boardSpecs, type Wire } from "../simulator/espruino/specs.ts";
import { REAL_STARTS } from "../simulator/modem/gnss.ts";
import { EXPECTED_MAH } from "./energy-expected.ts";
import type { Row } from "./row.ts";

/** Those with a battery. */
const BATTERY_BOARDS = ["rak8212", "rak5010", "wio-lte"] as const satisfies readonly BoardName[];

interface Policy {
  name: string;
  /** Of a tracker.json. */
  settings: Record<string, unknown>;
}

const POLICIES: readonly Policy[] = [
  { name: "on, each 60 s", settings: { interval_s: 60 } },
  { name: "on, each 600 s", settings: { interval_s: 600 } },
  { name: "save, hourly", settings: { interval_s: 3600, power: "save" } },
  {
    name: "save, hourly, 4 uploads a day",
    settings: { interval_s: 3600, power: "save", upload_s: 21_600 },
  },
];

/** A battery of 2,000 mAh, of which so much can be used. */
const BATTERY_MAH = 2_000;
const USABLE = 0.85;
const DAY_S = 86_400;
const UNIT = "mAh/day";
/** Nothing but timers moves the world, so that steps can be long. */
const STEP_MS = 60_000;

const blobOf = (board: BoardName): string => join(ROOT, `dist/${board}.js`);

export interface Used {
  reading: Reading;
  /** That the server has. */
  fixes: number;
}

/** Runs a board's blob for so many days. */
export async function useEnergy(board: BoardName, settings: object, days: number): Promise<Used> {
  const spec = boardSpecs[board];
  const world = createWorld({
    spec,
    blob: readFileSync(blobOf(board), "latin1"),
    config: { ...settings },
    modem: {
      startsOn: false,
      powered: !Object.values<Wire>(spec.modemPins).includes("supply"),
      model: spec.modemModel,
      gnss: { log: readFileSync(TRACK, "latin1"), time: "now", starts: REAL_STARTS },
    },
    meter: (clock) => createMeter({ clock, board }),
  });
  try {
    await world.run(days * DAY_S, STEP_MS);
    const reading = world.meter?.read() as Reading;
    return { reading, fixes: world.thingsboard.telemetry("tracker", "Latitude").length };
  } finally {
    await world.stop();
  }
}

/** Each board with each policy. */
export const RUNS = BATTERY_BOARDS.flatMap((board) =>
  POLICIES.map(({ name, settings }) => ({ board, name: `${board}, ${name}`, settings })),
);

/** One that this firmware does not know. */
export const unknownSetting = (settings: Record<string, unknown>): string | undefined =>
  Object.keys(settings).find((name) => !SETTINGS.some(({ path }) => path === name));

/** mAh a day against what is expected. ENERGY_DAYS: how long, 1 by default. */
export async function energyRows(): Promise<Row[]> {
  const days = Number(process.env.ENERGY_DAYS ?? 1);
  const rows: Row[] = [];
  for (const { board, name, settings } of RUNS) {
    const unknown = unknownSetting(settings);
    if (unknown !== undefined) rows.push({ name, unit: UNIT, why: `there is no setting ${unknown}` });
    else if (!existsSync(blobOf(board))) rows.push({ name, unit: UNIT, why: "npm run build" });
    else rows.push(energyRow(name, await useEnergy(board, settings, days), days));
  }
  return rows;
}

export function energyRow(name: string, { reading, fixes }: Used, days: number): Row {
  const figure = reading.mAh / days;
  const bytes = reading.up_bytes + reading.down_bytes;
  const a_day = (amount: number): string =>
    (amount / days).toLocaleString("en-US", { maximumFractionDigits: 0 });
  const told = [
    fixes > 0 ? `${(reading.mAh / fixes).toFixed(2)} mAh a fix` : "no fix",
    `${((BATTERY_MAH * USABLE) / figure).toFixed(1)} days`,
    `awake ${a_day(reading.awake_s)} s`,
    `radio ${a_day(reading.radio_s)} s`,
    `${a_day(bytes / 1000)} kB`,
  ];
  // One that nobody wrote down is over.
  const budget = (EXPECTED_MAH[name] ?? 0) * BUDGETS.energy_ratio;
  return { name: `${name}: ${told.join(", ")}`, figure, unit: UNIT, budget };
}
