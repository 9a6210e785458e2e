import type { LoadName, Reading } from "../simulator/energy/reading.ts";

/** Less is not worth a word. */
const LEAST_SHARE = 0.01;

/** What was used so far as a line for people: mAh, mean mA, and which loads took most of it. */
export function energyLine({ mAh, seconds, loads }: Reading): string {
  const mean_mA = seconds > 0 ? (mAh * 3600) / seconds : 0;
  const shares = (Object.entries(loads) as [LoadName, number][])
    .filter(([, its_mAh]) => its_mAh > LEAST_SHARE * mAh)
    .sort(([, one], [, other]) => other - one)
    .map(([load, its_mAh]) => `${load} ${Math.round((100 * its_mAh) / mAh)} %`);
  return `energy: ${mAh.toFixed(2)} mAh in ${Math.round(seconds)} s, ${mean_mA.toFixed(1)} mA on average${
    shares.length ? `: ${shares.join(", ")}` : ""
  }`;
}
