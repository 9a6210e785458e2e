/** Rules on the files of `firmware`, `board` and `scripts` themselves. */
import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { dirname, join, relative, sep } from "node:path";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import ts from "typescript";
import { FEATURES } from "../scripts/build/features.ts";

const ROOT = fileURLToPath(new URL("..", import.meta.url));

/** The text of each TypeScript file, by its path from the project's root. */
const texts = new Map<string, string>();
for (const directory of ["firmware", "board", "scripts"])
  for (const path of readdirSync(join(ROOT, directory), { recursive: true, encoding: "utf8" })) {
    const file = join(directory, path);
    if (file.endsWith(".ts")) texts.set(file.replaceAll(sep, "/"), readFileSync(join(ROOT, file), "utf8"));
  }

/** The files that one imports, types too; the firmware's `#board` is each of the boards, `#gnss` each way of that feature. */
function importsOf(file: string, text: string): string[] {
  return ts.preProcessFile(text).importedFiles.flatMap(({ fileName }) => {
    if (fileName === "#board") return [...texts.keys()].filter((path) => path.startsWith("board/"));
    const ways = FEATURES[fileName.replace("#", "")];
    if (ways) return Object.values(ways).map((path) => relative(ROOT, path).replaceAll(sep, "/"));
    return fileName.startsWith(".") ? [join(dirname(file), fileName).replaceAll(sep, "/")] : [];
  });
}

/** The circles that are found by going along the imports, each as the files on it in their order. */
function circles(imports: Map<string, string[]>): string[][] {
  const found: string[][] = [];
  const done = new Set<string>();
  const visit = (file: string, way: string[]): void => {
    if (way.includes(file)) found.push([...way.slice(way.indexOf(file)), file]);
    if (done.has(file)) return;
    done.add(file);
    for (const next of imports.get(file) ?? []) visit(next, [...way, file]);
  };
  for (const file of imports.keys()) visit(file, []);
  return found;
}

test("a circle is found, whatever leads into it", () => {
  const imports = { a: ["b", "c"], b: ["d"], c: ["b"], d: ["e"], e: ["b"], f: ["f"], g: ["a"] };
  assert.deepEqual(circles(new Map(Object.entries(imports))), [
    ["b", "d", "e", "b"],
    ["f", "f"],
  ]);
});

test("no file imports, by whatever way, what imports it, be it only a type", () => {
  const imports = new Map([...texts].map(([file, text]) => [file, importsOf(file, text)]));
  assert.ok(imports.get("firmware/main.ts")?.includes("board/linux.ts"));
  assert.deepEqual(circles(imports), []);
});

test("no file is longer than a newcomer reads in one go: 300 lines", () => {
  const lines = [...texts].map(([file, text]) => [file, text.split("\n").length - 1] as const);
  assert.deepEqual(
    lines.filter(([, count]) => count > 300),
    [],
  );
});
