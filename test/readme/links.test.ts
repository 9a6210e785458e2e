/** What the documents point at, and what points at the documents: the file is there, and so is the section. */
import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { posix } from "node:path";
import { describe, test } from "node:test";
import { documents, FILES, headingsOf, slugOf, textOf, withoutFences } from "./documents.ts";

const slugs = new Map([...documents].map(([path, text]) => [path, headingsOf(text).map(slugOf)]));

/** Links and pictures of a document that lead to the project itself. */
const targetsOf = (text: string): string[] =>
  [...withoutFences(text).matchAll(/\]\(([^)\s]+)\)|(?:src|srcset)="([^"]+)"/g)]
    .map(([, link, picture]) => link ?? picture ?? "")
    .filter((target) => !/^(https?|mailto):/.test(target));

/** Why a link of `path` leads nowhere; "": it leads somewhere. */
function faultOf(path: string, target: string): string {
  const [file = "", anchor] = target.split("#");
  const led = file ? posix.normalize(posix.join(posix.dirname(path), file)) : path;
  const there = FILES.includes(led) || existsSync(new URL(`../../${led}`, import.meta.url));
  if (!there) return `${led}: no such file`;
  if (anchor === undefined) return "";
  return slugs.get(led)?.includes(anchor) ? "" : `${led} has no #${anchor}`;
}

test("an anchor is found as GitHub makes it, and a wrong one is not", () => {
  assert.equal(slugOf("One file for 1,000 boards"), "one-file-for-1000-boards");
  assert.equal(slugOf("How do I …"), "how-do-i-");
  assert.equal(slugOf("Many boards: config --csv"), "many-boards-config---csv");
  assert.equal(faultOf("README.md", "scripts/README.md#tls"), "");
  assert.match(faultOf("README.md", "scripts/README.md#slt"), /has no #slt/);
  assert.match(faultOf("README.md", "scripts/NOREADME.md"), /no such file/);
});

describe("each link of a document leads somewhere", () => {
  for (const [path, text] of documents)
    test(path, () => {
      const faults = targetsOf(text).map((target) => faultOf(path, target));
      assert.deepEqual(
        faults.filter((fault) => fault),
        [],
      );
    });
});

test("no two sections of a document have the same name", () => {
  for (const [path, found] of slugs) assert.deepEqual([...new Set(found)], found, path);
});

/** Where code, a command or a test speaks of a document, and perhaps of a section: `board/README.md "Add a board"`. */
const POINTER = /([\w./-]*)README(\.md)?(?:'s)?(?: "([A-Z][^"]*)")?/g;

interface Pointer {
  file: string;
  document: string;
  section?: string;
}

function pointersOf(file: string, text: string): Pointer[] {
  return [...text.matchAll(POINTER)].flatMap(([, folder = "", extension, section]) =>
    extension || section ? [{ file, document: `${folder}README.md`, ...(section && { section }) }] : [],
  );
}

/** Why it points nowhere; "": it points somewhere. A path is seen from the root, from beside the file, or from the file. */
function lostBy({ file, document, section }: Pointer): string {
  const beside = posix.join(posix.dirname(file), document);
  const found = [document, beside].map((path) => posix.normalize(path)).find((path) => documents.has(path));
  if (!found) return `${file}: ${document} is not there`;
  if (section === undefined) return "";
  if (!document.includes("/")) return `${file}: "${section}" of which README.md?`;
  return headingsOf(documents.get(found) ?? "").includes(section)
    ? ""
    : `${file}: ${found} has no "${section}"`;
}

test("a pointer to a section that is not there is seen", () => {
  const lost = (text: string) => pointersOf("scripts/doctor.ts", text).map(lostBy);
  assert.deepEqual(lost('see board/README.md "Add a board", or README'), [""]);
  assert.match(lost('see board/README.md "Add a bird"')[0] ?? "", /has no "Add a bird"/);
  assert.match(lost('README\'s "On a battery"')[0] ?? "", /of which README/);
  assert.match(lost("as birds/README.md has it")[0] ?? "", /is not there/);
});

test("code, commands and tests point at documents and sections that are there", () => {
  const lost = FILES.filter(
    (path) => /\.(ts|py|json)$|^\.ci\//.test(path) && !path.startsWith("test/readme/"),
  )
    .flatMap((path) => pointersOf(path, textOf(path)))
    .map(lostBy);
  assert.deepEqual(
    lost.filter((fault) => fault),
    [],
  );
});
