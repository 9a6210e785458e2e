/** One of the crew's processes: gets seeds, answers what was wrong with their lives. */
import { live, restWithoutFaults } from "./life.ts";
import { faultsOf } from "./verdict.ts";

export interface Verdict {
  seed: number;
  faults: string[];
  recovered_s: number;
  records: number;
}

const rest = restWithoutFaults();

process.on("message", async (seed: number) => {
  const life = await live(seed);
  const faults = faultsOf(life, await rest);
  const verdict: Verdict = {
    seed,
    faults,
    recovered_s: life.recovered_s ?? Number.POSITIVE_INFINITY,
    records: life.taken.length,
  };
  process.send?.(verdict);
});
