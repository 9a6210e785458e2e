import assert from "node:assert/strict";
import { PassThrough } from "node:stream";
import { describe, test } from "node:test";
import { WriteStream } from "node:tty";
import { stripVTControlCharacters } from "node:util";
import { reportLines } from "../scripts/doctor/report.ts";
import { paintFor, type Screen, showWait, whileWaiting } from "../scripts/screen.ts";

/** What a terminal would show. */
function terminal(isTTY = true): { screen: Screen; text(): string } {
  const stream = Object.assign(new PassThrough(), {
    isTTY,
    columns: 80,
    hasColors: WriteStream.prototype.hasColors,
    getColorDepth: WriteStream.prototype.getColorDepth,
  });
  let text = "";
  stream.on("data", (chunk) => {
    text += chunk;
  });
  return { screen: stream, text: () => text };
}

describe("colours", () => {
  const RED = "\x1b[31mno\x1b[39m";
  for (const [where, isTTY, env, shown] of [
    ["a terminal", true, { TERM: "xterm-256color" }, RED],
    ["a terminal that has none", true, { TERM: "dumb" }, "no"],
    ["a file", false, { TERM: "xterm-256color" }, "no"],
    ["a terminal with NO_COLOR", true, { TERM: "xterm-256color", NO_COLOR: "1" }, "no"],
    ["a terminal with an empty NO_COLOR", true, { TERM: "xterm-256color", NO_COLOR: "" }, RED],
    ["a file with FORCE_COLOR", false, { FORCE_COLOR: "1" }, RED],
    ["a terminal with FORCE_COLOR=0", true, { TERM: "xterm-256color", FORCE_COLOR: "0" }, "no"],
  ] as const)
    test(`on ${where}`, () => {
      assert.equal(paintFor(terminal(isTTY).screen, env)("red", "no"), shown);
    });

  test("change nothing of what doctor says", () => {
    const verdicts: Parameters<typeof reportLines>[0] = [
      { kind: "ok", area: "server", line: "fine" } as never,
      { kind: "fault", id: "x", finding: "wrong", cause: "why", remedy: "how" } as never,
    ];
    const painted = reportLines(verdicts, paintFor(terminal().screen, { FORCE_COLOR: "1" }));
    assert.notDeepEqual(painted, reportLines(verdicts));
    assert.deepEqual(painted.map(stripVTControlCharacters), reportLines(verdicts));
  });
});

describe("a wait", () => {
  test("says on a terminal what it is for and how long it lasts, and is gone in the end", (t) => {
    t.mock.timers.enable({ apis: ["setTimeout", "Date"] });
    const { screen, text } = terminal();
    const wait = showWait("connecting", screen);
    assert.match(text(), /connecting, 0 s/);
    wait.update("looking");
    t.mock.timers.tick(3000);
    assert.match(text(), /looking, 3 s/);
    wait.stop();
    assert.ok(text().endsWith("\x1b[1G\x1b[2K"), "to the line's begin, all of it cleared");
    const ended = text();
    t.mock.timers.tick(3000);
    assert.equal(text(), ended);
  });

  test("says nothing where nobody looks", async () => {
    const { screen, text } = terminal(false);
    assert.equal(await whileWaiting("connecting", screen, async () => 7), 7);
    assert.equal(text(), "");
  });

  test("is gone when what was done failed", async () => {
    const { screen, text } = terminal();
    const failing = whileWaiting("connecting", screen, async () => {
      throw new Error("no");
    });
    await assert.rejects(failing, /no/);
    assert.match(text(), /connecting/);
  });
});
