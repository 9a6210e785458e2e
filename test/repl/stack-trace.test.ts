import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { type CodeMap, createStackTraces } from "../../scripts/repl/stack-trace.ts";

const code: CodeMap = {
  at: (_file, line, column) => (column < 20000 ? `client.ts:${line}.${column}` : undefined),
  atExcerpt: (text, offset) => (text.includes("must be") ? `client.ts:${text[offset]}` : undefined),
};

function shown(map: CodeMap | undefined, ...lines: string[]): string[] {
  const traces = createStackTraces(map);
  return [...lines.flatMap((line) => traces.feed(line)), ...traces.flush()];
}

const FRAME = "    at send_telemetry (.bootcde:0:13023)";
const EXCERPT = '...ata "+n+": must be {} or [{}]");return x(this,L,t,this.N?"v2...';
const CARET = `${" ".repeat(33)}^`;
const TYPED = ["    at REPL (:1:126)", `...e.stack,e.toString(),''+e]}})())+">"+">")`, CARET];

describe("stack traces", () => {
  test("show the TypeScript's file and line instead of the blob's", () => {
    assert.deepEqual(
      shown(code, "Uncaught Error: data []", FRAME, EXCERPT, CARET, "    at :1:25", "a()", " ^", "> later"),
      [
        "Uncaught Error: data []",
        "    at send_telemetry (client.ts:0.13023)",
        "    at :1:25",
        "a()",
        " ^",
        "> later",
      ],
    );
  });

  test("name no function by what the build shortened", () => {
    assert.deepEqual(shown(code, "    at x (.bootcde:1:5)"), ["    at client.ts:1.5"]);
    assert.deepEqual(shown(code, "    at .bootcde:1:5"), ["    at client.ts:1.5"]);
    assert.deepEqual(shown(code, "    at x (tb.box:1:5)"), ["    at client.ts:1.5"]);
  });

  test("do not show what we put around what was typed", () => {
    assert.deepEqual(shown(code, ...TYPED, "tracker: connected"), ["tracker: connected"]);
    assert.deepEqual(shown(code, FRAME, EXCERPT, CARET, ...TYPED), [
      "    at send_telemetry (client.ts:0.13023)",
    ]);
  });

  test("of code in mapped flash, which name no file, are found by the excerpt", () => {
    assert.deepEqual(
      shown(
        code,
        "Uncaught Error: data []",
        "    at send_telemetry (:1:80)",
        EXCERPT,
        CARET,
        "    at eval (:1:25)",
        "server.send_telemetry([])",
        "                        ^",
      ),
      [
        "Uncaught Error: data []",
        `    at send_telemetry (client.ts:${EXCERPT[33]})`,
        "    at eval (:1:25)",
        "server.send_telemetry([])",
        "                        ^",
      ],
    );
  });

  test("of before 2v10 are found by the excerpt", () => {
    assert.deepEqual(
      shown(
        code,
        "Uncaught Error: data []",
        "at line 1 col 141",
        EXCERPT,
        CARET,
        'in function "send_telemetry" called from line 1 col 8',
        "x.send_telemetry([])",
        "       ^",
      ),
      [
        "Uncaught Error: data []",
        // The 31st character after the dots.
        `at client.ts:${EXCERPT[33]}`,
        'in function "send_telemetry" called from line 1 col 8',
        "x.send_telemetry([])",
        "       ^",
      ],
    );
  });

  test("stay as they are where the place is not known", () => {
    for (const [map, frame] of [
      [undefined, FRAME],
      [code, "    at x (.bootcde:1:20000)"],
    ] as const)
      assert.deepEqual(shown(map, frame, "nope();", " ^", "next"), [frame, "nope();", " ^", "next"]);
  });

  test("hold back nothing for good that is no stack trace", () => {
    assert.deepEqual(shown(code, FRAME, "tracker: connected", "next"), [
      "    at send_telemetry (client.ts:0.13023)",
      "tracker: connected",
      "next",
    ]);
  });
});
