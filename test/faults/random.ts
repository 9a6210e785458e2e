/** What is drawn of one seeded generator: 0 <= x < 1. */
export type Random = () => number;

export const between = (random: Random, least: number, most: number): number =>
  least + random() * (most - least);

/** A whole number, both ends included. */
export const count = (random: Random, least: number, most: number): number =>
  Math.floor(between(random, least, most + 1));

/** Short ones as often as long ones: seconds, minutes and hours all occur. */
export const spread = (random: Random, least: number, most: number): number =>
  Math.exp(between(random, Math.log(least), Math.log(most)));

export const pick = <T>(random: Random, items: readonly T[]): T =>
  items[Math.floor(random() * items.length)] as T;

export function shuffle<T>(random: Random, items: readonly T[]): T[] {
  const left = [...items];
  return items.map(() => left.splice(Math.floor(random() * left.length), 1)[0] as T);
}
