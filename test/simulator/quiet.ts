import { setImmediate as turn } from "node:timers/promises";
import type { Clock } from "@sinonjs/fake-timers";
import { quiet } from "../../scripts/simulator/tls/node.ts";

/** Lets simulated time pass, timer by timer; before each, Node's TLS has said what it had to say. */
export async function tickQuietly(timers: Clock, ms: number): Promise<void> {
  let over = false;
  timers.setTimeout(() => {
    over = true;
  }, ms);
  while (!over) {
    await turn();
    await quiet();
    timers.next();
  }
  await turn();
  await quiet();
}
