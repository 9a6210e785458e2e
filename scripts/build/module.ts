/** A module as the TypeScript compiler emitted it, its source map inline: what the build edits in it before it is bundled. */
import MagicString from "magic-string";
import { edited } from "./edited.ts";

const INLINE_MAP = /\n\/\/# sourceMappingURL=data:application\/json;base64,(.*)\s*$/;

const EMPTY_MAP = JSON.stringify({ version: 3, sources: [], names: [], mappings: "" });

/** Whether a file's first comment has a tag. `source`: its TypeScript. */
export const hasTag = (source: string, tag: string): boolean =>
  source.startsWith("/**") && new RegExp(`@${tag}\\b`).test(source.slice(0, source.indexOf("*/")));

/** The module after `edit`, with its map led on. */
export function editModule(code: string, edit: (text: MagicString) => void): string {
  const inline = INLINE_MAP.exec(code);
  const text = new MagicString(inline ? code.slice(0, inline.index) : code);
  edit(text);
  const after = edited(text, Buffer.from(inline?.[1] ?? "", "base64").toString() || EMPTY_MAP);
  const map = Buffer.from(after.map).toString("base64");
  return `${after.code}\n//# sourceMappingURL=data:application/json;base64,${map}\n`;
}
