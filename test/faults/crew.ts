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
