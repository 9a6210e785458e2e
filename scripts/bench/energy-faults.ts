/**
 * What a RAK5010 that saves power takes where nothing goes well: seven days, each full of the faults that one of the seeds 1 to 7
 * draws (test/faults), lived one by one. What others set from afar is left out, as it makes another policy.
 */
import { existsSync } from "node:fs";
import { fleetKinds } from "../../test/faults/fleet-kinds.ts";
import { drawPlan } from "../../test/faults/plan.ts";
import { savingKinds } from "../../test/faults/saving-kinds.ts";
import { createScene } from "../../test/faults/scene.ts";
import { createMeter } from "../simulator/energy/meter.ts";
import type { Reading } from "../simulator/energy/reading.ts";
import { seededRandom } from "../simulator/modem/options.ts";
import { blobFile, energyRow, POLICIES, UNIT, type Used } from "./energy.ts";
import type { Row } from "./row.ts";

const BOARD = "rak5010";
const DAYS = 7;
const DAY_MS = 86_400_000;
/** A low battery stretches the intervals, which takes less. */
const OTHER_POLICIES = ["settings", "savingSettings", "battery"];

const KINDS = Object.fromEntries(
  Object.entries({ ...fleetKinds, ...savingKinds }).filter(([name]) => !OTHER_POLICIES.includes(name)),
);

/** Those of `POLICIES` that save. */
export const FAULTY_RUNS = POLICIES.filter(({ settings }) => settings.power === "save").map(
  ({ name, settings }) => ({ name: `${BOARD}, ${name}, with the faults of the suite`, settings }),
);

/** What a day took, and the fixes that were taken in it. */
async function liveDay(seed: number, settings: Record<string, unknown>): Promise<Used> {
  const scene = createScene(
    seed,
    undefined,
    undefined,
    { policy: 0, config: settings, shared: {}, mild: false },
    (clock) => createMeter({ clock, board: BOARD }),
  );
  try {
    for (const { at_ms, act } of drawPlan(seededRandom(seed), undefined, KINDS).steps) {
      await scene.runTo(at_ms);
      act(scene.stage);
    }
    await scene.runTo(DAY_MS);
    const reading = scene.world.meter?.read() as Reading;
    return { reading, fixes: scene.taken.filter(({ values }) => values.Latitude !== undefined).length };
  } finally {
    await scene.world.stop();
  }
}

function sumOf(days: readonly Used[]): Used {
  const sum = (of: (used: Used) => number): number => days.reduce((total, used) => total + of(used), 0);
  return {
    reading: {
      mAh: sum(({ reading }) => reading.mAh),
      awake_s: sum(({ reading }) => reading.awake_s),
      radio_s: sum(({ reading }) => reading.radio_s),
      up_bytes: sum(({ reading }) => reading.up_bytes),
      down_bytes: sum(({ reading }) => reading.down_bytes),
    },
    fixes: sum(({ fixes }) => fixes),
  };
}

/** mAh a day against what is expected. */
export async function faultyEnergyRows(): Promise<Row[]> {
  const rows: Row[] = [];
  for (const { name, settings } of FAULTY_RUNS) {
    if (!existsSync(blobFile(BOARD))) rows.push({ name, unit: UNIT, why: "npm run build" });
    else {
      const days: Used[] = [];
      for (let seed = 1; seed <= DAYS; seed++) days.push(await liveDay(seed, settings));
      rows.push(energyRow(name, sumOf(days), DAYS));
    }
  }
  return rows;
}
