import { BUDGETS } from "../budgets.ts";
import { startRealTracker } from "../simulator/real-tracker.ts";
import { NEEDS_INTERPRETER, type Row } from "./row.ts";

const REPORTS = 5;

/** What only the real interpreter can tell: the linux blob in it, connected and reporting. */
export async function interpreterRows(): Promise<Row[]> {
  const binary = process.env.ESPRUINO;
  const { in_use, most } = binary ? await measure(binary) : { in_use: undefined, most: undefined };
  const row = (name: string, budget: number, figure: number | undefined, why: string): Row =>
    figure === undefined
      ? { name, unit: "variables", budget, why }
      : { name, unit: "variables", budget, figure };
  return [
    row("variables in use, connected and reporting", BUDGETS.variables_in_use, in_use, NEEDS_INTERPRETER),
    row("most variables in use, sampled each 50 ms", BUDGETS.most_variables, most, NEEDS_INTERPRETER),
  ];
}

async function measure(binary: string): Promise<{ in_use: number; most: number }> {
  const { evaluate, until, stop } = await startRealTracker({ binary });
  try {
    // Beside the tracker: the sampler's own variables are taken off again.
    const sampler =
      "(function(){var b=process.memory().usage;global.most=0;setInterval(function(){var u=process.memory(false).usage;if(u>most)most=u},50);return process.memory().usage-b})()";
    const own = Number(await evaluate(sampler));
    await until(`tracker.status().sent>=${REPORTS}`, 60);
    const in_use = Number(await evaluate("process.memory().usage")) - own;
    const most = Number(await evaluate("most")) - own;
    return { in_use, most };
  } finally {
    await stop();
  }
}
