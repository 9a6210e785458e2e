import { existsSync } from "node:fs";
import { join } from "node:path";
import { liveAll, liveness } from "../../test/faults/crew.ts";
import { BUDGETS } from "../budgets.ts";
import { ROOT } from "../build/program.ts";
import type { Row } from "./row.ts";

/**
 * Liveness over the fault seeds (test/faults): from the moment the last fault is over until all that was taken before it is
 * delivered, by a tracker that is always connected. FAULT_SEEDS: how many days full of faults; 200 take some minutes.
 */
export async function livenessRows(): Promise<Row[]> {
  const seeds = Number(process.env.FAULT_SEEDS ?? 200);
  const name = `from the end of faults until all is delivered, over ${seeds} days of faults`;
  const row = (which: string, budget: number, figure?: number): Row => ({
    name: `${name}, ${which}`,
    ...(figure === undefined ? { why: "npm run build" } : { figure }),
    unit: "s",
    budget,
  });
  const built = ["linux", "rak5010"].every((board) => existsSync(join(ROOT, `dist/${board}.js`)));
  const { median_s, worst_s, worst } = built
    ? liveness((await liveAll(seeds)).filter(({ saves }) => saves === undefined))
    : { median_s: undefined, worst_s: undefined, worst: 0 };
  return [
    row("median", BUDGETS.delivered_median_s, median_s),
    row(worst ? `worst (seed ${worst})` : "worst", BUDGETS.delivered_worst_s, worst_s),
  ];
}
