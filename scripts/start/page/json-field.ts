/** JSON that somebody typed. */

/** The value; undefined: nothing was typed. Or what is wrong with it, in a line. */
export function readJson(text: string): { value: unknown } | { fault: string } {
  if (!text.trim()) return { value: undefined };
  try {
    return { value: JSON.parse(text) };
  } catch (error) {
    return { fault: `Not JSON: ${(error as Error).message}` };
  }
}
