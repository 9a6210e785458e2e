/** How a verdict names what is wrong. */

/** So many of a kind are named. */
const NAMED = 5;

/** One line, none when there are no items. */
export function some(what: string, items: string[]): string[] {
  if (items.length === 0) return [];
  const more = items.length > NAMED ? `, and ${items.length - NAMED} more` : "";
  return [`${what}: ${items.slice(0, NAMED).join(", ")}${more}`];
}

export const time = (ms: number): string => new Date(ms).toISOString();
