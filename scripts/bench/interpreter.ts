import { BUDGETS } from "../budgets.ts";
import { smallestBlob } from "../build/smallest.ts";
import { startRealTracker } from "../simulator/real-tracker.ts";
import { NEEDS_INTERPRETER, type Row } from "./row.ts";

const WARM_REPORTS = 5;
const REPORTS = 15;

/** Samples the variables in use; gives how many it takes itself. */
const SAMPLER =
  "(function(){var b=process.memory().usage;global.most=0;" +
  "setInterval(function(){var u=process.memory(false).usage;if(u>most)most=u},50);" +
  "return process.memory().usage-b})()";

/** What only the real interpreter can tell: the blob in it, connected and reporting. */
export async function interpreterRows(): Promise<Row[]> {
  const binary = process.env.ESPRUINO;
  const measured = binary ? await measure(binary) : undefined;
  const row = (name: string, budget: number, figure: number | undefined): Row => ({
    name,
    unit: "variables",
    budget,
    ...(figure === undefined ? { why: NEEDS_INTERPRETER } : { figure }),
  });
  return [
    row("variables in use, connected and reporting", BUDGETS.variables_in_use, measured?.in_use),
    row("most variables in use, sampled each 50 ms", BUDGETS.most_variables, measured?.most),
    row(`growth over ${REPORTS - WARM_REPORTS} reports`, BUDGETS.growth, measured?.growth),
  ];
}

async function measure(binary: string): Promise<{ in_use: number; most: number; growth: number }> {
  const { evaluate, until, stop } = await startRealTracker({ binary, blob: await smallestBlob() });
  try {
    const own = Number(await evaluate(SAMPLER));
    const usage = async () => Number(await evaluate("process.memory().usage")) - own;
    await until(`tracker.status().sent>=${WARM_REPORTS}`, 60);
    const in_use = await usage();
    await until(`tracker.status().sent>=${REPORTS}`, 60);
    return { in_use, most: Number(await evaluate("most")) - own, growth: (await usage()) - in_use };
  } finally {
    await stop();
  }
}
