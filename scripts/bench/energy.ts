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
import { buildBoards, SOURCES } from "../build/boards.ts";
import type { Choices } from "../build/features.ts";
import { ROOT } from "../build/program.ts";
import { createMeter } from "../simulator/energy/meter.ts";
import type { Reading } from "../simulator/energy/reading.ts";
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

export const POLICIES: readonly Policy[] = [
  { name: "on, each 60 s", settings: { interval_s: 60 } },
  { name: "on, each 600 s", settings: { interval_s: 600 } },
  { name: "save, hourly", settings: { interval_s: 3600, power: "save" } },
  {
    name: "save, hourly, 4 uploads a day",
    settings: { interval_s: 3600, power: "save", upload_s: 21_600 },
  },
];

/** The smallest board has room for sleep in the place of TLS alone. */
const SLEEPING_RAK8212: Choices = { sleep: "save", tls: "none" };

/** Of a battery of 2,000 mAh 85 % can be used. */
export const USABLE_MAH = 1_700;
const DAY_S = 86_400;
export const UNIT = "mAh/day";
/** Nothing but timers moves the world, so that steps can be long. */
const STEP_MS = 60_000;

export const blobFile = (board: BoardName): string => join(ROOT, `dist/${board}.js`);

/** What runs: the board's own build, or one with these features besides. */
async function blobOf(board: BoardName, features?: Choices): Promise<string> {
  if (!features) return readFileSync(blobFile(board), "latin1");
  return (await buildBoards([board], SOURCES, features)).get(board)?.code ?? "";
}

export interface Used {
  reading: Pick<Reading, "mAh" | "awake_s" | "radio_s" | "up_bytes" | "down_bytes">;
  /** That were taken: the server has them, or they wait for the next upload. */
  fixes: number;
}

/** Runs a board's blob for so many days; with `features`, one that is built with these. */
export async function useEnergy(
  board: BoardName,
  settings: object,
  days: number,
  features?: Choices,
): Promise<Used & { reading: Reading }> {
  const spec = boardSpecs[board];
  const world = createWorld({
    spec,
    blob: await blobOf(board, features),
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
    const delivered = world.thingsboard.telemetry("tracker", "Latitude").length;
    return { reading, fixes: delivered + Number(world.status().waiting) };
  } finally {
    await world.stop();
  }
}

interface Run {
  board: BoardName;
  /** Of its row. */
  name: string;
  settings: Record<string, unknown>;
  /** Built in besides the board's own. */
  features?: Choices;
}

/** Each board with each policy. */
export const RUNS: readonly Run[] = BATTERY_BOARDS.flatMap((board) =>
  POLICIES.map(({ name, settings }) => ({
    board,
    name: `${board}, ${name}`,
    settings,
    ...(board === "rak8212" && "power" in settings && { features: SLEEPING_RAK8212 }),
  })),
);

/** One that this firmware does not know. */
export const unknownSetting = (settings: Record<string, unknown>): string | undefined =>
  Object.keys(settings).find((name) => !SETTINGS.some(({ path }) => path === name));

/** mAh a day against what is expected. ENERGY_DAYS: how long, 1 by default. */
export async function energyRows(): Promise<Row[]> {
  const days = Number(process.env.ENERGY_DAYS ?? 1);
  const rows: Row[] = [];
  for (const { board, name, settings, features } of RUNS) {
    const unknown = unknownSetting(settings);
    if (unknown !== undefined) rows.push({ name, unit: UNIT, why: `there is no setting ${unknown}` });
    else if (!existsSync(blobFile(board))) rows.push({ name, unit: UNIT, why: "npm run build" });
    else rows.push(energyRow(name, await useEnergy(board, settings, days, features), days));
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
    `${(USABLE_MAH / figure).toFixed(1)} days`,
    `awake ${a_day(reading.awake_s)} s`,
    `radio ${a_day(reading.radio_s)} s`,
    `${a_day(bytes / 1000)} kB`,
  ];
  // One that nobody wrote down is over.
  const budget = (EXPECTED_MAH[name] ?? 0) * BUDGETS.energy_ratio;
  return { name: `${name}: ${told.join(", ")}`, figure, unit: UNIT, budget };
}
