import assert from "node:assert/strict";
import { test } from "node:test";
import { isWanted, keepLine, type TraceLine } from "../../../scripts/start/page/trace-lines.ts";

const line = (text: string, kind: TraceLine["kind"] = "at"): TraceLine => ({
  kind,
  time_ms: 0,
  way: "up",
  text,
});

test("by kind, and by part of the text in whatever case", () => {
  const filter = { kinds: new Set(["at"] as const), text: "qgps" };
  assert.equal(isWanted(line("AT+QGPSLOC=2"), filter), true);
  assert.equal(isWanted(line("AT+CSQ"), filter), false);
  assert.equal(isWanted(line("AT+QGPSLOC=2", "mqtt"), filter), false);
});

test("the last ones are kept", () => {
  const lines: TraceLine[] = [];
  for (const text of ["1", "2", "3", "4"]) keepLine(lines, line(text), 3);
  assert.deepEqual(
    lines.map(({ text }) => text),
    ["2", "3", "4"],
  );
});
