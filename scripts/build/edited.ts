import remapping from "@jridgewell/remapping";
import type MagicString from "magic-string";

/** Code, and its source map, JSON. */
export interface Mapped {
  code: string;
  map: string;
}

/** The code as it was edited, and its map led on through the edits. `map` is that of the code before. */
export function edited(text: MagicString, map: string): Mapped {
  if (!text.hasChanged()) return { code: text.original, map };
  // At each word, since minified code has many of them a line.
  const edits = text.generateMap({ hires: "boundary" }).toString();
  const joined = remapping([edits, map], () => null, { excludeContent: true });
  return { code: text.toString(), map: joined.toString() };
}
