import { fork } from "node:child_process";
import { once } from "node:events";
import { availableParallelism } from "node:os";
import type { Verdict } from "./worker.ts";

/** Lives the lives of the seeds from 1 on, a process a core. */
export async function liveAll(seeds: number): Promise<Verdict[]> {
  const verdicts: Verdict[] = [];
  let next = 1;

  async function work(): Promise<void> {
    const worker = fork(new URL("./worker.ts", import.meta.url), { serialization: "advanced" });
    let seed = 0;
    const died = once(worker, "exit").then(() => {
      throw new Error(`the process of seed ${seed} ended`);
    });
    try {
      while (next <= seeds) {
        seed = next++;
        worker.send(seed);
        const [answer] = await Promise.race([once(worker, "message"), died]);
        verdicts.push(answer as Verdict);
      }
    } finally {
      died.catch(() => {});
      worker.kill();
    }
  }

  await Promise.all(Array.from({ length: availableParallelism() }, work));
  return verdicts.sort((a, b) => a.seed - b.seed);
}

/** From the end of the faults until all was delivered, over these lives. */
export function liveness(verdicts: Verdict[]): { median_s: number; worst_s: number; worst: number } {
  const slowest = [...verdicts].sort((a, b) => a.delivered_s - b.delivered_s);
  const last = slowest.at(-1);
  return {
    median_s: slowest[slowest.length >> 1]?.delivered_s ?? Number.NaN,
    worst_s: last?.delivered_s ?? Number.NaN,
    worst: last?.seed ?? 0,
  };
}
