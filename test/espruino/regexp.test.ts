/** Each regular expression of the blobs, and random ones: the interpreter, the simulated board and Node find the same. */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { describe, test } from "node:test";
import { parse } from "acorn";
import fc from "fast-check";
import { BOARDS } from "../../scripts/boards.ts";
import { isReadAlike } from "../../scripts/build/rules/regexp.ts";
import { descendants } from "../../scripts/build/tree.ts";
import { patterns, texts } from "../build/rules/patterns.ts";
import { both, SKIP } from "./compare.ts";
import { LINES } from "./lines.ts";

const LINES_AT_ONCE = 10;
const RANDOM = 300;

/** Every character by its byte, so that the interpreter's source is ASCII. */
const literal = (text: string): string =>
  `"${text.replace(/[^ !#-[\]-~]/g, (character) => `\\x${character.charCodeAt(0).toString(16).padStart(2, "0")}`)}"`;

function expressionsOf(blob: string): string[] {
  const code = readFileSync(new URL(`../../dist/${blob}.js`, import.meta.url), "latin1");
  const found = new Set<string>();
  for (const node of descendants(parse(code, { ecmaVersion: 5, sourceType: "script" })))
    if (node.type === "Literal" && node.regex) found.add(`/${node.regex.pattern}/${node.regex.flags}`);
  return [...found];
}

/** As JSON, for `undefined` is null there. */
const inNode = (expression: string): unknown =>
  JSON.parse(JSON.stringify(new Function(`return ${expression}`)()));

describe("regular expressions", { skip: SKIP }, () => {
  test("each of each blob, over real lines, in every use", async (t) => {
    const all = [...new Set(BOARDS.flatMap(expressionsOf))];
    t.diagnostic(`${all.length} expressions, ${LINES.length} lines: ${all.join(" ")}`);
    const uses: string[] = [];
    for (const expression of all)
      for (let from = 0; from < LINES.length; from += LINES_AT_ONCE) {
        const lines = LINES.slice(from, from + LINES_AT_ONCE).map(literal);
        uses.push(
          `[${lines}].map(function(t){var r=${expression},m=r.exec(t);return [m&&[m.index,m[0]],r.test(t),t.split(r),t.replace(r,"<>")]})`,
        );
      }
    for (const { expression, real, simulated } of await both(uses)) {
      assert.deepEqual(JSON.parse(real?.slice(1) ?? ""), inNode(expression), expression);
      assert.equal(simulated, real, expression);
    }
  });

  test("random ones, most of which the build refuses, on the simulated board as in the interpreter", async () => {
    const tries = fc.sample(fc.tuple(patterns, texts), { numRuns: RANDOM * 4, seed: 9 });
    const uses: { pattern: string; use: string }[] = [];
    for (const [pattern, text] of tries) {
      try {
        new RegExp(pattern);
      } catch {
        continue;
      }
      // A class would go on behind it in the interpreter, and comments begin so.
      if (/\[[^\]]*\/|^\*|^\/|(^|[^\\])\//.test(pattern) || uses.length === RANDOM) continue;
      uses.push({ pattern, use: `/${pattern}/.exec(${literal(text)})` });
    }
    assert.equal(uses.length, RANDOM);
    assert.ok(uses.filter(({ pattern }) => isReadAlike(pattern)).length > 10);
    for (const { expression, real, simulated } of await both(uses.map(({ use }) => use)))
      assert.equal(simulated, real, expression);
  });
});
