import assert from "node:assert/strict";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, describe, test } from "node:test";
import { fileURLToPath } from "node:url";
import type { Device } from "../../scripts/device/device.ts";
import { layOut } from "../../scripts/flash/code-layout.ts";
import { createCodeMap, findCode, offsetAt } from "../../scripts/repl/code-map.ts";
import { crc32 } from "../../scripts/simulator/espruino/bytes.ts";

const DIST = fileURLToPath(new URL("../../dist", import.meta.url));
const ROOT = new URL("../../", import.meta.url);
const BLOB = join(DIST, "linux.js");
if (!existsSync(BLOB)) throw new Error("dist/linux.js is missing: npm run build");
const blob = readFileSync(BLOB, "latin1");
const NEEDLE = '"data: use {} or [{}]"';
const offset = blob.indexOf(NEEDLE);

/** The line of the TypeScript that a place names. */
function sourceLine(place: string | undefined): string {
  const [path, line] = (place ?? "").split(":");
  return readFileSync(new URL(path as string, ROOT), "utf8").split("\n")[Number(line) - 1] as string;
}

/** Stands for the real one: some words become a byte, others stay. */
const tokenise = (code: string): string => code.replace(/function|return|var|this/g, "\xab");

describe("a place in the blob", () => {
  test("by its column", () => {
    assert.ok(offset > 0);
    assert.match(
      sourceLine(createCodeMap(BLOB).at(".bootcde", 1, offset + 1)),
      /"data: use \{\} or \[\{\}\]"/,
    );
  });

  test("by its column in pretokenised code", () => {
    const column = tokenise(blob).indexOf(NEEDLE) + 1;
    assert.ok(column < offset);
    assert.match(
      sourceLine(createCodeMap(BLOB, tokenise).at(".bootcde", 1, column)),
      /"data: use \{\} or \[\{\}\]"/,
    );
  });

  for (const [form, inForm] of [
    ["text", undefined],
    ["tokens", tokenise],
  ] as const)
    test(`by file and column where the first functions are in the outbox's file: ${form}`, () => {
      const { lead, boot } = layOut(blob, inForm ?? ((text) => text), true);
      assert.ok(lead);
      const map = createCodeMap(BLOB, inForm, true);
      const whole = createCodeMap(BLOB, inForm);
      const inLead = lead.lastIndexOf("(");
      assert.ok(whole.at(".bootcde", 1, inLead + 1));
      assert.equal(map.at("tb.box", 1, 4 + inLead + 1), whole.at(".bootcde", 1, inLead + 1));
      assert.match(
        sourceLine(map.at(".bootcde", 1, boot.indexOf(NEEDLE) + 1)),
        /"data: use \{\} or \[\{\}\]"/,
      );
    });

  test("by an excerpt that is there once", () => {
    const map = createCodeMap(BLOB);
    const excerpt = blob.slice(offset - 30, offset + 30);
    assert.match(sourceLine(map.atExcerpt(excerpt, 30)), /"data: use \{\} or \[\{\}\]"/);
    assert.equal(map.atExcerpt("function", 0), undefined);
    assert.equal(map.atExcerpt("this is nowhere in it", 0), undefined);
  });
});

describe("the interpreter's lines and columns", () => {
  test("count line feeds, from 1", () => {
    assert.equal(offsetAt("ab\ncd\nef", 1, 2), 1);
    assert.equal(offsetAt("ab\ncd\nef", 3, 1), 6);
    assert.equal(offsetAt("ab\ncd", 1, 4), undefined);
    assert.equal(offsetAt("ab\ncd", 3, 1), undefined);
  });

  test("leave out a line once the letters of what the Web IDE inserts have come by", () => {
    const line = "M-o-d-u-l-e-s-.-a-d-d-C-a-c-h-e-d-x-y";
    assert.equal(offsetAt(`${line}\nab`, 1, 3), 2);
    assert.equal(offsetAt(`${line}\nab`, 0, 37), 36);
    assert.equal(offsetAt(`${line}\nab`, 1, 2), 1);
    assert.equal(offsetAt(`${line}\n${line}`, 0, 35), 34);
    // Column 2 of the second line: one line is left out by then.
    assert.equal(offsetAt(`${line}\n\nab`, 2, 2), 40);
  });
});

describe("the code on a board", () => {
  const directory = mkdtempSync(join(tmpdir(), "dist-"));
  after(() => rmSync(directory, { recursive: true }));
  const code = 'print("espruino-thingsboard 0.1.0 for RAK8212");function f(){return 1}';
  const FUNCTIONS_FIRST = 'function f(){return 1}print("espruino-thingsboard 0.1.0 for RAK5010")';
  const map = {
    version: 3,
    sources: [join(fileURLToPath(ROOT), "firmware/main.ts")],
    names: [],
    mappings: "AAAA",
  };
  writeFileSync(join(directory, "rak8212.js"), code);
  writeFileSync(join(directory, "rak8212.js.map"), JSON.stringify(map));

  const find = (stored: string, BOARD = "RAK8212") =>
    findCode(
      {
        env: { BOARD, VERSION: "2v29" },
        // As the interpreter gives it, signed or not.
        evaluate: async () =>
          stored ? [stored.length, stored.indexOf("espruino-thingsboard"), crc32(stored) | 0] : 0,
      } as unknown as Device,
      directory,
      tokenise,
    );

  test("is known by its checksum, pretokenised or not", async () => {
    assert.equal((await find(code)).map?.at(".bootcde", 1, 1), "firmware/main.ts:1");
    assert.equal((await find(tokenise(code))).map?.at(".bootcde", 1, 1), "firmware/main.ts:1");
  });

  test("is known with its first part in the outbox's file, too", async () => {
    const { boot } = layOut(FUNCTIONS_FIRST, tokenise, true);
    writeFileSync(join(directory, "rak5010.js"), FUNCTIONS_FIRST);
    writeFileSync(join(directory, "rak5010.js.map"), JSON.stringify(map));
    assert.equal((await find(boot, "RAK5010")).map?.at("tb.box", 1, 5), "firmware/main.ts:1");
    rmSync(join(directory, "rak5010.js"));
  });

  test("is another build, or there is none to compare with", async () => {
    assert.match((await find(`${code} `)).reason ?? "", /another build/);
    assert.match((await find(code, "RAK5010")).reason ?? "", /rak5010\.js is missing/);
  });

  test("is none, or not ours", async () => {
    assert.deepEqual(await find(""), {});
    assert.deepEqual(await find("print('hello')"), {});
  });
});
