/** One of the crew's processes: gets seeds, answers what was wrong with their lives. */
import { live, restWithoutFaults } from "./life.ts";
import { delivered_s } from "./progress.ts";
import { tls } from "./protection.ts";
import { faultsOf } from "./verdict.ts";

export interface Verdict {
  seed: number;
  faults: string[];
  recovered_s: number;
  /** From the end of the faults until all that was taken before it had arrived. */
  delivered_s: number;
  records: number;
}

const rest = restWithoutFaults(tls);

process.on("message", async (seed: number) => {
  const life = await live(seed, undefined, process.env.FAULT_KIND, tls);
  const faults = faultsOf(life, await rest);
  const verdict: Verdict = {
    seed,
    faults,
    recovered_s: life.recovered_s ?? Number.POSITIVE_INFINITY,
    delivered_s:
      life.recovered_s === undefined
        ? Number.POSITIVE_INFINITY
        : delivered_s(life.taken, life.received, life.healed_ms),
    records: life.taken.length,
  };
  process.send?.(verdict);
});
