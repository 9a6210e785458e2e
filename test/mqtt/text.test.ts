import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { fileURLToPath } from "node:url";
import fc from "fast-check";
import { fromUtf8, json, toText } from "../../firmware/mqtt/text.ts";
import { buildBlob } from "../../scripts/build/blob.ts";
import { compile } from "../../scripts/build/program.ts";
import { type Rig, rig } from "../simulator/espruino-rig.ts";
import { latin1, RUNS, utf8 } from "./bytes.ts";

const TEXTS = [
  "",
  "plain",
  "Zürich",
  "€",
  "😀 and \u{10ffff}",
  "\u0080\u07ff\u0800\uffff",
  "\ufeffBOM",
  'a\\b"c\n\t',
];
const NOT_UTF8 = ["\x80", "\xc3", "a\xc0\xafb", "\xed\xa0\x80", "\xf4\x90\x80\x80", "\xff\0"];

describe("where strings hold text", () => {
  it("UTF-8 becomes text", () => {
    for (const text of TEXTS) assert.equal(toText(utf8(text)), text);
    fc.assert(
      fc.property(
        fc.string({ unit: "binary" }),
        (text) => toText(utf8(text)) === text && fromUtf8(utf8(text)) === text,
      ),
      { numRuns: RUNS },
    );
  });

  it("any bytes are UTF-8 exactly if Node says so", () => {
    const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
    const lead = fc.constantFrom(0xc2, 0xdf, 0xe0, 0xe1, 0xed, 0xef, 0xf0, 0xf1, 0xf4, 0xf5);
    const bytes = fc.array(
      fc.oneof(lead, fc.integer({ min: 0x80, max: 0xbf }), fc.integer({ min: 0, max: 255 })),
      {
        minLength: 1,
        maxLength: 6,
      },
    );
    fc.assert(
      fc.property(bytes, (codes) => {
        let expected = "";
        try {
          expected = decoder.decode(Uint8Array.from(codes));
        } catch {
          // Not UTF-8.
        }
        assert.equal(fromUtf8(String.fromCharCode(...codes)), expected);
      }),
      { numRuns: RUNS },
    );
  });

  it("what is not UTF-8 stays bytes", () => {
    for (const bytes of NOT_UTF8) assert.deepEqual([fromUtf8(bytes), toText(bytes)], ["", bytes]);
  });

  it("JSON is ASCII and means the same", () => {
    const values = [...TEXTS, { Zürich: ["😀", { "€": "\x7f\x80" }] }, 1.5, null, true, "\\u00e9 \\\\u00c3"];
    for (const value of values) {
      assert.match(json(value), /^[ -~]*$/);
      assert.deepEqual(JSON.parse(json(value)), value);
    }
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        assert.deepEqual(JSON.parse(json(value)), JSON.parse(JSON.stringify(value)));
      }),
      { numRuns: RUNS },
    );
  });

  it("half a surrogate pair stays an escape", () => {
    assert.equal(json("\ud83d!"), '"\\ud83d!"');
  });

  it("what JSON has no word for is null", () => {
    for (const value of [undefined, () => 0]) assert.equal(json(value), "null");
  });
});

describe("where strings are bytes, as on a RAK8212", () => {
  let board: Rig;
  const on = () =>
    (board.board.global as { text: { fromUtf8: typeof fromUtf8; json: typeof json; toText: typeof toText } })
      .text;

  before(async () => {
    const entry = fileURLToPath(new URL("text-entry.ts", import.meta.url));
    const emitted = compile({ roots: [entry] });
    const { code } = await buildBlob({ emitted, entry, version: "", outfile: `${entry}.js` });
    board = rig("rak8212");
    board.store(".bootcde", code);
    board.board.boot();
  });
  after(() => board.board.dispose());

  it("UTF-8 stays bytes", () => {
    for (const text of TEXTS) {
      assert.equal(on().toText(utf8(text)), utf8(text));
      assert.equal(on().fromUtf8(utf8(text)), utf8(text));
    }
  });

  it("bytes that are not UTF-8 stay, too, unless they are to be checked", () => {
    for (const bytes of NOT_UTF8) {
      assert.equal(on().toText(bytes), bytes);
      assert.equal(on().fromUtf8(bytes), "");
    }
  });

  it("JSON is UTF-8, not an escape for each byte", () => {
    const source = (text: string) =>
      JSON.stringify(utf8(text)).replace(/[\x7f-\xff]/g, (c) => `\\x${c.charCodeAt(0).toString(16)}`);
    for (const text of [...TEXTS, "é\\u00c3", "\\", "\\\\é\\", '"é"', "\u0080\u00ff", "\\u00C3\\u00A9"]) {
      board.run(`global.result = text.json({ "${source(text).slice(1, -1)}": ${source(text)} })`);
      const bytes = board.board.global.result as string;
      assert.deepEqual(JSON.parse(latin1(bytes).toString("utf8")), { [text]: text });
      if (/[^ -~]/.test(text) && !/[\x7f-\x9f]|\\u/.test(text)) assert.doesNotMatch(bytes, /\\u00[89a-f]/i);
    }
  });

  it("a literal backslash and u00e9 in a text stay what they are", () => {
    board.run('global.result = text.json("\\\\u00e9 \\\\\\\\u00C3")');
    assert.equal(board.board.global.result, '"\\\\u00e9 \\\\\\\\u00C3"');
  });
});
