/** The project's documents: their text, headings and fenced blocks. */
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join, relative, sep } from "node:path";
import { fileURLToPath } from "node:url";

export const ROOT = fileURLToPath(new URL("../..", import.meta.url));

/** Folders with files of the project. */
const FOLDERS = [".github", ".ci", "board", "firmware", "scripts", "test"];

/** The paths of its files, from its root, with "/". */
function filesOf(): string[] {
  const inFolders = FOLDERS.filter((folder) => existsSync(join(ROOT, folder))).flatMap((folder) =>
    readdirSync(join(ROOT, folder), { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => relative(ROOT, join(entry.parentPath, entry.name)).replaceAll(sep, "/")),
  );
  return ["README.md", ...inFolders].filter((path) => !path.includes("node_modules/"));
}

export const FILES = filesOf();

export const textOf = (path: string): string => readFileSync(join(ROOT, path), "utf8");

/** Each document's text, by its path. */
export const documents = new Map(
  FILES.filter((path) => path.endsWith(".md")).map((path) => [path, textOf(path)]),
);

const FENCE = /^( *)```(\w*)\n([\s\S]*?)^ *```$/gm;

export interface Fence {
  language: string;
  /** Its lines, without the indentation of a list. */
  code: string;
  /** Where it begins in the text. */
  index: number;
}

export const fencesOf = (text: string): Fence[] =>
  [...text.matchAll(FENCE)].map(({ index, 1: indent = "", 2: language = "", 3: code = "" }) => ({
    language,
    code: code.replaceAll(new RegExp(`^${indent}`, "gm"), ""),
    index,
  }));

export const withoutFences = (text: string): string => text.replaceAll(FENCE, "");

/** Text without code blocks, wherever its lines break. */
export const prose = (text: string): string => withoutFences(text).replaceAll(/\s+/g, " ");

/** A heading as GitHub names it behind "#". */
export const slugOf = (heading: string): string =>
  heading
    .trim()
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N}\s_-]/gu, "")
    .replaceAll(/\s/g, "-");

/** The headings of a document, as they are written, without marks. */
export const headingsOf = (text: string): string[] =>
  [...withoutFences(text).matchAll(/^#{1,4} (.+)$/gm)].map(([, heading = ""]) =>
    heading.replaceAll("`", "").replaceAll(/\[([^\]]*)\]\([^)]*\)/g, "$1"),
  );

/** What stands under a heading, down to the next of its level or above. */
export function sectionOf(text: string, heading: string): string {
  const found = new RegExp(`^(#+) ${heading}$`, "m").exec(text);
  if (!found) return "";
  const rest = text.slice(found.index + found[0].length);
  const end = new RegExp(`^#{1,${found[1]?.length}} `, "m").exec(rest);
  return end ? rest.slice(0, end.index) : rest;
}
