/** One of the crew's processes: gets seeds, answers what was wrong with their lives. */
import { live, type Rest, restWithoutFaults } from "./life.ts";
import { delivered_s } from "./progress.ts";
import { type Tls, tlsOf, worldOf } from "./protection.ts";
import { type Saving, savingBy, savingOf } from "./saving.ts";
import { faultsOf } from "./verdict.ts";

export interface Verdict {
  seed: number;
  tls: Tls;
  /** Of one that saves power: its policy. */
  saves: number | undefined;
  faults: string[];
  recovered_s: number;
  /** From the end of the faults until all that was taken before it had arrived. */
  delivered_s: number;
  records: number;
}

const rests = new Map<string, Rest>();

async function restOf(tls: Tls, saving: Saving | undefined): Promise<Rest> {
  const name = `${tls} ${saving?.policy}`;
  const its = saving && savingBy(saving.policy);
  const rest = rests.get(name) ?? (await restWithoutFaults(worldOf(tls), its));
  rests.set(name, rest);
  return rest;
}

process.on("message", async (seed: number) => {
  const tls = tlsOf(seed);
  const saving = savingOf(seed);
  const life = await live(seed, undefined, process.env.FAULT_KIND, worldOf(tls), saving);
  const faults = faultsOf(life, await restOf(tls, saving));
  const verdict: Verdict = {
    seed,
    tls,
    saves: saving?.policy,
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
