/** What a document says is to be written where, for a reader to do step by step, or for a test to do literally. */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fencesOf, sectionOf } from "./documents.ts";

export interface Insertion {
  /** From the project's root. */
  file: string;
  /** It goes in front of this text; undefined: it is the whole of a new file. */
  before: string | undefined;
  code: string;
}

/** The last of the words in front of a block that name a file, and in it a place: "into `a/b.ts` in front of `x`". */
const PLACE = /`((?:\.?[\w-]+\/)+[\w.-]+\.(?:ts|json))`(?:[^`]*? in front of `([^`]+)`)?/g;

/** The insertions of a section, in its order. */
export function insertionsIn(text: string, heading: string): Insertion[] {
  const section = sectionOf(text, heading);
  let from = 0;
  return fencesOf(section).flatMap(({ language, code, index }) => {
    const words = section.slice(from, index).replaceAll(/\s+/g, " ");
    from = index + code.length;
    if (language !== "ts" && language !== "json") return [];
    // The place is what names one; a file that is only spoken of afterwards is none.
    const named = [...words.matchAll(PLACE)];
    const [, file, before] = named.findLast(([, , place]) => place) ?? named[0] ?? [];
    if (!file) throw new Error(`a block of ${language} goes nowhere: ${code.slice(0, 60)}`);
    return [{ file, before, code }];
  });
}

/** Does it in a copy of the project. Throws where the place is not there, or the file is there already. */
export function insert(root: string, { file, before, code }: Insertion): void {
  const path = join(root, file);
  if (before === undefined) {
    if (existsSync(path)) throw new Error(`${file} is there already`);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, code);
    return;
  }
  const text = readFileSync(path, "utf8");
  const at = text.indexOf(before);
  if (at < 0) throw new Error(`${file} has no ${before}`);
  const line = text.lastIndexOf("\n", at) + 1;
  const lead = text.slice(line, at);
  const own = lead.trim() === "";
  const put = own ? code.replaceAll(/^(?=.)/gm, lead).slice(lead.length) + lead : `${code.trim()} `;
  writeFileSync(path, text.slice(0, at) + put + text.slice(at));
}
