/** The samples that were taken, and where they are: the sum is to be right at any time. */
import type { StatusTold } from "./events.ts";

type Outbox = StatusTold["outbox"];

/** How many were taken that are nowhere; 0: nothing is lost. */
export const missing = ({ taken, waiting, sending, acknowledged, dropped }: Outbox): number =>
  taken - waiting - sending - acknowledged - dropped;

/** "12 taken = 9 acknowledged + 3 waiting + 0 on their way: nothing is lost." */
export function balanceWords(outbox: Outbox): string {
  const { taken, waiting, sending, acknowledged, dropped } = outbox;
  const parts = [`${acknowledged} acknowledged`, `${waiting} waiting`, `${sending} on their way`];
  if (dropped) parts.push(`${dropped} dropped`);
  const lost = missing(outbox);
  if (lost > 0) return `${taken} taken, ${parts.join(", ")}: ${lost} being counted.`;
  const verdict = dropped
    ? "The outbox was full, so the oldest made room; nothing else is lost."
    : "Nothing is lost.";
  return `${taken} taken = ${parts.join(" + ")}. ${verdict}`;
}
